"""The bundle that was sent, checked by its receiver: from the file alone, with the program anybody has."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

from deploy.demo.redaction import SLIP
from deploy.demo.screen import Chapter
from deploy.demo.story import NOT_REVIEWED, REGIONAL_LEFT_OUT, WITH_FIGURES, Story
from deploy.places import DEMO, ROOT


def path(story: Story) -> Path:
    return DEMO / f"dossier-{story.year}.zip"


async def check(story: Story, chapter: Chapter) -> None:
    """The ministry fetches it, verifies it, and reads it."""
    asked = await story.review(f"lead-{WITH_FIGURES}").send("GET", f"/dossiers/{story.year}/bundle")
    story.ledger.equal("a unit does not fetch it", asked.status, 403)
    fetched = await story.review("ministry").fetch(f"/dossiers/{story.year}/bundle")
    DEMO.mkdir(parents=True, exist_ok=True)
    path(story).write_bytes(fetched)
    sent = (await story.review("ministry").get(f"/dossiers/{story.year}"))["sent"]["sha256"]
    story.ledger.equal(
        "the ministry gets the file that was sent", hashlib.sha256(fetched).hexdigest(), sent, sent[:12]
    )
    _verified(story, fetched)
    _read(story, fetched)
    chapter.step()


def _verified(story: Story, fetched: bytes) -> None:
    said = _verify(path(story))
    story.ledger.equal(
        "aarring bundle verify finds it as it was sent", said.returncode, 0, said.stdout.split("\n")[0]
    )
    tampered = DEMO / "tampered.zip"
    tampered.write_bytes(_tampered(fetched))
    found = _verify(tampered)
    tampered.unlink()
    noticed = found.returncode != 0 and "data/dossier.json is not what was sent" in found.stderr
    story.ledger.expect("and finds out a tampered copy", noticed, found.stderr.strip().splitlines()[-1])


def _verify(file: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "deploy.cli", "bundle", "verify", str(file)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def _tampered(content: bytes) -> bytes:
    """The same archive, with another decision in it."""
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as sent, zipfile.ZipFile(changed, "w") as copy:
        for entry in sent.infolist():
            text = sent.read(entry)
            copy.writestr(
                entry, text.replace(b"slutter seg", b"slutter ei") if entry.filename.startswith("data") else text
            )
    return changed.getvalue()


def _read(story: Story, content: bytes) -> None:
    """It holds every reviewed report as data and as a page, and what must not leave the house is not in it."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = {name: archive.read(name).decode() for name in archive.namelist()}
    left_out = {unit.code for unit in story.written if unit.kind == REGIONAL_LEFT_OUT} | {NOT_REVIEWED}
    wanted = len(story.reviews) - len(left_out)
    data = [name for name in files if name.startswith("data/reports/")]
    pages = [name for name in files if name.startswith("reports/")]
    story.ledger.equal("it holds each report as data and as a page", (len(data), len(pages)), (wanted, wanted))
    kept_in = [name for name, text in files.items() if SLIP in text or "evaluation.reporting_feedback" in text]
    story.ledger.equal("no text that was removed is in it, nor what is for the desks alone", kept_in, [], "none")
    points, summaries = (json.loads(files[f"data/{name}.json"]) for name in ("follow_ups", "summaries"))
    story.ledger.equal("and the points and summaries of the year", (len(points) >= 4, len(summaries)), (True, 4))
