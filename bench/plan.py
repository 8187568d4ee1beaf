"""How long and how often everything is measured: the quick look of a few minutes, or the full run."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace

PEOPLE = 64
"""Keep-alive connections that save at once, where nothing else is said."""


@dataclass(frozen=True)
class Plan:
    """``seconds`` of every measurement after ``warm`` seconds that are not counted, and how many ``rounds``."""

    name: str
    rounds: int
    seconds: float
    warm: float
    connections: tuple[int, ...]
    processes: tuple[int, ...]
    replayed: int
    relayed: int
    country: tuple[int, int]
    """Units of the country as it is, and of one a hundred times as large."""
    lived: int
    """How often each question of a report was answered in the years a country has behind it, on average."""

    @property
    def slices(self) -> int:
        """How often another 64 reports are taken, so that no peer's histories grow long by being measured."""
        return 2 * self.rounds


QUICK = Plan("quick", 3, 1.0, 0.4, (1, 64), (1, 2, 4), 30_000, 5_000, (150, 15_000), 6)
FULL = Plan("full", 7, 6.0, 1.5, (1, 2, 4, 8, 16, 32, 64), (1, 2, 3, 4), 200_000, 20_000, (150, 15_000), 30)


def chosen() -> Plan:
    """``BENCH=quick`` is the quick one, else it is the full one; ``BENCH_ROUNDS`` names another number of rounds."""
    said = os.environ.get("BENCH", "full")
    if said not in {"quick", "full"}:
        raise SystemExit(f"BENCH is '{said}'; it must be quick or full")
    plan, rounds = QUICK if said == "quick" else FULL, os.environ.get("BENCH_ROUNDS", "")
    if rounds and not (rounds.isdecimal() and int(rounds)):
        raise SystemExit(f"BENCH_ROUNDS is '{rounds}'; it must be a number of rounds")
    return replace(plan, rounds=int(rounds)) if rounds else plan
