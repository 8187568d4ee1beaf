"""Reports with long histories: how soon one is open, and whether a save in it costs more than in a short one."""

from __future__ import annotations

import asyncio
import time
from statistics import median
from uuid import UUID

import msgspec
import psycopg

from bench.country import Unit, raise_country, units_of
from bench.filling import QUESTIONS
from bench.findings import Findings
from bench.ground import Ground
from bench.plan import Plan
from bench.saving import Person, Report, save
from bench.served import Server, reporting, uvicorn
from bench.telling import say
from services.reporting.report import Report as OurReport
from services.reporting.settings import Settings
from shared.eventstore import EventStore

LONG, SHORT = 10_000, 10
EACH = 4
"""Reports of either length, written by one person each."""
OPENED = 20
"""Times a report is opened in one round."""


def _saves(unit: Unit) -> int:
    """Of each of the three questions."""
    return (SHORT if unit.number < EACH else LONG) // len(QUESTIONS)


def measure(plan: Plan, ground: Ground, findings: Findings) -> None:
    """Opening first, while nobody writes; then people save in both kinds of reports in turn."""
    say(f"filling {EACH} reports with {SHORT} events and {EACH} with {LONG}")
    told = ground.settings(ground.databases, ground.nats().url)
    asyncio.run(raise_country(told, ground.tokens, 2 * EACH, _saves))
    _opening(plan, findings, told)
    log = ground.folder / "histories.log"
    server = Server(uvicorn("services.reporting.app:create"), reporting(told), log, ready="/health/ready")
    with server:
        units = units_of(2 * EACH)
        people = [_person(server, unit) for unit in units]
        for _ in range(plan.rounds):
            for name, some in ((SHORT, people[:EACH]), (LONG, people[EACH:])):
                speed = save(plan, some, ground.token).per_second
                say(f"saves in reports of {name} events: {speed:,.0f}/s")
                findings.add(f"history_{name}_per_second", speed, f"saves in reports of {name} events", "saves/s")
    short, long = (f"history_{events}_per_second" for events in (SHORT, LONG))
    findings.ratio("growth_events", short, long, "cost of a save at 10,000 events over 10")


def _person(server: Server, unit: Unit) -> Person:
    return Person(server.port, [Report(unit.report, unit.lead, dict.fromkeys(QUESTIONS, _saves(unit)))])


def _opening(plan: Plan, findings: Findings, told: Settings) -> None:
    kept, folded = units_of(2 * EACH)[-2:]
    with psycopg.connect(told.database_url, autocommit=True) as connection:
        connection.execute("DELETE FROM snapshots WHERE originator_id = %s", (folded.report,))
    store = EventStore(told.database_url)
    for _ in range(plan.rounds):
        by_snapshot, whole = _open(store, kept.report), _open(store, folded.report)
        raw = _raw(told.database_url, folded.report)
        say(f"{LONG} events open after {by_snapshot:.1f} ms by snapshot, {whole:.0f} ms whole, raw {raw:.0f} ms")
        findings.add("open_10k_ms", by_snapshot, "a report of 10,000 events opened from its snapshot", "ms")
        findings.add("open_10k_whole_ms", whole, "the same without a snapshot", "ms")
        findings.add("open_10k_raw_ms", raw, "its rows read, decoded by msgspec and folded into a dict", "ms")
    store.close()
    findings.ratio("open_10k_vs_raw_fold", "open_10k_whole_ms", "open_10k_raw_ms", "without a snapshot over raw fold")


def _open(store: EventStore, report: UUID) -> float:
    took = []
    for _ in range(OPENED):
        begun = time.perf_counter()
        found = store.load(OurReport, report)
        took.append(1000 * (time.perf_counter() - begun))
        assert found is not None
        assert found.version >= LONG - len(QUESTIONS)
    return median(took)


def _raw(url: str, report: UUID) -> float:
    took, query = [], "SELECT topic, state FROM stored_events WHERE originator_id = %s ORDER BY originator_version"
    with psycopg.connect(url) as connection:
        for _ in range(OPENED):
            begun, answers = time.perf_counter(), {}
            for topic, state in connection.execute(query, (report,), prepare=True, binary=True):
                event = msgspec.json.decode(state)
                answers[event.get("question_id", topic)] = event
            took.append(1000 * (time.perf_counter() - begun))
            assert len(answers) > len(QUESTIONS)
    return median(took)
