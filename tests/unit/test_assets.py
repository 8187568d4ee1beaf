"""What the portal's pages take from npm: whole, under names that tell its content, made once."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

from deploy import assets
from deploy.places import Unable
from services.portal.assets import Assets
from tests.npm import packages

pytestmark = pytest.mark.unit

SAMI = "ÁáČčĐđŊŋŠšŦŧŽž"


@pytest.fixture
def vendor(tmp_path: Path) -> Path:
    packages()
    made = tmp_path / "static/vendor"
    assert assets.make(made)
    return made


def test_every_file_is_named_by_its_content(vendor: Path) -> None:
    manifest = json.loads((vendor / "manifest.json").read_text())
    assert set(manifest) == {*assets.FILES.values(), "inter.css"}
    for name, place in manifest.items():
        content = (vendor.parent / place).read_bytes()
        stem, _, ending = name.rpartition(".")
        assert place == f"vendor/{stem}.{hashlib.sha256(content).hexdigest()[:10]}.{ending}"


def test_the_faces_name_the_fonts_beside_them_and_cover_the_sami_letters(vendor: Path) -> None:
    sheet = next(vendor.glob("inter.*.css")).read_text()
    fonts = re.findall(r"url\(([^)]+)\)", sheet)
    assert len(fonts) == 2
    assert [font for font in fonts if not (vendor / font).is_file()] == []
    ranges = re.findall(r"U\+([0-9A-F]+)(?:-([0-9A-F]+))?", sheet)
    covered = [range(int(first, 16), int(last or first, 16) + 1) for first, last in ranges]
    assert [letter for letter in f"{SAMI}æøåÆØÅ–…" if not any(ord(letter) in part for part in covered)] == []


def test_the_licence_of_everything_copied_is_beside_it(vendor: Path) -> None:
    licences = (vendor / "licences.txt").read_text()
    told = {source.partition("/dist/")[0].partition("/files/")[0] for source in assets.FILES}
    assert [package for package in told if f"==== {package} " not in licences] == []
    assert "Copyright" in licences
    assert "axe-core" not in licences


def test_what_was_made_from_the_same_is_left_as_it_is(vendor: Path) -> None:
    before = {file: file.stat().st_mtime_ns for file in vendor.iterdir()}
    assert not assets.make(vendor)
    assert {file: file.stat().st_mtime_ns for file in vendor.iterdir()} == before


def test_what_was_made_from_something_else_is_made_anew(vendor: Path) -> None:
    (vendor / ".made-from").write_text("another lock file")
    (vendor / "left-over.js").touch()
    assert assets.make(vendor)
    assert not (vendor / "left-over.js").exists()


def test_a_registry_that_does_not_answer_is_told_plainly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets, "TOOLS", tmp_path)
    told = {"registry": "http://127.0.0.1:9", "cache": str(tmp_path / "cache"), "fetch_retries": "0"}
    for name, value in told.items():
        monkeypatch.setenv(f"npm_config_{name}", value)
    with pytest.raises(Unable, match="could not be fetched from npm's registry"):
        assets.packages()
    assert [folder for folder in tmp_path.glob("npm-*") if folder.suffix != ".new" and folder.is_dir()] == []
    with pytest.raises(Unable, match="have not been fetched"):
        assets.fetched()


def test_blank_ones_have_the_same_names_and_are_replaced_by_the_real_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = tmp_path / "vendor"
    assets.make_blank(made)
    blank = Assets(tmp_path)
    assert [blank.address(name) for name in (*assets.FILES.values(), assets.FACES)]
    monkeypatch.setattr(assets, "packages", lambda: pytest.fail("the real ones were not asked for", pytrace=False))
    with pytest.raises(pytest.fail.Exception, match="the real ones"):
        assets.make(made)


def test_what_was_made_stays_where_the_registry_does_not_answer(tmp_path: Path) -> None:
    made = tmp_path / "vendor"
    made.mkdir()
    (made / ".made-from").write_text("an older lock file")
    assert not assets.make_blank(made)
    assert [each.name for each in made.iterdir()] == [".made-from"]
