"""What the medical directors' meeting had before it is not written again."""

from __future__ import annotations

import pytest

from services.reporting.report import Report
from services.reporting.report.ending import Presented
from services.reporting.report.report import ReportIsPresented
from shared.access import system
from tests.facts import COMPLETE, DESK, NOON, fact, submitted
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
