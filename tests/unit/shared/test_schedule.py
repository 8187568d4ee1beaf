"""What is due is done once: a missed tick catches up, a second one does nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from eventsourcing.persistence import OperationalError

from services.reporting.cycle import Cycle
from shared.clock import Clock
from shared.desk import Desk, UnitOfWork
from shared.domain import Refused, identity
from shared.eventstore import EventStore
from shared.schedule import Due, Schedule
from tests.facts import DATES, DESK, NOON, YEAR

pytestmark = [pytest.mark.unit, pytest.mark.anyio]

INSTANT = datetime(2025, 12, 1, 7, 0, tzinfo=UTC)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    store = EventStore(f"sqlite:///{tmp_path}/events.db")
    made = Desk(store, rows=lambda thing: ())
    yield made
    made.close()
    store.close()


def plan(unit: UnitOfWork) -> Mapping[str, Any]:
    cycle = unit.add(Cycle.plan(YEAR, DATES, by=DESK, at=NOON))
    return {"version": cycle.version}


def opening(instant: datetime) -> Due:
    return Due("open_cycle", str(YEAR), instant, plan)


def scheduled(desk: Desk, *dues: Due) -> Schedule:
    return Schedule(desk, Clock(), [lambda now: [due for due in dues if due.instant <= now]])


def test_the_same_rule_subject_and_instant_are_the_same_command() -> None:
    command, again = opening(INSTANT).command(), opening(INSTANT).command()
    assert (command.id, command.digest) == (again.id, again.digest)
    assert command.trace != again.trace


@pytest.mark.parametrize(
    "other",
    [
        Due("remind", str(YEAR), INSTANT, plan),
        Due("open_cycle", str(YEAR + 1), INSTANT, plan),
        Due("open_cycle", str(YEAR), INSTANT + timedelta(days=1), plan),
    ],
)
def test_another_rule_subject_or_instant_is_another_command(other: Due) -> None:
    assert other.command().id != opening(INSTANT).command().id


async def test_what_is_due_is_done_as_a_command_of_the_desk(desk: Desk) -> None:
    assert await scheduled(desk, opening(INSTANT)).tick() == 1
    [(_, recorded)] = desk.store.log(0, 10)
    assert recorded.originator_id == identity("cycle", YEAR)
    assert recorded.event.command_id == opening(INSTANT).command().id


async def test_a_second_tick_does_nothing(desk: Desk) -> None:
    schedule = scheduled(desk, opening(INSTANT))
    await schedule.tick()
    await schedule.tick()
    assert desk.store.head() == 1


async def test_what_is_not_due_yet_waits(desk: Desk) -> None:
    assert await scheduled(desk, opening(datetime.now(UTC) + timedelta(days=1))).tick() == 0
    assert desk.store.head() == 0


async def test_what_no_longer_applies_stops_nothing_else(desk: Desk) -> None:
    def refuse(unit: UnitOfWork) -> Mapping[str, Any]:
        raise Refused("it was withdrawn")

    too_late = Due("remind", "somebody", INSTANT, refuse)
    await scheduled(desk, too_late, opening(INSTANT)).tick()
    assert desk.store.head() == 1


async def test_a_rule_whose_database_does_not_answer_is_asked_again_at_the_next_tick(desk: Desk) -> None:
    answers: list[Iterable[Due]] = []

    def rule(now: datetime) -> Iterable[Due]:
        if not answers:
            answers.append([opening(INSTANT)])
            raise OperationalError("away")
        return answers[0]

    schedule = Schedule(desk, Clock(), [rule])
    assert await schedule.tick() == 0
    assert await schedule.tick() == 1
