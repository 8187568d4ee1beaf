"""The nats-servers of later Debian releases, which the tests of speaking and hearing run on beside our own."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from deploy.debian import unpack_later
from deploy.places import TOOLS, Unable

Number = tuple[int, ...]
PROGRAM = "usr/sbin/nats-server"
TRIED_AGAIN_AFTER = 3600
"""Seconds after which a mirror that did not answer is asked once more."""


@dataclass(frozen=True)
class Later:
    """A release of Debian, and the versions of nats-server it is asked for: ``since``, and before ``until``."""

    release: str
    since: Number
    until: Number

    @property
    def why_not(self) -> Path:
        """What kept us from fetching it stands here."""
        return TOOLS / f"nats-server-of-{self.release}.missing"

    def found(self) -> Path | None:
        """The newest one unpacked here."""
        programs = {number_in(place.name): place / PROGRAM for place in TOOLS.glob("nats-server-[0-9]*")}
        return max(((n, p) for n, p in programs.items() if self.since <= n < self.until), default=(None, None))[1]

    def missing(self) -> str:
        """Why there is none here."""
        return self.why_not.read_text() if self.why_not.exists() else "./run setup has not fetched it yet"


# Debian's unstable moves on; whatever it has by now is what production would take next.
LATER = (Later("trixie", (2, 10), (2, 11)), Later("sid", (2, 15), (1000,)))


def newest() -> Path:
    """The newest of them that is here."""
    found = [program for later in LATER if (program := later.found())]
    if not found:
        raise Unable(LATER[-1].missing())
    return found[-1]


def version(program: Path) -> str:
    """What the program says it is; Unable when it does not run here."""
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True, timeout=30).stdout
    except (OSError, subprocess.SubprocessError) as fault:
        raise Unable(f"{program.name} does not run on this machine ({type(fault).__name__})") from fault
    return said.rpartition("v")[2].strip()


def number_in(said: str) -> Number:
    """The version as numbers, for comparing."""
    return tuple(int(part) for part in re.findall(r"\d+", said)[:3])


def obtain_later_nats_servers() -> None:
    """Unpack what later releases have; whatever goes wrong is only noted, for the tests to say."""
    wanted = [later for later in LATER if later.found() is None and not _tried_lately(later)]
    if not wanted:
        return
    print("aarring: unpacking nats-server of later Debian releases into var/, for tests only", file=sys.stderr)
    TOOLS.mkdir(parents=True, exist_ok=True)
    places = {later.release: TOOLS / f".nats-server-of-{later.release}" for later in wanted}
    missing = unpack_later("nats-server", places)
    for later in wanted:
        try:
            if later.release in missing:
                raise Unable(missing[later.release])
            _keep(later, places[later.release])
        except (Unable, OSError) as why:
            later.why_not.write_text(str(why))
            print(f"aarring: its tests are skipped: {why}", file=sys.stderr)
        finally:
            shutil.rmtree(places[later.release], ignore_errors=True)


def _keep(later: Later, unpacked: Path) -> None:
    said = version(unpacked / PROGRAM)
    if not later.since <= number_in(said) < later.until:
        raise Unable(f"Debian {later.release} has nats-server {said} by now")
    unpacked.rename(TOOLS / f"nats-server-{said}")
    later.why_not.unlink(missing_ok=True)


def _tried_lately(later: Later) -> bool:
    return later.why_not.exists() and time.time() - later.why_not.stat().st_mtime < TRIED_AGAIN_AFTER
