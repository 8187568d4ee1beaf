"""Reports with long histories: how soon one is open, and whether a save in it costs more than in a short one."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
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
from shared.history import difference, state_at

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
    kept, folded = (unit.report for unit in units_of(2 * EACH)[-2:])
    with psycopg.connect(told.database_url, autocommit=True) as connection:
        connection.execute("DELETE FROM snapshots WHERE originator_id = %s", (folded,))
    store = EventStore(told.database_url)
    readings = _readings(store, kept, folded, told.database_url)
    for _ in range(plan.rounds):
        took = {name: _median_ms(read) for name, (read, _) in readings.items()}
        say(f"{LONG} events: {', '.join(f'{name} {ms:.1f} ms' for name, ms in took.items())}")
        for name, ms in took.items():
            findings.add(name, ms, readings[name][1], "ms")
    store.close()
    findings.ratio("open_10k_vs_raw_fold", "open_10k_whole_ms", "open_10k_raw_ms", "without a snapshot over raw fold")


def _readings(store: EventStore, kept: UUID, folded: UUID, url: str) -> dict[str, tuple[Callable[[], object], str]]:
    """What is read of a long history, each with its title; the versions asked for are the same in every run."""
    luck = random.Random(LONG)  # noqa: S311  # no secret
    moments = [fact.created_at for fact in store.facts(kept)]

    def version() -> int:
        return luck.randint(1, len(moments))

    def between() -> object:
        return difference(store, OurReport, kept, version(), version())

    return {
        "open_10k_ms": (lambda: _whole(store, kept), f"a report of {LONG:,} events opened from its snapshot"),
        "open_10k_whole_ms": (lambda: _whole(store, folded), "the same without a snapshot"),
        "open_10k_raw_ms": (_raw(url, folded), "its rows read, decoded by msgspec and folded into a dict"),
        "at_version_ms": (lambda: state_at(store, OurReport, kept, version=version()), "the report at any version"),
        "at_moment_ms": (
            lambda: state_at(store, OurReport, kept, moment=moments[version() - 1]),
            "the report at any moment",
        ),
        "difference_ms": (between, "what became otherwise between any two versions"),
    }


def _median_ms(read: Callable[[], object]) -> float:
    took = []
    for _ in range(OPENED):
        begun = time.perf_counter()
        read()
        took.append(1000 * (time.perf_counter() - begun))
    return median(took)


def _whole(store: EventStore, report: UUID) -> None:
    found = store.load(OurReport, report)
    assert found is not None
    assert found.version >= LONG - len(QUESTIONS)


def _raw(url: str, report: UUID) -> Callable[[], None]:
    query = "SELECT topic, state FROM stored_events WHERE originator_id = %s ORDER BY originator_version"
    connection = psycopg.connect(url, autocommit=True)

    def read() -> None:
        answers = {}
        for topic, state in connection.execute(query, (report,), prepare=True, binary=True):
            event = msgspec.json.decode(state)
            answers[event.get("question_id", topic)] = event
        assert len(answers) > len(QUESTIONS)

    return read
