"""Activity lists are kept line by line: added, changed, moved, taken out and put back, nothing ever lost."""

from __future__ import annotations

from typing import Any

import pytest

from services.reporting.report import Report
from services.reporting.report.ending import Redacted, RedactionRequested
from services.reporting.report.lines import EntryChanged, EntryMoved, EntryRemoved, EntryRestored
from services.reporting.report.listing import (
    MOST_ENTRIES,
    EntryExists,
    EntryIsNotRemoved,
    EntryIsRemoved,
    ListIsFull,
    NoSuchPlace,
    NothingWasDeclared,
)
from services.reporting.report.rules import EntryNotFound, QuestionNotInTemplate, ReportIsLocked, WrongAnswerType
from shared.domain import ChangedMeanwhile
from tests.facts import (
    COORDINATOR,
    DESK,
    LEAD,
    NOON,
    begun,
    fact,
    line,
    made_up,
    no_articles,
    opened,
    sealed,
    submitted,
)
from tests.spec import Given, Outcome, given

pytestmark = pytest.mark.unit

FIRST, SECOND, THIRD = made_up("first"), made_up("second"), made_up("third")
THREE = (opened, line("first"), line("second"), line("third"))
OTHER = sealed("other fields")
removed = fact(EntryRemoved, entry_id=FIRST, version=2)


def add(asked: Given[Report], name: str = "first", question_id: str = "articles", **more: Any) -> Outcome:
    judged: dict[str, Any] = {"faults": (), "warnings": (), **more}
    return asked.when(lambda r: r.add_entry(made_up(name), question_id, sealed("a line"), **judged, by=LEAD, at=NOON))


def change(asked: Given[Report], base: int = 1, **judged: tuple[str, ...]) -> Outcome:
    codes: dict[str, Any] = {"faults": (), "warnings": (), **judged}
    return asked.when(lambda r: r.change_entry(FIRST, OTHER, base=base, **codes, by=COORDINATOR, at=NOON))


def order(asked: Given[Report]) -> list[object]:
    return [entry.id for entry in asked.thing.state.live_entries("articles")]


# Adding.


def test_a_line_is_added_at_the_end() -> None:
    asked = given(Report, opened, line("second"))
    add(asked).then(line("first"))
    assert order(asked) == [SECOND, FIRST]


def test_a_line_keeps_what_its_fields_were_judged_to_have_and_where_it_came_from() -> None:
    asked = given(Report, opened)
    add(asked, faults=("title_missing",), warnings=("year_differs",), source="imported", external_id="doi:1").then(
        line("first", faults=("title_missing",), warnings=("year_differs",), source="imported", external_id="doi:1"),
        begun(),
    )


def test_a_line_is_added_once() -> None:
    add(given(Report, opened, line("first"))).then_refused(EntryExists)


def test_a_line_taken_out_is_put_back_rather_than_added_again() -> None:
    add(given(Report, opened, line("first"), removed)).then_refused(EntryExists)


def test_a_text_question_has_no_lines() -> None:
    add(given(Report, opened), question_id="results").then_refused(WrongAnswerType, question_id="results")


def test_a_list_of_another_template_is_refused() -> None:
    add(given(Report, opened), question_id="clinical_activity").then_refused(QuestionNotInTemplate)


def test_a_list_said_to_be_empty_takes_no_lines_until_that_is_taken_back() -> None:
    add(given(Report, opened, no_articles)).then_refused(NothingWasDeclared, question_id="articles")


def test_a_list_longer_than_its_content_limit_is_saved() -> None:
    add(given(Report, opened, line("second"), line("third"))).then(line("first"))


def test_the_technical_ceiling_counts_every_line_there_ever_was() -> None:
    full = [line(f"line {n}") for n in range(MOST_ENTRIES)]
    taken_out = fact(EntryRemoved, entry_id=full[0].entry_id, version=2)
    add(given(Report, opened, *full[:-1])).then(line("first"))
    add(given(Report, opened, *full)).then_refused(ListIsFull, question_id="articles")
    add(given(Report, opened, *full, taken_out)).then_refused(ListIsFull)


# Changing and moving.


def test_a_line_is_changed_with_a_version_of_its_own() -> None:
    asked = given(Report, *THREE)
    change(asked, warnings=("year_differs",)).then(
        fact(
            EntryChanged,
            by=COORDINATOR,
            entry_id=FIRST,
            version=2,
            fields=OTHER,
            faults=(),
            warnings=("year_differs",),
        )
    )
    assert [entry.version for entry in asked.thing.state.live_entries("articles")] == [2, 1, 1]
    assert asked.thing.state.live_entries("articles")[0].by == COORDINATOR


def test_the_second_on_the_same_line_is_told_what_stands_now() -> None:
    asked = given(Report, *THREE)
    change(asked)
    change(asked).then_refused(ChangedMeanwhile, base_version=1, current_version=2)


def test_a_line_nobody_added_cannot_be_changed_moved_taken_out_or_put_back() -> None:
    asked = given(Report, opened)
    change(asked).then_refused(EntryNotFound)
    asked.when(lambda r: r.move_entry(FIRST, 0, by=LEAD, at=NOON)).then_refused(EntryNotFound)
    asked.when(lambda r: r.remove_entry(FIRST, base=1, by=LEAD, at=NOON)).then_refused(EntryNotFound)
    asked.when(lambda r: r.restore_entry(FIRST, base=1, by=LEAD, at=NOON)).then_refused(EntryNotFound)


@pytest.mark.parametrize(("index", "expected"), [(1, [SECOND, FIRST, THIRD]), (2, [SECOND, THIRD, FIRST])])
def test_a_line_is_moved_to_another_place(index: int, expected: list[object]) -> None:
    asked = given(Report, *THREE)
    asked.when(lambda r: r.move_entry(FIRST, index, by=LEAD, at=NOON)).then(
        fact(EntryMoved, entry_id=FIRST, index=index)
    )
    assert order(asked) == expected


def test_a_line_that_stays_where_it_is_changes_nothing() -> None:
    given(Report, *THREE).when(lambda r: r.move_entry(SECOND, 1, by=LEAD, at=NOON)).then()


@pytest.mark.parametrize("index", [-1, 3])
def test_a_place_the_list_does_not_have_is_refused(index: int) -> None:
    given(Report, *THREE).when(lambda r: r.move_entry(FIRST, index, by=LEAD, at=NOON)).then_refused(
        NoSuchPlace, places=3
    )


# Taking out and putting back.


def test_a_line_is_taken_out_and_stays_in_history() -> None:
    asked = given(Report, *THREE)
    asked.when(lambda r: r.remove_entry(FIRST, base=1, by=LEAD, at=NOON)).then(removed)
    assert order(asked) == [SECOND, THIRD]
    assert asked.thing.state.entry(FIRST) is not None


def test_a_line_taken_out_is_put_back_where_it_was() -> None:
    asked = given(Report, *THREE, removed)
    asked.when(lambda r: r.restore_entry(FIRST, base=2, by=LEAD, at=NOON)).then(
        fact(EntryRestored, entry_id=FIRST, version=3)
    )
    assert order(asked) == [FIRST, SECOND, THIRD]


def test_a_line_is_taken_out_and_put_back_by_the_version_seen() -> None:
    given(Report, *THREE).when(lambda r: r.remove_entry(FIRST, base=0, by=LEAD, at=NOON)).then_refused(
        ChangedMeanwhile, current_version=1
    )
    given(Report, *THREE, removed).when(lambda r: r.restore_entry(FIRST, base=1, by=LEAD, at=NOON)).then_refused(
        ChangedMeanwhile, current_version=2
    )


def test_a_line_taken_out_is_not_changed_or_taken_out_again() -> None:
    asked = given(Report, *THREE, removed)
    change(asked, base=2).then_refused(EntryIsRemoved)
    asked.when(lambda r: r.remove_entry(FIRST, base=2, by=LEAD, at=NOON)).then_refused(EntryIsRemoved)


def test_a_line_in_its_list_is_not_put_back() -> None:
    given(Report, *THREE).when(lambda r: r.restore_entry(FIRST, base=1, by=LEAD, at=NOON)).then_refused(
        EntryIsNotRemoved
    )


def test_a_line_is_not_put_back_into_a_list_said_to_be_empty() -> None:
    given(Report, opened, line("first"), removed, no_articles).when(
        lambda r: r.restore_entry(FIRST, base=2, by=LEAD, at=NOON)
    ).then_refused(NothingWasDeclared)


def test_a_line_whose_text_was_removed_for_good_is_not_put_back() -> None:
    place: dict[str, Any] = {"redaction_id": made_up("redaction"), "place": str(FIRST), "first": 1, "last": 1}
    asked_for = fact(RedactionRequested, by=DESK, reason="names a patient", legal_basis="GDPR 17", **place)
    redacted = fact(Redacted, subject="line", generation=1, kept={}, current=None, current_removed=True, **place)
    asked = given(Report, opened, line("first"), asked_for, redacted)
    assert order(asked) == []
    asked.when(lambda r: r.restore_entry(FIRST, base=2, by=LEAD, at=NOON)).then_refused(EntryIsRemoved)


def test_the_lists_of_a_submitted_report_are_locked() -> None:
    history = (*THREE, submitted())
    add(given(Report, *history), "fourth").then_refused(ReportIsLocked)
    change(given(Report, *history)).then_refused(ReportIsLocked)
    for ask in (
        lambda r: r.move_entry(FIRST, 1, by=LEAD, at=NOON),
        lambda r: r.remove_entry(FIRST, base=1, by=LEAD, at=NOON),
        lambda r: r.restore_entry(FIRST, base=1, by=LEAD, at=NOON),
        lambda r: r.declare_nothing("articles", declared=True, base=0, by=LEAD, at=NOON),
    ):
        given(Report, *history).when(ask).then_refused(ReportIsLocked)
