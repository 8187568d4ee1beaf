"""The browser that the tests of the pages run in: found on the machine, else unpacked from Debian's packages."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from deploy.debian import libraries_in, unpack
from deploy.places import TOOLS, Unable

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
INSTALLED = Path("/usr/bin/chromium")
UNPACKED = TOOLS / "chromium"
FONTS = """\
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir>{unpacked}/usr/share/fonts</dir>
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


def find_chromium() -> Path | None:
    """The browser named by CHROMIUM, on PATH, of Debian, or unpacked earlier."""
    named = os.environ.get("CHROMIUM")
    if named:
        if not os.access(named, os.X_OK):
            raise Unable(f"CHROMIUM is set, but {named} is not a program that can be run")
        return Path(named)
    on_path = (shutil.which(name) for name in NAMES)
    places = [*(Path(found) for found in on_path if found), INSTALLED, _unpacked()]
    return next((place for place in places if os.access(place, os.X_OK)), None)


def require_chromium() -> Path:
    found = find_chromium()
    if found is None:
        raise Unable("Chromium was not found; ./run setup fetches it, CHROMIUM names another")
    return found


def obtain_chromium() -> None:
    if find_chromium() is not None:
        return
    print(
        f"aarring: Chromium is not on this machine: unpacking Debian's package into {UNPACKED}, for tests only",
        file=sys.stderr,
        flush=True,
    )
    unpack("chromium", UNPACKED, with_libraries=True)


def chromium_environment(browser: Path) -> Mapping[str, str]:
    """What the browser must be told to draw letters; an unpacked one also where its libraries are."""
    fonts = UNPACKED.with_suffix(".fonts.conf")
    told = FONTS.format(unpacked=UNPACKED)
    if not fonts.exists() or fonts.read_text() != told:
        fonts.parent.mkdir(parents=True, exist_ok=True)
        fonts.write_text(told)
    libraries = libraries_in(UNPACKED) if browser.is_relative_to(UNPACKED) else {}
    return {**libraries, "FONTCONFIG_FILE": str(fonts)}


def _unpacked() -> Path:
    """The program itself: the script that Debian starts it by looks for it where it would be installed."""
    return UNPACKED / "usr/lib/chromium/chromium"
