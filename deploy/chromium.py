"""The browser that the tests of the pages run in: found on the machine, else unpacked from Debian's packages."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from deploy.debian import libraries_in, unpack
from deploy.places import TOOLS, Unable

PACKAGE = "chromium-headless-shell"
"""Chromium without windows: half the work for the machine, and none of what only a desktop needs."""
WITH_WINDOWS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
INSTALLED = Path("/usr/bin/chromium")
UNPACKED = TOOLS / PACKAGE
ALONE = ("--headless", "--no-sandbox", "--disable-dev-shm-usage")
WITHIN = 120.0
"""Seconds until it has drawn its first page."""
FONTS = """\
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{unpacked}/usr/share/fonts</dir>
  <dir>{letters}</dir>
  <cachedir>{unpacked}.fonts</cachedir>
  <match target="pattern">
    <edit name="antialias" mode="assign"><bool>true</bool></edit>
    <edit name="hinting" mode="assign"><bool>false</bool></edit>
    <edit name="hintstyle" mode="assign"><const>hintnone</const></edit>
    <edit name="rgba" mode="assign"><const>none</const></edit>
  </match>
</fontconfig>
"""
"""Letters are as wide on every machine, whatever its own settings make of them: pictures of pages are compared."""
LETTERS = "fonts-dejavu-core"
"""The one font for what the pages' own has not: which others a machine has is then no matter."""
PRINTED = "DejaVuSansMono.ttf"
UNPACKED_LETTERS = TOOLS / LETTERS
OF_THE_MACHINE = Path("/usr/share/fonts")


def find_letters() -> Path | None:
    """The folder of that one font, unpacked with the browser, by itself, or the machine's own."""
    places = (UNPACKED / "usr/share/fonts", UNPACKED_LETTERS, OF_THE_MACHINE)
    return next((found.parent for place in places for found in place.rglob(PRINTED)), None)


def find_chromium(*, with_windows: bool = False) -> Path | None:
    """The browser named by CHROMIUM, one without windows, or the machine's own."""
    named = os.environ.get("CHROMIUM")
    if named:
        if not os.access(named, os.X_OK):
            raise Unable(f"CHROMIUM is set, but {named} is not a program that can be run")
        return Path(named)
    places = [*_on_path(*WITH_WINDOWS), INSTALLED]
    if not with_windows:
        places = [*_on_path(PACKAGE), _unpacked(), *places]
    return next((place for place in places if os.access(place, os.X_OK)), None)


def require_chromium(*, with_windows: bool = False) -> Path:
    found = find_chromium(with_windows=with_windows)
    if found is None:
        other = (
            "; CHROMIUM names one that has windows"
            if with_windows
            else "; ./run setup fetches it, CHROMIUM names another"
        )
        raise Unable(f"Chromium was not found{other}")
    return found


def obtain_browser() -> None:
    """With letters: at one that the pages' own font has not, a browser without any other ends."""
    obtain_chromium()
    if find_letters() is None:
        print(f"aarring: unpacking Debian's {LETTERS} into var/, for tests only", file=sys.stderr, flush=True)
        unpack(LETTERS, UNPACKED_LETTERS)


def obtain_chromium() -> None:
    """Unpack the one without windows where there is none; the machine's own does where that cannot be had."""
    if os.environ.get("CHROMIUM") or _on_path(PACKAGE) or os.access(_unpacked(), os.X_OK):
        return
    own, in_vain = find_chromium(), UNPACKED.with_suffix(".in-vain")
    if own and in_vain.exists():
        return
    print(f"aarring: unpacking Debian's {PACKAGE} into var/, for tests only", file=sys.stderr, flush=True)
    try:
        unpack(PACKAGE, UNPACKED, "chromium-common", with_libraries=True)
        must_draw(_unpacked())
    except Unable as reason:
        shutil.rmtree(UNPACKED, ignore_errors=True)  # nothing that looks like a browser and is none
        if own is None:
            raise
        print(f"aarring: {reason}; {own} does instead", file=sys.stderr, flush=True)
        in_vain.parent.mkdir(parents=True, exist_ok=True)
        in_vain.touch()  # not to be tried again each time


def must_draw(browser: Path) -> None:
    """Not all that is called so is one: some only tell where to get it, others lack a library or a right."""
    told = {**os.environ, **chromium_environment(browser)}
    with tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True) as profile:
        asked = [str(browser), *ALONE, f"--user-data-dir={profile}", "--dump-dom", "data:text/html,drawn"]
        try:
            done = subprocess.run(asked, env=told, capture_output=True, text=True, timeout=WITHIN, check=False)
            drawn, said = "drawn" in done.stdout, done.stderr.strip()
        except (OSError, subprocess.TimeoutExpired) as fault:
            drawn, said = False, str(fault)
    if not drawn:
        raise Unable(f"{browser.name} draws no page on this machine ({said})")


def chromium_environment(browser: Path) -> Mapping[str, str]:
    """What the browser must be told to draw letters; an unpacked one also where its libraries are."""
    fonts = UNPACKED.with_suffix(".fonts.conf")
    told = FONTS.format(unpacked=UNPACKED, letters=find_letters() or OF_THE_MACHINE)
    if not fonts.exists() or fonts.read_text() != told:
        fonts.parent.mkdir(parents=True, exist_ok=True)
        fonts.write_text(told)
    libraries = libraries_in(UNPACKED) if browser.is_relative_to(UNPACKED) else {}
    return {**libraries, "FONTCONFIG_FILE": str(fonts)}


def _on_path(*names: str) -> list[Path]:
    return [Path(found) for name in names if (found := shutil.which(name))]


def _unpacked() -> Path:
    """The program itself: the script that Debian starts it by looks for it where it would be installed."""
    return UNPACKED / "usr/lib/chromium" / PACKAGE
