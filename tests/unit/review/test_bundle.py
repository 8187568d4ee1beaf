"""A bundle says what is in it, is the same for the same contents, and shows every change made to it afterwards."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from typer.testing import CliRunner

from deploy.bundle_key import bundle_key
from deploy.cli import app
from deploy.places import Unable
from services.review.bundle import Archive, BundleFolder, BundleKey, files, pack, verify
from services.review.bundle.folder import BundleLost
from tests.unit.review.bundle_samples import ABOUT, KEY, contents

pytestmark = pytest.mark.unit

VOID = {"meta", "link", "br", "hr", "img", "input"}


class Page(HTMLParser):
    """Reads a page strictly: every tag that is opened is closed, in order; keeps texts, tags and links."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.links: list[str] = []
        self.text = ""
        self.feed(content.decode("utf-8"))
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"]:
            self.text += data


def packed() -> Archive:
    return pack(files(contents()), ABOUT, KEY)


def unpacked(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rewritten(path: Path, **changes: bytes | None) -> Path:
    """The bundle with some files changed, added or left out."""
    found: dict[str, bytes | None] = {**unpacked(packed().content), **changes}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in found.items():
            if content is not None:
                archive.writestr(name, content)
    return path


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    path = tmp_path / "bundle.zip"
    path.write_bytes(packed().content)
    return path


def test_the_same_contents_give_the_same_bytes() -> None:
    first, second = packed(), packed()
    assert first == second
    assert first.sha256 == hashlib.sha256(second.content).hexdigest()
    assert pack(files(contents()), ABOUT | {"year": 2026}, KEY).sha256 != first.sha256


def test_it_holds_data_and_pages_for_the_dossier_and_each_report() -> None:
    assert sorted(unpacked(packed().content)) == [
        "data/dossier.json",
        "data/follow_ups.json",
        "data/reports/L-HB7.json",
        "data/summaries.json",
        "index.html",
        "manifest.json",
        "manifest.sig",
        "reports/L-HB7.html",
    ]


def test_the_manifest_says_what_is_in_it_who_made_it_and_when() -> None:
    found = unpacked(packed().content)
    manifest = json.loads(found["manifest.json"])
    assert {name: manifest[name] for name in ABOUT} == ABOUT
    assert (manifest["format"], manifest["key_id"]) == ("aarring-bundle/1", KEY.id)
    assert {entry["name"]: (entry["size"], entry["sha256"]) for entry in manifest["files"]} == {
        name: (len(content), hashlib.sha256(content).hexdigest())
        for name, content in found.items()
        if not name.startswith("manifest.")
    }
    assert packed().manifest_sha256 == hashlib.sha256(found["manifest.json"]).hexdigest()


def test_what_the_unit_thinks_of_the_reporting_itself_is_not_sent() -> None:
    everything = b"".join(unpacked(packed().content).values()).decode()
    assert "reporting_feedback" not in everything
    assert "tungvint" not in everything
    assert "Om selve rapporteringen" not in everything


def test_a_report_is_what_was_handed_in_and_not_how_it_was_written() -> None:
    report = json.loads(unpacked(packed().content)["data/reports/L-HB7.json"])
    assert report["submission"]["sha256"] == "1" * 64
    assert report["answers"]["group.region_vest"]["entered_on_behalf"] == {"answered_on": "2026-02-03"}
    assert report["addenda"]["group.region_nord"]["text"] == "Et sent svar."
    assert report["roles"] == [{"role": "professional_lead", "seat": None, "name": "Kari Prøve", "acting": True}]
    [figures, removed] = report["entries"]["activity.clinical_activity"]
    assert figures["fields"]["by_region"]["vest"] == 7
    assert removed["removed"] == {
        "at": "2026-03-01T10:00:00Z",
        "reason": "Kunne kjennes igjen",
        "legal_basis": "personopplysningsloven",
    }
    assert "canonical" not in report


def test_the_pages_can_be_read_without_anything_else() -> None:
    for name, content in unpacked(packed().content).items():
        if name.endswith(".html"):
            page = Page(content)
            assert content.startswith(b'<!DOCTYPE html>\n<html lang="nb">\n<head>\n<meta charset="utf-8">')
            assert "script" not in page.tags
            assert [link for link in page.links if "://" in link] == []


def test_the_first_page_tells_of_the_meeting_and_of_every_unit() -> None:
    page = Page(unpacked(packed().content)["index.html"])
    assert page.links == ["reports/L-HB7.html"]
    for said in (
        "Samlesak for 2025",
        "Fagdirektørmøtet 3/2026, 20. april 2026",
        "Saken sendes departementet.",
        "vurdert, i rett tid",
        "ingen rapport",
        "Startet i høst.",
        "Godt arbeid.",
        "Et godt år.",
        "Referansegruppen mangler medlemmer, nasjonalt",
        "1. september 2026, åpent",
    ):
        assert said in page.text


def test_a_reports_page_shows_every_answer_and_keeps_texts_as_texts() -> None:
    page = Page(unpacked(packed().content)["reports/L-HB7.html"])
    for said in (
        "Nasjonal tjeneste for øvelser",
        "<script>alert('?')</script> & ærlig talt",
        "Helse Nord: 3, Helse Vest: 7, Helse Sør-Øst: 0",
        "Helseforetak: HT Vest, Totalt: 4; Helseforetak: HT Øst, Totalt: 6",
        "Kvalitetsregister",
        "TittelKurs i øvelser\nDatoer16. april 2025, 8. oktober 2025\nTimer6",
        "Ettersendt etter innleveringen.",
        "Ført inn av gruppens leder etter svar 3. februar 2026.",
        "Teksten ble fjernet 1. mars 2026: Kunne kjennes igjen (personopplysningsloven)",
        "Faglig ansvarlig (konstituert)",
        "Levert uten alle svar",
    ):
        assert said in page.text
    assert "Tatt ut" not in page.text


def test_an_untouched_bundle_holds(bundle: Path) -> None:
    found = verify(bundle)
    assert (found.faults, found.key_id, found.manifest["year"]) == ([], KEY.id, 2025)
    assert verify(bundle, KEY.id).holds
    assert verify(bundle, "another").faults == [f"it is signed by key {KEY.id}, not another"]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"data/dossier.json": b"{}"}, "data/dossier.json is not what was sent"),
        ({"data/reports/L-HB7.json": None}, "data/reports/L-HB7.json is missing"),
        ({"data/reports/L-X.json": b"{}"}, "data/reports/L-X.json was not sent"),
        ({"manifest.json": b"{}"}, "manifest.json is not what was signed"),
        ({"manifest.sig": b"{}"}, "manifest.sig is not a signature"),
        ({"manifest.sig": None}, "manifest.sig is missing"),
        ({"manifest.json": b"[]", "manifest.sig": KEY.sign(b"[]")}, "manifest.json is not a manifest"),
        ({"manifest.json": b"{}", "manifest.sig": KEY.sign(b"{}")}, "the format is None, not aarring-bundle/1"),
    ],
)
def test_every_change_is_found(tmp_path: Path, change: dict[str, Any], fault: str) -> None:
    assert verify(rewritten(tmp_path / "changed.zip", **change)).faults == [fault]


def test_a_file_that_is_there_twice_is_found(bundle: Path) -> None:
    with zipfile.ZipFile(bundle, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("index.html", unpacked(packed().content)["index.html"])
    assert verify(bundle).faults == ["index.html is there twice"]


def test_one_flipped_byte_or_another_file_is_found(bundle: Path, tmp_path: Path) -> None:
    content = bytearray(bundle.read_bytes())
    content[content.index(b"Saken sendes")] ^= 1
    bundle.write_bytes(content)
    assert "cannot be read" in verify(bundle).faults[0]
    other = tmp_path / "other.zip"
    other.write_text("not an archive")
    assert "cannot be read" in verify(other).faults[0]
    assert "cannot be read" in verify(tmp_path / "nowhere.zip").faults[0]


def test_the_command_checks_a_bundle_without_any_server(bundle: Path, tmp_path: Path) -> None:
    good = CliRunner().invoke(app, ["bundle", "verify", str(bundle)])
    assert (good.exit_code, "6 files, all as signed" in good.output, KEY.id in good.output) == (0, True, True)
    changed = rewritten(tmp_path / "changed.zip", **{"index.html": b""})
    bad = CliRunner().invoke(app, ["bundle", "verify", str(changed), "--key", KEY.id])
    assert bad.exit_code != 0
    assert isinstance(bad.exception, Unable)
    assert "index.html is not what was sent" in str(bad.exception)


def test_a_key_is_made_once_and_is_of_the_right_kind(tmp_path: Path) -> None:
    assert BundleKey.from_file(bundle_key(tmp_path)).id == BundleKey.from_file(bundle_key(tmp_path)).id
    other = tmp_path / "other.pem"
    other.write_bytes(
        ec.generate_private_key(ec.SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    with pytest.raises(ValueError, match="does not hold an Ed25519"):
        BundleKey.from_file(other)
    assert BundleKey(Ed25519PrivateKey.generate()).id != KEY.id


def test_a_bundle_is_kept_whole_and_what_came_to_nothing_is_tidied_away(tmp_path: Path) -> None:
    folder, archive = BundleFolder(tmp_path / "bundles"), packed()
    stray = pack(files(contents()), ABOUT | {"made_at": "before a crash"}, KEY)
    folder.keep("dossier-2025", stray)
    folder.keep("dossier-2024", archive)
    kept = folder.keep("dossier-2025", archive)
    (kept.parent / "dossier-2025-half.unfinished").write_bytes(b"half")
    folder.tidy("dossier-2025", [archive.sha256])
    assert sorted(path.name for path in kept.parent.iterdir()) == [
        f"dossier-2024-{archive.sha256[:16]}.zip",
        f"dossier-2025-{archive.sha256[:16]}.zip",
    ]
    assert folder.read("dossier-2025", archive.sha256) == archive.content


def test_a_bundle_that_is_gone_or_changed_is_not_given_out(tmp_path: Path) -> None:
    folder, archive = BundleFolder(tmp_path), packed()
    with pytest.raises(BundleLost, match="not in the folder"):
        folder.read("dossier-2025", archive.sha256)
    folder.keep("dossier-2025", archive).write_bytes(b"something else")
    with pytest.raises(BundleLost, match="not what was sent"):
        folder.read("dossier-2025", archive.sha256)


def test_a_supplement_says_so() -> None:
    said = contents()
    supplement = {**said.dossier, "supplement": {"number": 2, "reason": "En tekst er fjernet."}}
    page = Page(files(type(said)(supplement, said.reports))["index.html"])
    assert "Supplement 2 til samlesaken for 2025" in page.text
    assert "En tekst er fjernet." in page.text
