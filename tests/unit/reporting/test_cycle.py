"""A cycle is planned with dates in order, opened once, and moved only openly."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from services.reporting.cycle import (
    Cycle,
    CycleIsNotOpen,
    CycleIsOpen,
    DatesOutOfOrder,
    DeadlineInThePast,
    Pin,
)
from tests.facts import DATES, DESK, NOON, YEAR, fact
from tests.spec import given, when_begun

pytestmark = pytest.mark.unit

planned = fact(Cycle.Planned, by=DESK, year=YEAR, dates=DATES)
PINS = (Pin("national_centre", 1), Pin("quality_competence_network", 2))
open_already = fact(Cycle.Opened, by=DESK, year=YEAR, pins=PINS, reports=120)


def dates(**changed: Any) -> Any:
    return msgspec.structs.replace(DATES, **changed)


def test_a_cycle_is_planned_with_its_dates() -> None:
    when_begun(lambda: Cycle.plan(YEAR, DATES, by=DESK, at=NOON)).then(planned)


def test_there_is_one_cycle_a_year() -> None:
    assert Cycle.plan(YEAR, DATES, by=DESK, at=NOON).id == Cycle.identify(YEAR) != Cycle.identify(YEAR + 1)


def test_a_deadline_in_the_past_is_refused_with_its_place() -> None:
    outcome = when_begun(lambda: Cycle.plan(YEAR, DATES, by=DESK, at=DATES.deadline))
    outcome.then_refused(
        DeadlineInThePast,
        errors=[{"code": "in_the_past", "pointer": "/deadline", "detail": DATES.deadline.isoformat()}],
    )


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"grace_until": DATES.deadline - timedelta(seconds=1)}, "/grace_until"),
        ({"recommended_on": date(2026, 2, 17)}, "/recommended_on"),
        ({"opens_at": DATES.deadline}, "/opens_at"),
    ],
)
def test_dates_out_of_order_are_refused_with_their_place(changed: dict[str, Any], pointer: str) -> None:
    outcome = when_begun(lambda: Cycle.plan(YEAR, dates(**changed), by=DESK, at=NOON))
    outcome.then_refused(DatesOutOfOrder)
    assert outcome.refusal
    assert [error["pointer"] for error in outcome.refusal.facts["errors"]] == [pointer]


def test_dates_may_fall_together() -> None:
    tight = dates(grace_until=DATES.deadline, recommended_on=DATES.deadline.date())
    when_begun(lambda: Cycle.plan(YEAR, tight, by=DESK, at=NOON)).then(
        fact(Cycle.Planned, by=DESK, year=YEAR, dates=tight)
    )


def test_the_dates_are_moved_for_everybody_with_a_reason() -> None:
    later = dates(deadline=DATES.deadline + timedelta(days=2))
    given(Cycle, planned).when(lambda c: c.reschedule(later, "storm", by=DESK, at=NOON)).then(
        fact(Cycle.Rescheduled, by=DESK, year=YEAR, dates=later, reason="storm")
    )


def test_dates_are_judged_again_when_they_are_moved() -> None:
    late = DATES.deadline + timedelta(days=1)
    given(Cycle, planned).when(lambda c: c.reschedule(DATES, "again", by=DESK, at=late)).then_refused(
        DeadlineInThePast
    )


def test_the_opening_moves_until_it_has_happened() -> None:
    sooner = dates(opens_at=NOON + timedelta(days=1))
    given(Cycle, planned).when(lambda c: c.reschedule(sooner, "ready", by=DESK, at=NOON)).then(
        fact(Cycle.Rescheduled, by=DESK, year=YEAR, dates=sooner, reason="ready")
    )
    given(Cycle, planned, open_already).when(lambda c: c.reschedule(sooner, "ready", by=DESK, at=NOON)).then_refused(
        CycleIsOpen, opened_at=NOON
    )


def test_the_deadline_may_still_move_in_an_open_cycle() -> None:
    later = dates(deadline=DATES.deadline + timedelta(days=2))
    given(Cycle, planned, open_already).when(lambda c: c.reschedule(later, "storm", by=DESK, at=NOON)).then(
        fact(Cycle.Rescheduled, by=DESK, year=YEAR, dates=later, reason="storm")
    )


def test_opening_pins_the_template_versions_of_the_year() -> None:
    asked = given(Cycle, planned)
    asked.when(lambda c: c.open(PINS, 120, by=DESK, at=NOON)).then(open_already)
    assert (asked.thing.state.opened_at, asked.thing.state.pins) == (NOON, PINS)


def test_a_cycle_is_opened_once() -> None:
    given(Cycle, planned, open_already).when(lambda c: c.open(PINS, 1, by=DESK, at=NOON)).then_refused(
        CycleIsOpen, opened_at=NOON
    )


def test_reports_exist_only_in_an_open_cycle() -> None:
    given(Cycle, planned).when(lambda c: c.must_be_open()).then_refused(CycleIsNotOpen)
    given(Cycle, planned, open_already).when(lambda c: c.must_be_open()).then()
