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
<fontconfig><dir>{fonts}</dir><cachedir>{cache}</cachedir></fontconfig>
"""


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
    """What an unpacked browser must be told to find its libraries and letters; an installed one needs nothing."""
    if not browser.is_relative_to(UNPACKED):
        return {}
    fonts = UNPACKED / "fonts.conf"
    fonts.write_text(FONTS.format(fonts=UNPACKED / "usr/share/fonts", cache=UNPACKED / "font-cache"))
    return {**libraries_in(UNPACKED), "FONTCONFIG_FILE": str(fonts)}


def _unpacked() -> Path:
    """The program itself: the script that Debian starts it by looks for it where it would be installed."""
    return UNPACKED / "usr/lib/chromium/chromium"
