"""What the medical directors' meeting had before it is not written again."""

from __future__ import annotations

import pytest

from services.reporting.report import Report
from services.reporting.report.ending import Presented
from services.reporting.report.report import ReportIsPresented
from shared.access import system
from tests.facts import COMPLETE, DESK, MEMBER_NORD, NOON, fact, sealed, submitted
from tests.spec import given

pytestmark = pytest.mark.unit
ITSELF = system("reporting")
presented = fact(Presented, by=ITSELF)


def test_that_a_report_was_presented_is_noted_once() -> None:
    asked = given(Report, *COMPLETE, submitted())
    asked.when(lambda r: r.present(by=ITSELF, at=NOON)).then(presented)
    asked.when(lambda r: r.present(by=ITSELF, at=NOON)).then()


def test_a_presented_report_is_not_opened_again() -> None:
    asked = given(Report, *COMPLETE, submitted(), presented)
    asked.when(lambda r: r.reopen("a figure was wrong", by=DESK, at=NOON)).then_refused(
        ReportIsPresented, presented_at=NOON
    )


def test_no_answer_follows_what_was_presented() -> None:
    asked = given(Report, *COMPLETE, submitted(excused=("nord",)), presented)
    late = asked.when(lambda r: r.add_addendum("nord", sealed("late"), by=MEMBER_NORD, at=NOON))
    late.then_refused(ReportIsPresented, presented_at=NOON)
    with pytest.raises(ReportIsPresented):
        asked.thing.must_wait_for_addenda()
