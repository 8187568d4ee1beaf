"""Everything measured in one run, peers side by side: `make bench`, or `BENCH=quick make bench` for the quick look.

Words name parts, as in `./run bench edits desk`; the summary then keeps of the others what an earlier run found.
"""

from __future__ import annotations

import logging
import signal
import sys
import traceback
from collections.abc import Callable
from typing import Any

import structlog

from bench import deadline, desk, edits, growth, histories, profile, rebuilding, relaying, replaying
from bench.findings import Findings
from bench.ground import Ground, ground
from bench.machine import facts
from bench.plan import Plan, chosen
from bench.portal import measuring as portal
from bench.results import SUMMARY, missing, show, write
from bench.telling import CONSOLE, say

Part = Callable[[Plan, Ground, Findings], None]
PARTS: dict[str, Part] = {
    "edits": edits.measure,
    "desk": desk.measure,
    "replay": replaying.measure,
    "rebuild": rebuilding.measure,
    "histories": histories.measure,
    "relay": relaying.measure,
    "connections": growth.connections,
    "processes": growth.processes,
    "country": growth.country,
    "deadline": deadline.measure,
    "profile": profile.measure,
    "portal": portal.measure,
}

LONG = frozenset({"rebuild", "deadline", "profile", "portal"})
"""Left out of the quick look unless they are named."""


def main() -> None:
    """Measure the parts named, all if none is; what could not be measured is told, and ends the run as failed."""
    plan = chosen()
    every = [name for name in PARTS if plan.name == "full" or name not in LONG]
    names = sys.argv[1:] or every
    if unknown := set(names) - set(PARTS):
        raise SystemExit(f"there is no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    # Whoever ends the run early must not leave its servers behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("aarring: the measurements were ended"))
    # Nobody is there to be heard while the country is made, which the service would tell again and again.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    if names == every:
        SUMMARY.unlink(missing_ok=True)
    with ground() as here:
        machine = facts(here.disk, here.databases("facts"))
        say(f"{plan.name} run: {plan.rounds} rounds of {plan.seconds} s")
        broken = [name for name in names if not _measured(name, plan, here, machine)]
    lost = missing(names) if names == every else []
    CONSOLE.print(f"The summary is in {SUMMARY}.")
    if lost or broken:
        raise SystemExit(f"not measured: {', '.join(lost or broken)}")


def _measured(name: str, plan: Plan, here: Ground, machine: dict[str, Any]) -> bool:
    """Measure one part, write and show it; False when it broke, which takes no other's figures with it."""
    findings, whole = Findings(), True
    try:
        with here.part():
            PARTS[name](plan, here, findings)
    except Exception as why:  # noqa: BLE001  # whatever it is, it is told and the others go on
        traceback.print_exc()
        say(f"[red]{name} broke[/red]: {why}")
        findings.fail(f"{name}_broke", f"the part {name}", f"{type(why).__name__}: {why}")
        whole = False
    write(name, plan, machine, findings)
    show(name, findings)
    return whole


if __name__ == "__main__":
    main()
