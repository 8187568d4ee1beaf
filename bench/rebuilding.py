"""All read models of a whole country made again, of 1,500 units and ten years: what `aarring rebuild reporting` does.

A process of its own for each round, so that the memory it took can be told.
"""

from __future__ import annotations

import asyncio
import json
import resource
import subprocess
import sys
import time
from typing import Any

from bench.country import raise_country
from bench.findings import Findings
from bench.ground import NOWHERE_NATS, Ground
from bench.plan import Plan
from bench.telling import say
from bench.years import live_through
from services.reporting.app import READ_MODELS
from shared.eventstore import EventStore
from shared.rebuild import compare, every_table, size

UNITS, YEARS = 1_500, 10


def measure(plan: Plan, ground: Ground, findings: Findings) -> None:
    """The log is made once, and lived through again in every round."""
    told = ground.settings(ground.databases, NOWHERE_NATS)
    say(f"raising a country of {UNITS} units with {YEARS} years behind it")
    units = asyncio.run(raise_country(told, ground.tokens, UNITS))
    store = EventStore(told.database_url, every_table(READ_MODELS))
    live_through(store, units, YEARS, plan.lived)
    much = f"{UNITS:,} units, {YEARS} years, {size(store):,} events and contracts"
    store.close()
    for _ in range(plan.rounds):
        found = _rebuilt(told.database_url)
        say(f"rebuilt {much}, {found['rows']:,} rows: {found['seconds']:.1f} s, {found['peak_mb']:.0f} MB")
        per_second = found["done"] / found["seconds"]
        findings.add("rebuild_per_s", per_second, "a whole country rebuilt and compared", "events/s", much)
        findings.add("rebuild_s", found["seconds"], "the same", "s", much)
        findings.add("rebuild_peak_mb", found["peak_mb"], "memory the process took for it", "MB")


def _rebuilt(url: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "bench.rebuilding", url], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-2_000:])
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def main() -> None:
    """Rebuild the read models of the store that is named, and say how it went."""
    store = EventStore(sys.argv[1], every_table(READ_MODELS))
    begun = time.perf_counter()
    found = compare(store, READ_MODELS)
    took = time.perf_counter() - begun
    if not found.equal:
        raise SystemExit(f"the rebuilt read models differ: {found.differences}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    rows = sum(found.rows.values())
    print(json.dumps({"done": found.events + found.heard, "seconds": took, "rows": rows, "peak_mb": peak}))


if __name__ == "__main__":
    main()
