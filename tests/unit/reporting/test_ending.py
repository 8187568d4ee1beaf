"""What happens to a report as a whole: extended, exempted, withdrawn, opened again, each with its reason."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.reporting.report import Report, Status
from services.reporting.report.ending import Exempted, Extended, Reopened, Withdrawn
from services.reporting.report.report import CannotReopen, ExtensionInThePast
from services.reporting.report.rules import ReportIsLocked
from shared.domain import Event
from tests.facts import COMPLETE, DATES, DESK, NOON, answered, fact, opened, submitted
from tests.spec import Given, Outcome, given

pytestmark = pytest.mark.unit

UNTIL = DATES.deadline + timedelta(days=3)
extended = fact(Extended, by=DESK, until=UNTIL, reason="illness")
exempted = fact(Exempted, by=DESK, reason="closed in March")
withdrawn = fact(Withdrawn, by=DESK, reason="opened by mistake")
reopened = fact(Reopened, by=DESK, reason="a figure was wrong")
NOT_WRITTEN = [(*COMPLETE, submitted()), (opened, exempted), (opened, withdrawn)]


def extend(asked: Given[Report], until: object = UNTIL, at: object = NOON) -> Outcome:
    return asked.when(
        lambda r: r.extend(until, "illness", deadline=DATES.deadline, by=DESK, at=at)  # type: ignore[arg-type]
    )


def test_the_desk_extends_one_report_with_a_reason() -> None:
    asked = given(Report, opened)
    extend(asked).then(extended)
    assert asked.thing.state.extended_until == UNTIL


def test_an_extension_is_replaced_by_the_next() -> None:
    asked = given(Report, opened, extended)
    extend(asked, UNTIL + timedelta(days=1))
    assert asked.thing.state.extended_until == UNTIL + timedelta(days=1)


def test_an_extension_ends_after_the_deadline() -> None:
    outcome = extend(given(Report, opened), DATES.deadline)
    outcome.then_refused(
        ExtensionInThePast,
        errors=[{"code": "in_the_past", "pointer": "/until", "detail": DATES.deadline.isoformat()}],
    )


def test_an_extension_given_after_the_deadline_ends_in_the_future() -> None:
    extend(given(Report, opened), UNTIL, at=UNTIL).then_refused(ExtensionInThePast)


def test_a_unit_is_exempted_with_a_reason() -> None:
    asked = given(Report, opened)
    asked.when(lambda r: r.exempt("closed in March", by=DESK, at=NOON)).then(exempted)
    assert (asked.thing.state.status, asked.thing.state.ended_reason) == (Status.EXEMPTED, "closed in March")


def test_a_report_is_withdrawn_with_a_reason() -> None:
    asked = given(Report, opened, answered("results"))
    asked.when(lambda r: r.withdraw("opened by mistake", by=DESK, at=NOON)).then(withdrawn)
    assert (asked.thing.state.status, asked.thing.state.ended_reason) == (Status.WITHDRAWN, "opened by mistake")


@pytest.mark.parametrize("history", NOT_WRITTEN)
def test_only_a_report_being_written_is_extended_exempted_or_withdrawn(history: tuple[Event, ...]) -> None:
    extend(given(Report, *history)).then_refused(ReportIsLocked)
    given(Report, *history).when(lambda r: r.exempt("again", by=DESK, at=NOON)).then_refused(ReportIsLocked)
    given(Report, *history).when(lambda r: r.withdraw("again", by=DESK, at=NOON)).then_refused(ReportIsLocked)


@pytest.mark.parametrize("history", NOT_WRITTEN)
def test_a_report_handed_in_or_ended_is_opened_again_and_can_be_written(history: tuple[Event, ...]) -> None:
    asked = given(Report, *history)
    asked.when(lambda r: r.reopen("a figure was wrong", by=DESK, at=NOON)).then(reopened)
    assert (asked.thing.state.status, asked.thing.state.ended_reason) == (Status.REOPENED, None)
    asked.when(lambda r: r.must_be_open()).then()


@pytest.mark.parametrize("history", [(opened,), (opened, answered("results")), (opened, withdrawn, reopened)])
def test_a_report_being_written_needs_no_reopening(history: tuple[Event, ...]) -> None:
    given(Report, *history).when(lambda r: r.reopen("why not", by=DESK, at=NOON)).then_refused(CannotReopen)


def test_what_was_submitted_stays_after_reopening() -> None:
    asked = given(Report, *COMPLETE, submitted())
    asked.when(lambda r: r.reopen("a figure was wrong", by=DESK, at=NOON))
    assert [s.number for s in asked.thing.state.submissions] == [1]


def test_an_extension_stands_after_reopening() -> None:
    asked = given(Report, *COMPLETE, extended, submitted(), reopened)
    assert asked.thing.state.extended_until == UNTIL
