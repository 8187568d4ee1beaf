"""A follow-up point: raised by a region, planned, closed, or carried on year by year."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from services.review.follow_up import (
    Category,
    FollowUp,
    FollowUpIsClosed,
    Level,
    NotTheNextYear,
    NotYourFollowUp,
    Status,
)
from tests.facts import NOON, UNIT, YEAR, fact, made_up
from tests.spec import given, when_begun
from tests.unit.review.facts import OST, TEXT, VEST

pytestmark = pytest.mark.unit

POINT = made_up("point")
OWNER = made_up("owner")
DUE = date(2026, 9, 1)
SAID: dict[str, Any] = {
    "unit_id": UNIT,
    "year": YEAR,
    "category": Category.GROUP_CANNOT_FIND_MEMBERS,
    "level": Level.REGIONAL,
    "text": TEXT,
    "owner": None,
    "due": None,
}
raised = fact(FollowUp.Raised, by=VEST, region="vest", **SAID)
closed = fact(FollowUp.Closed, by=VEST, unit_id=UNIT, outcome=TEXT)


def carried(to_year: int) -> FollowUp.Carried:
    return fact(FollowUp.Carried, by=VEST, unit_id=UNIT, to_year=to_year)


def test_a_region_raises_a_point() -> None:
    when_begun(lambda: FollowUp.raise_for(POINT, "vest", by=VEST, at=NOON, **SAID)).then(raised)


def test_a_region_raises_points_for_itself_alone() -> None:
    when_begun(lambda: FollowUp.raise_for(POINT, "vest", by=OST, at=NOON, **SAID)).then_refused(NotYourFollowUp)


def test_somebody_is_to_see_to_it_by_a_date() -> None:
    point = given(FollowUp, raised)
    planned = fact(FollowUp.Planned, by=VEST, owner=OWNER, due=DUE)
    point.when(lambda p: p.plan(OWNER, DUE, by=VEST, at=NOON)).then(planned)
    point.when(lambda p: p.plan(OWNER, DUE, by=VEST, at=NOON)).then()


def test_a_point_is_closed_with_its_outcome_and_stays_closed() -> None:
    point = given(FollowUp, raised)
    point.when(lambda p: p.close(TEXT, by=VEST, at=NOON)).then(closed)
    assert point.thing.state.status is Status.CLOSED
    point.when(lambda p: p.close(TEXT, by=VEST, at=NOON)).then_refused(FollowUpIsClosed)
    point.when(lambda p: p.carry(YEAR + 1, by=VEST, at=NOON)).then_refused(FollowUpIsClosed)
    point.when(lambda p: p.plan(OWNER, DUE, by=VEST, at=NOON)).then_refused(FollowUpIsClosed)


def test_an_open_point_goes_on_year_by_year_until_it_is_closed() -> None:
    point = given(FollowUp, raised)
    point.when(lambda p: p.carry(YEAR + 1, by=VEST, at=NOON)).then(carried(YEAR + 1))
    point.when(lambda p: p.carry(YEAR + 2, by=VEST, at=NOON)).then(carried(YEAR + 2))
    assert (point.thing.state.status, point.thing.state.year) == (Status.CARRIED, YEAR)
    point.when(lambda p: p.close(TEXT, by=VEST, at=NOON)).then(closed)


@pytest.mark.parametrize("to_year", [YEAR, YEAR + 1, YEAR + 3])
def test_a_point_is_carried_to_each_year_once_and_passes_none_over(to_year: int) -> None:
    point = given(FollowUp, raised, carried(YEAR + 1))
    again = point.when(lambda p: p.carry(to_year, by=VEST, at=NOON))
    again.then_refused(NotTheNextYear, current_year=YEAR + 1)


def test_another_region_does_not_touch_it() -> None:
    point = given(FollowUp, raised)
    point.when(lambda p: p.close(TEXT, by=OST, at=NOON)).then_refused(NotYourFollowUp)
    point.when(lambda p: p.carry(YEAR + 1, by=OST, at=NOON)).then_refused(NotYourFollowUp)
