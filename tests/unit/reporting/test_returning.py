"""A region sends a report back: it is written again by both parties, if it is still the one handed in last."""

from __future__ import annotations

import pytest

from services.reporting.report import Report, Status
from services.reporting.report.ending import Reopened, Returned, Withdrawn
from services.reporting.report.report import NotLastSubmission
from shared.access import system
from shared.domain import Event
from tests.facts import COMPLETE, DESK, MEMBER_NORD, NOON, fact, opened, sealed, submitted
from tests.spec import given

pytestmark = pytest.mark.unit

ITSELF = system("reporting")
reopened = fact(Reopened, by=DESK, reason="a figure was wrong")
withdrawn = fact(Withdrawn, by=DESK, reason="opened by mistake")


def returned(number: int = 1) -> Returned:
    return fact(Returned, by=ITSELF, number=number, region="vest")


def test_the_last_submission_is_taken_back_and_written_again_by_both_parties() -> None:
    report = given(Report, *COMPLETE, submitted())
    report.when(lambda r: r.take_back(1, "vest", by=ITSELF, at=NOON)).then(returned())
    assert report.thing.state.status is Status.RETURNED
    base = report.thing.state.answers["nord"].version
    outcome = report.when(lambda r: r.answer("nord", sealed("Nytt svar."), base=base, by=MEMBER_NORD, at=NOON))
    assert outcome.refusal is None


def test_what_was_submitted_stays_after_a_return() -> None:
    report = given(Report, *COMPLETE, submitted(), returned())
    assert [s.number for s in report.thing.state.submissions] == [1]


@pytest.mark.parametrize(
    "history",
    [
        (opened,),
        (*COMPLETE, submitted(), reopened),
        (*COMPLETE, submitted(), returned()),
        (*COMPLETE, submitted(), reopened, submitted(number=2)),
        (opened, withdrawn),
    ],
)
def test_a_return_of_anything_but_the_last_submission_no_longer_applies(history: tuple[Event, ...]) -> None:
    given(Report, *history).when(lambda r: r.take_back(1, "vest", by=ITSELF, at=NOON)).then_refused(NotLastSubmission)
