"""Waiting until programs of the suite on this machine are ready, or plainly do not get there."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from pathlib import Path

from deploy.environment import Addresses
from deploy.health import health, is_up
from deploy.locks import is_held
from deploy.places import LOGS, SUITE, Unable, shown
from deploy.supervisor import Program

READY_WITHIN = 120.0
FALLS_TOLERATED = 3


def wait_until_up(addresses: Addresses, names: Iterable[str], programs: Iterable[Program]) -> None:
    """Until all services of ``names`` are ready and well, or are ready and have had time enough to become well.

    It is given up once one of ``programs`` has fallen too often meanwhile; how often it fell before says nothing.
    """
    until, awaited = time.monotonic() + READY_WITHIN, list(names)
    before = {program: program.falls() for program in programs}
    while reports := {n: r for n in awaited if not is_up(r := health(addresses.service(n)))}:
        _give_up_on_the_fallen(before)
        if not is_held(SUITE):
            raise Unable(_with_last_lines("the suite ended while starting", LOGS / "supervisor.log"))
        if time.monotonic() > until:
            late = next((name for name, report in reports.items() if not (report and report["ready"])), None)
            if late is None:
                return
            what = f"{late} is not ready after {READY_WITHIN:.0f} s"
            raise Unable(_with_last_lines(what, LOGS / f"{late}.log"))
        time.sleep(0.1)


def _give_up_on_the_fallen(before: Mapping[Program, int]) -> None:
    for program, falls in before.items():
        if program.falls() - falls >= FALLS_TOLERATED:
            raise Unable(_with_last_lines(f"{program.name} does not stay up", program.log))


def _with_last_lines(what: str, log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines()[-15:] if log.exists() else []
    return "\n".join([f"{what}; the last lines of {shown(log)}:", *lines])
