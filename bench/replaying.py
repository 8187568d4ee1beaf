"""The whole log lived through again: every read model made anew, beside plain JSON lines folded."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import psycopg

from bench.country import raise_country
from bench.findings import Findings
from bench.ground import NOWHERE_NATS, Ground
from bench.plan import Plan
from bench.telling import say
from services.reporting.app import READ_MODELS
from shared.eventstore import EventStore
from shared.rebuild import compare, every_table

UNITS = 150


def measure(plan: Plan, ground: Ground, findings: Findings) -> None:
    """The same command the operator has, `aarring rebuild`; what it makes must be what is there."""
    saves = plan.replayed // UNITS // 3
    say(f"filling a log with {UNITS * 3 * saves} saves")
    told = ground.settings(ground.databases, NOWHERE_NATS)
    asyncio.run(raise_country(told, ground.tokens, UNITS, lambda unit: saves))
    lines = ground.folder / "log.jsonl"
    _as_lines(told.database_url, lines)
    store = EventStore(told.database_url, every_table(READ_MODELS))
    for _ in range(plan.rounds):
        speed = _rebuild(store)
        plain, quicker = _fold(lines, json.loads), _fold(lines, msgspec.json.decode)
        say(f"replay: {speed:,.0f} events/s, plain JSON fold {plain:,.0f}, msgspec fold {quicker:,.0f}")
        findings.add("replay_events_per_s", speed, "all read models rebuilt and compared", "events/s")
        findings.add("json_fold_per_s", plain, "lines of a file, json.loads, folded into a dict", "events/s")
        findings.add("msgspec_fold_per_s", quicker, "the same lines, msgspec", "events/s")
    store.close()
    findings.ratio("replay_vs_raw_decode", "replay_events_per_s", "json_fold_per_s", "replay over plain JSON fold")
    findings.ratio("replay_vs_msgspec", "replay_events_per_s", "msgspec_fold_per_s", "replay over msgspec fold")


def _rebuild(store: EventStore) -> float:
    begun = time.perf_counter()
    found = compare(store, READ_MODELS)
    took = time.perf_counter() - begun
    if not found.equal:
        raise RuntimeError(f"the rebuilt read models differ: {found.differences}")
    return found.events / took


def _as_lines(url: str, path: Path) -> None:
    """The log as lines of JSON, its events as they are stored."""
    query = "SELECT originator_id, originator_version, topic, state FROM stored_events ORDER BY notification_id"
    with psycopg.connect(url) as connection, path.open("w") as file:
        for thing, version, topic, state in connection.execute(query):
            head = json.dumps({"thing": str(thing), "version": version, "topic": topic})
            file.write(f'{head[:-1]}, "event": {bytes(state).decode()}}}\n')


def _fold(path: Path, decode: Callable[[bytes], Any]) -> float:
    """The least a replay can be: each line decoded, the newest answer to each question kept."""
    begun, number, reports = time.perf_counter(), 0, dict[str, dict[str, Any]]()
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):  # noqa: B007
            said = decode(line)
            event = said["event"]
            reports.setdefault(said["thing"], {})[event.get("question_id", said["topic"])] = event
    return number / (time.perf_counter() - begun)
