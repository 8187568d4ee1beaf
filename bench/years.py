"""Years that a generated country has behind it: its cycles, and a report of every unit in each, answered many times.

They are written straight through the recorder, thousands of events in one transaction, by the rules of a report but
without the desk; as a service would have, it leaves the rows of the read models and a snapshot now and then.  Reports
grow side by side, a few events at a time, so that none has its history in one place on the disk.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from msgspec import structs

from bench.country import Unit, answer, parts, record
from bench.filling import QUESTIONS
from bench.load import TEXT
from services.reporting.application.sealing import subject_of
from services.reporting.cycle import Cycle
from services.reporting.report import Report
from services.reporting.report.events import Opened
from services.reporting.views import rows
from shared.domain import Sealed
from shared.eventstore import EventStore, Work

SEED = 20_260_120
A_YEAR = timedelta(days=365)
TOGETHER = 3
"""Events of a report that were recorded one right after the other."""
SEAL = 40
"""Bytes a sealed text is longer than the text."""


def live_through(store: EventStore, units: Sequence[Unit], years: int, saves: int) -> None:
    """The years before the one that is open, each question answered ``saves`` times on average."""
    luck = random.Random(SEED)  # noqa: S311  # the same country in every run, and no secret
    opened = next(iter(store.recorded(units[0].report))).event
    assert isinstance(opened, Opened)
    for ago in range(years, 0, -1):
        year, at = opened.year - ago, datetime.now(UTC) - ago * A_YEAR
        _plan(store, opened.year, year, ago)
        of_year = structs.replace(opened, year=year, at=at)
        for some in parts(units):
            grown = [_report(store, unit, of_year, luck.randint(0, 2 * saves), luck) for unit in some]
            _record_side_by_side(store, grown)


def _plan(store: EventStore, open_year: int, year: int, ago: int) -> None:
    """The cycle of a year was as the one that is open, only earlier."""
    first, *rest = (recorded.event for recorded in store.recorded(Cycle.identify(open_year)))
    assert isinstance(first, Cycle.Planned)
    earlier = {"deadline": first.dates.deadline - ago * A_YEAR, "grace_until": first.dates.grace_until - ago * A_YEAR}
    dates = structs.replace(first.dates, recommended_on=first.dates.recommended_on - ago * A_YEAR, **earlier)
    at = first.at - ago * A_YEAR
    cycle = Cycle.begin(Cycle.identify(year), structs.replace(first, at=at, year=year, dates=dates))
    for event in rest:
        assert isinstance(event, Cycle.Opened)
        cycle.trigger(structs.replace(event, at=at, year=year))
    record(store, [Work(store.stored(cycle.collect_events()), changes=rows.own(cycle))])


def _report(store: EventStore, unit: Unit, opened: Opened, saves: int, luck: random.Random) -> Work:
    named = {"unit_id": unit.id, "unit_code": f"B-{unit.number}", "unit_name": f"Nasjonal tjeneste B-{unit.number}"}
    id = Report.identify(unit.id, opened.year)
    report = Report.begin(id, structs.replace(opened, **named))
    sealed = {
        question: Sealed(subject_of(id, question), 1, luck.randbytes(len(TEXT) + SEAL), len(TEXT))
        for question in QUESTIONS
    }
    return answer(store, report, unit, sealed, saves, opened.at)


def _record_side_by_side(store: EventStore, reports: Iterable[Work]) -> None:
    waiting = list(reports)
    while waiting:
        record(store, [Work(work.events[:TOGETHER]) for work in waiting])
        last = [work for work in waiting if len(work.events) <= TOGETHER]
        record(store, [Work(changes=work.changes, snapshots=work.snapshots) for work in last])
        longer = (work for work in waiting if len(work.events) > TOGETHER)
        waiting = [Work(work.events[TOGETHER:], changes=work.changes, snapshots=work.snapshots) for work in longer]
