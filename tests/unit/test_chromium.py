"""The browser of the tests: which one is taken, and what one is told when there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy import chromium
from deploy.places import Unable

pytestmark = pytest.mark.unit


@pytest.fixture
def unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where one would be unpacked, on a machine that has none."""
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(chromium, "UNPACKED", tmp_path / "chromium")
    monkeypatch.setattr(chromium, "INSTALLED", tmp_path / "usr/bin/chromium")
    return tmp_path


def program(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o755)
    return path


def test_one_that_is_named_goes_before_all_others(unpacked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(unpacked / "bin/chromium")
    monkeypatch.setenv("CHROMIUM", str(program(unpacked / "mine")))
    assert chromium.find_chromium() == unpacked / "mine"
    monkeypatch.setenv("CHROMIUM", str(unpacked / "nothing"))
    with pytest.raises(Unable, match="not a program that can be run"):
        chromium.find_chromium()


def test_else_the_machines_own_and_at_last_the_one_unpacked_here(unpacked: Path) -> None:
    with pytest.raises(Unable, match=r"\./run setup fetches it"):
        chromium.require_chromium()
    # Each that is added goes before those that were there.
    for place in ("chromium/usr/lib/chromium/chromium", "usr/bin/chromium", "bin/google-chrome", "bin/chromium"):
        assert program(unpacked / place) == chromium.require_chromium()


def test_an_unpacked_one_is_told_where_its_parts_are_and_every_one_how_to_draw_letters(unpacked: Path) -> None:
    inside = program(unpacked / "chromium/usr/lib/chromium/chromium")
    program(unpacked / "chromium/usr/lib/x86_64-linux-gnu/libnss3.so")
    told = chromium.chromium_environment(inside)
    assert told["LD_LIBRARY_PATH"] == str(unpacked / "chromium/usr/lib/x86_64-linux-gnu")
    assert str(unpacked / "chromium/usr/share/fonts") in Path(told["FONTCONFIG_FILE"]).read_text()
    assert chromium.chromium_environment(Path("/usr/bin/chromium")) == {"FONTCONFIG_FILE": told["FONTCONFIG_FILE"]}
