"""What stands between a report and its submission is found all at once, each with its place."""

from __future__ import annotations

import pytest

from services.reporting.report import Report
from services.reporting.report.checks import check, open_group_questions
from services.reporting.report.lines import EntryRemoved
from services.reporting.report.submitting import ReportIncomplete
from shared.domain import Event
from tests.facts import (
    COMPLETE,
    DATES,
    GROUP_LEADER,
    LEAD,
    MEMBER_NORD,
    NOON,
    answered,
    fact,
    line,
    made_up,
    opened,
)
from tests.spec import given

pytestmark = pytest.mark.unit

TOO_LONG = "twenty-one characters"
FIRST = made_up("first")


def found(*history: Event) -> list[tuple[str, str, str]]:
    """Severity, code and place of everything found."""
    return [(f.severity, f.code, f.pointer) for f in check(given(Report, *history).thing.state)]


def test_a_new_report_lacks_every_required_answer_and_says_so_at_once() -> None:
    assert found(opened) == [
        ("fault", "answer_missing", "/entries/articles"),
        ("fault", "answer_missing", "/answers/results"),
        ("fault", "answer_missing", "/answers/quality"),
        ("open_group_answer", "group_answer_missing", "/answers/overall"),
        ("open_group_answer", "group_answer_missing", "/answers/user"),
        ("open_group_answer", "group_answer_missing", "/answers/nord"),
    ]


def test_a_complete_report_has_no_findings() -> None:
    assert found(*COMPLETE) == []


def test_an_emptied_answer_is_missing_again() -> None:
    assert found(*COMPLETE, answered("results", "", 2)) == [("fault", "answer_missing", "/answers/results")]


def test_choices_alone_are_an_answer() -> None:
    assert found(*COMPLETE, answered("quality", None, 2, choices=("procedure",))) == []


def test_a_list_whose_lines_were_all_taken_out_is_missing_again() -> None:
    history = (*COMPLETE[:1], *COMPLETE[2:], line("first"), fact(EntryRemoved, entry_id=FIRST, version=2))
    assert found(*history) == [("fault", "answer_missing", "/entries/articles")]


def test_a_text_over_its_limit_is_saved_and_found() -> None:
    assert len(TOO_LONG) == 21
    assert found(*COMPLETE, answered("results", TOO_LONG, 2), answered("overall", TOO_LONG, 2, by=GROUP_LEADER)) == [
        ("fault", "text_too_long", "/answers/results"),
        ("fault", "text_too_long", "/answers/overall"),
    ]


def test_a_text_of_exactly_its_limit_is_fine() -> None:
    assert found(*COMPLETE, answered("results", TOO_LONG[:20], 2)) == []


def test_a_list_over_its_limit_is_saved_and_found() -> None:
    history = (opened, *COMPLETE[2:], line("first"), line("second"), line("third"))
    assert found(*history) == [("fault", "too_many_entries", "/entries/articles")]
    assert found(*history, fact(EntryRemoved, entry_id=FIRST, version=2)) == []


def test_what_a_line_was_judged_to_have_is_found_at_the_line() -> None:
    judged = line("first", faults=("title_missing",), warnings=("year_differs",))
    assert found(opened, *COMPLETE[2:], judged) == [
        ("fault", "title_missing", f"/entries/articles/{FIRST}"),
        ("warning", "year_differs", f"/entries/articles/{FIRST}"),
    ]


def test_a_line_taken_out_is_not_judged() -> None:
    history = (opened, *COMPLETE[2:], line("first", faults=("title_missing",)), line("second"))
    assert found(*history, fact(EntryRemoved, entry_id=FIRST, version=2)) == []


def test_the_groups_open_questions_are_its_required_ones_without_an_answer() -> None:
    report = given(Report, opened, answered("nord", by=MEMBER_NORD)).thing
    assert open_group_questions(report.state) == ("overall", "user")


def test_a_submission_is_refused_with_every_fault_at_its_place() -> None:
    judged = line("first", faults=("title_missing",), warnings=("year_differs",))
    asked = given(Report, opened, answered("results", TOO_LONG), judged)
    outcome = asked.when(lambda r: r.submit(seen=2, dates=DATES, roles=(), excuse="no reply", by=LEAD, at=NOON))
    outcome.then_refused(ReportIncomplete)
    assert outcome.refusal
    assert [(error["code"], error["pointer"]) for error in outcome.refusal.facts["errors"]] == [
        ("title_missing", f"/entries/articles/{FIRST}"),
        ("text_too_long", "/answers/results"),
        ("answer_missing", "/answers/quality"),
    ]
