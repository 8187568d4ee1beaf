"""A text that should never have been written is removed from all history, by two persons, for good."""

from __future__ import annotations

import json
from typing import Any

from deploy.demo.client import together
from deploy.demo.screen import Chapter
from deploy.demo.story import WITH_REDACTION, Story
from deploy.places import DATA, LOGS, NATS

PLACE = "evaluation.competence_spreading"
SLIP = "Pasienten Oline Fabelmo, født 31.02.1950, ble omtalt ved navn i kurset."
MENDED = "Kurset bruker oppdiktede pasienter som eksempler."


async def play(story: Story) -> None:
    with story.screen.chapter("A text is removed from history") as chapter:
        chapter.expect(4)
        slipped = await _slip(story, chapter)
        await _two_persons(story, slipped, chapter)
        await _unreadable(story, chapter)


async def _slip(story: Story, chapter: Chapter) -> int:
    """The version the patient was named in; it is mended at once, but history keeps it."""
    code = WITH_REDACTION
    base = await story.version(code, PLACE)
    lead = story.lead(code)
    slipped = await story.answer(lead, code, PLACE, SLIP, base)
    await story.answer(lead, code, PLACE, MENDED, slipped["version"])
    readable = SLIP in await _history(story)
    story.ledger.expect("the text that must go can be read in history", readable, f"version {slipped['version']}")
    chapter.step()
    return int(slipped["version"])


async def _two_persons(story: Story, slipped: int, chapter: Chapter) -> None:
    code = WITH_REDACTION
    body = {
        "place": PLACE,
        "first_version": slipped,
        "last_version": slipped,
        "reason": "En pasient er omtalt med navn og fødselsdato.",
        "legal_basis": "Taushetsplikt, eksempelhjemmel § 1",
    }
    desk = story.reporting(story.units[code].desk)
    asked = await desk.post(story.at(code, "/redactions"), body)
    path = story.at(code, f"/redactions/{asked['redaction_id']}/approvals")
    alone = await desk.send("POST", path)
    story.ledger.equal("whoever asks does not approve", alone.refused, "409 four_eyes_needed")
    chapter.step()
    await story.reporting("joint-desk").post(path)
    chapter.step()


async def _unreadable(story: Story, chapter: Chapter) -> None:
    """In every version of the report, in its history, and in every file the suite keeps."""
    code = WITH_REDACTION
    report = await story.report(code)
    auditor = story.reporting("joint-desk")
    seen = await together(
        auditor.get(story.at(code), version=str(version)) for version in range(1, report["report_version"] + 1)
    )
    shown = [str(each["report_version"]) for each in seen if _holds(each)]
    story.ledger.equal(f"none of the report's {len(seen)} versions shows it", shown, [], "none")
    history = await _history(story)
    told = SLIP not in history and report["redactions"][-1]["reason"] in history
    story.ledger.expect("the history tells of the removal instead", told, report["redactions"][-1]["reason"])
    story.ledger.equal("what was mended stays", report["answers"][PLACE]["text"], MENDED)
    story.ledger.equal("no file of the suite holds it", _files_with_it(), [], "none")
    chapter.step()


async def _history(story: Story) -> str:
    facts = await story.reporting("joint-desk").get(story.at(WITH_REDACTION, "/history"))
    return json.dumps(facts, ensure_ascii=False)


def _holds(shown: dict[str, Any]) -> bool:
    return SLIP in json.dumps(shown, ensure_ascii=False)


def _files_with_it() -> list[str]:
    """Databases, their journals, the broker's store and the logs, looked through byte by byte."""
    needles = (SLIP.encode(), json.dumps(SLIP).encode()[1:-1], b"Oline Fabelmo")
    files = (file for folder in (DATA, NATS, LOGS) for file in folder.rglob("*") if file.is_file())
    return [file.name for file in files if any(needle in file.read_bytes() for needle in needles)]
