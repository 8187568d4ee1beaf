"""The browser of the tests: which one is taken, and what one is told when there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy import chromium
from deploy.places import Unable
from tests.browser.chromium import found

pytestmark = pytest.mark.unit

INSIDE = "shell/usr/lib/chromium/chromium-headless-shell"


@pytest.fixture
def unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where one would be unpacked, on a machine that has none."""
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(chromium, "UNPACKED", tmp_path / "shell")
    monkeypatch.setattr(chromium, "UNPACKED_LETTERS", tmp_path / "letters")
    monkeypatch.setattr(chromium, "OF_THE_MACHINE", tmp_path / "usr/share/fonts")
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


def test_else_one_without_windows_and_at_last_the_machines_own(unpacked: Path) -> None:
    with pytest.raises(Unable, match=r"\./run setup fetches it"):
        chromium.require_chromium()
    # Each that is added goes before those that were there.
    for place in ("usr/bin/chromium", "bin/google-chrome", "bin/chromium", INSIDE, "bin/chromium-headless-shell"):
        assert program(unpacked / place) == chromium.require_chromium()
    assert chromium.require_chromium(with_windows=True) == unpacked / "bin/chromium"


def test_windows_are_not_looked_for_in_one_that_has_none(unpacked: Path) -> None:
    program(unpacked / INSIDE)
    with pytest.raises(Unable, match="names one that has windows"):
        chromium.require_chromium(with_windows=True)


@pytest.mark.parametrize("there", ["bin/chromium-headless-shell", "shell/usr/lib/chromium/chromium-headless-shell"])
def test_one_without_windows_is_not_fetched_twice(unpacked: Path, there: str) -> None:
    program(unpacked / there)
    chromium.obtain_chromium()


def test_the_machines_own_does_where_no_other_can_be_had(unpacked: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Unable, match="there is no apt-get"):
        chromium.obtain_chromium()
    own = program(unpacked / "bin/chromium")
    chromium.obtain_chromium()
    assert "does instead" in capsys.readouterr().err
    chromium.obtain_chromium()
    assert capsys.readouterr().err == ""
    assert chromium.find_chromium() == own


@pytest.mark.parametrize("script", ["#!/bin/sh\nexit 1\n", "#!/nowhere\n"])
def test_what_draws_nothing_is_not_kept(unpacked: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    def unpack(*_: object, **__: object) -> None:
        program(unpacked / INSIDE).write_text(script)

    monkeypatch.setattr(chromium, "unpack", unpack)
    with pytest.raises(Unable, match="draws no page"):
        chromium.obtain_chromium()
    assert chromium.find_chromium() is None


def test_an_unpacked_one_is_told_where_its_parts_are_and_every_one_how_to_draw_letters(unpacked: Path) -> None:
    inside = program(unpacked / INSIDE)
    program(unpacked / "shell/usr/lib/x86_64-linux-gnu/libnss3.so")
    told = chromium.chromium_environment(inside)
    assert told["LD_LIBRARY_PATH"] == str(unpacked / "shell/usr/lib/x86_64-linux-gnu")
    assert str(unpacked / "shell/usr/share/fonts") in Path(told["FONTCONFIG_FILE"]).read_text()
    assert chromium.chromium_environment(Path("/usr/bin/chromium")) == {"FONTCONFIG_FILE": told["FONTCONFIG_FILE"]}


def test_one_font_is_enough_and_all_of_the_machine_are_asked_only_where_it_is_not_there(unpacked: Path) -> None:
    inside = program(unpacked / INSIDE)

    def folders() -> str:
        return Path(chromium.chromium_environment(inside)["FONTCONFIG_FILE"]).read_text()

    assert f"<dir>{unpacked}/usr/share/fonts</dir>" in folders()
    program(unpacked / "usr/share/fonts/another/Another.ttf")
    # Each that is added goes before those that were there.
    for place in ("usr/share/fonts/dejavu", "letters/usr/share/fonts/truetype", "shell/usr/share/fonts/truetype"):
        assert chromium.find_letters() != unpacked / place
        program(unpacked / place / chromium.PRINTED)
        assert chromium.find_letters() == unpacked / place
        assert f"<dir>{unpacked / place}</dir>" in folders()
        assert f"<dir>{unpacked}/usr/share/fonts</dir>" not in folders()


def test_letters_are_fetched_where_a_machine_has_a_browser_and_none(
    unpacked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = program(unpacked / "bin/chromium-headless-shell")
    browser.write_text("#!/bin/sh\necho drawn\n")
    with pytest.raises(pytest.skip.Exception, match="to draw letters with"):
        found(headed=False)
    monkeypatch.setattr(chromium, "unpack", lambda _, into: program(into / chromium.PRINTED))
    chromium.obtain_browser()
    assert chromium.find_letters() == unpacked / "letters"
    assert found(headed=False) == browser


def test_no_story_is_told_where_there_is_no_browser_or_only_what_is_called_so(unpacked: Path) -> None:
    with pytest.raises(pytest.skip.Exception, match="was not found"):
        found(headed=False)
    program(unpacked / "bin/chromium").write_text("#!/bin/sh\necho get it elsewhere >&2\n")
    with pytest.raises(pytest.skip.Exception, match=r"draws no page on this machine \(get it elsewhere\)"):
        found(headed=False)


def test_what_is_named_has_to_work(unpacked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", str(unpacked / "nothing"))
    with pytest.raises(Unable, match="not a program that can be run"):
        found(headed=False)
