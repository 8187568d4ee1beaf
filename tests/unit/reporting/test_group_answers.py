"""The leader may enter a member's answer, the holder has the last word, and what rests on older text says so."""

from __future__ import annotations

from datetime import date

import pytest

from services.reporting.report import Report
from services.reporting.report.answering import (
    AnswerIsConfirmed,
    AnswerIsTheHolders,
    NotAGroupQuestion,
    NotEnteredOnBehalf,
)
from services.reporting.report.checks import check
from services.reporting.report.events import AnswerConfirmed, GroupAnswersOutdated
from services.reporting.report.listing import Listing
from services.reporting.report.rules import QuestionNotInTemplate, ReportIsLocked
from shared.domain import ChangedMeanwhile
from tests.facts import (
    COMPLETE,
    ENTERED,
    GROUP_LEADER,
    GROUP_PART,
    LEAD,
    MEMBER_NORD,
    NOON,
    answered,
    begun,
    entered_for_nord,
    fact,
    made_up,
    opened,
    sealed,
    submitted,
)
from tests.spec import Given, Outcome, given

pytestmark = pytest.mark.unit

TEXT = sealed("an answer")
confirmed = fact(AnswerConfirmed, by=MEMBER_NORD, question_id="nord")
outdated = fact(GroupAnswersOutdated, questions=("nord", "overall", "user"))


def enter(asked: Given[Report], base: int = 0) -> Outcome:
    return asked.when(
        lambda r: r.enter_on_behalf(
            "nord",
            TEXT,
            base=base,
            holder=made_up("member nord"),
            answered_on=date(2026, 1, 18),
            by=GROUP_LEADER,
            at=NOON,
        )
    )


# Entered on behalf.


def test_the_leader_enters_an_answer_after_what_the_member_said_on_a_date() -> None:
    asked = given(Report, opened)
    enter(asked).then(entered_for_nord(), begun(GROUP_LEADER))
    assert asked.thing.state.answers["nord"].on_behalf == ENTERED


def test_the_leader_may_mend_what_nobody_has_confirmed() -> None:
    enter(given(Report, opened, entered_for_nord()), base=1).then(entered_for_nord(2))


def test_entering_is_based_on_the_version_seen() -> None:
    enter(given(Report, opened, entered_for_nord())).then_refused(ChangedMeanwhile, current_version=1)


def test_the_holder_confirms_once() -> None:
    asked = given(Report, opened, entered_for_nord())
    asked.when(lambda r: r.confirm("nord", base=1, by=MEMBER_NORD, at=NOON)).then(confirmed)
    behalf = asked.thing.state.answers["nord"].on_behalf
    assert behalf is not None
    assert behalf.confirmed_at == NOON
    asked.when(lambda r: r.confirm("nord", base=1, by=MEMBER_NORD, at=NOON)).then()


def test_the_holder_confirms_the_version_seen() -> None:
    later = entered_for_nord(2)
    given(Report, opened, entered_for_nord(), later).when(
        lambda r: r.confirm("nord", base=1, by=MEMBER_NORD, at=NOON)
    ).then_refused(ChangedMeanwhile, base_version=1, current_version=2)


def test_once_confirmed_the_leader_changes_it_no_more() -> None:
    enter(given(Report, opened, entered_for_nord(), confirmed), base=1).then_refused(
        AnswerIsConfirmed, confirmed_at=NOON
    )


def test_the_holder_replaces_what_was_entered_and_the_leader_is_refused_afterwards() -> None:
    asked = given(Report, opened, entered_for_nord())
    asked.when(lambda r: r.answer("nord", TEXT, base=1, by=MEMBER_NORD, at=NOON)).then(
        answered("nord", version=2, by=MEMBER_NORD)
    )
    enter(asked, base=2).then_refused(AnswerIsTheHolders)


def test_the_holder_changes_also_what_was_confirmed() -> None:
    given(Report, opened, entered_for_nord(), confirmed).when(
        lambda r: r.answer("nord", TEXT, base=1, by=MEMBER_NORD, at=NOON)
    ).then(answered("nord", version=2, by=MEMBER_NORD))


def test_what_the_holder_emptied_the_leader_may_enter_again() -> None:
    emptied = answered("nord", "", by=MEMBER_NORD)
    enter(given(Report, opened, emptied), base=1).then(entered_for_nord(2))


@pytest.mark.parametrize("history", [(opened,), (opened, answered("nord", by=MEMBER_NORD))])
def test_only_what_somebody_else_entered_can_be_confirmed(history: tuple[object, ...]) -> None:
    base = len(history) - 1
    given(Report, *history).when(  # type: ignore[arg-type]  # parametrize loses the type
        lambda r: r.confirm("nord", base=base, by=MEMBER_NORD, at=NOON)
    ).then_refused(NotEnteredOnBehalf)


def test_a_question_the_template_does_not_ask_cannot_be_confirmed() -> None:
    given(Report, opened).when(lambda r: r.confirm("vest", base=0, by=MEMBER_NORD, at=NOON)).then_refused(
        QuestionNotInTemplate
    )


def test_a_submitted_report_takes_no_entries_on_behalf_and_no_confirmations() -> None:
    history = (opened, entered_for_nord(), submitted())
    enter(given(Report, *history), base=1).then_refused(ReportIsLocked)
    given(Report, *history).when(lambda r: r.confirm("nord", base=1, by=MEMBER_NORD, at=NOON)).then_refused(
        ReportIsLocked
    )


@pytest.mark.parametrize("question_id", ["results", "overall"])
def test_only_a_members_question_is_entered_for_somebody(question_id: str) -> None:
    given(Report, opened).when(lambda r: r.group_slot(question_id)).then_refused(
        NotAGroupQuestion, question_id=question_id
    )
    assert given(Report, opened).thing.group_slot("nord").seat == "region_nord"


def test_a_template_that_asks_the_group_has_its_part() -> None:
    given(Report, opened).when(lambda r: r.must_have_group_part()).then()


# Based on an older version.


def test_group_answers_given_before_the_unit_changed_its_part_are_marked() -> None:
    given(Report, *COMPLETE).when(lambda r: r.answer("results", TEXT, base=1, by=LEAD, at=NOON)).then(
        answered("results", version=2), outdated
    )


def test_they_are_marked_once_however_often_the_unit_changes_its_part() -> None:
    given(Report, *COMPLETE, answered("results", version=2), outdated).when(
        lambda r: r.answer("results", TEXT, base=2, by=LEAD, at=NOON)
    ).then(answered("results", version=3))


def test_a_line_changes_the_units_part_too() -> None:
    def add(listing: Listing) -> None:
        listing.add_entry(made_up("line"), "articles", TEXT, faults=(), warnings=(), by=LEAD, at=NOON)

    outcome = given(Report, opened, *GROUP_PART).when(add)
    assert outcome.events[1:] == [outdated]


def test_a_group_answer_marks_nothing() -> None:
    given(Report, *COMPLETE).when(lambda r: r.answer("overall", TEXT, base=1, by=GROUP_LEADER, at=NOON)).then(
        answered("overall", version=2, by=GROUP_LEADER)
    )


def test_answering_again_clears_the_mark_of_that_answer_alone() -> None:
    asked = given(Report, *COMPLETE, answered("results", version=2), outdated)
    asked.when(lambda r: r.answer("overall", TEXT, base=1, by=GROUP_LEADER, at=NOON)).then(
        answered("overall", version=2, by=GROUP_LEADER)
    )
    assert asked.thing.state.outdated == {"nord", "user"}


def test_an_answer_cleared_is_marked_anew_by_the_next_change() -> None:
    again = answered("overall", version=2, by=GROUP_LEADER)
    given(Report, *COMPLETE, answered("results", version=2), outdated, again).when(
        lambda r: r.answer("results", TEXT, base=2, by=LEAD, at=NOON)
    ).then(answered("results", version=3), fact(GroupAnswersOutdated, questions=("overall",)))


def test_an_emptied_group_answer_is_not_marked() -> None:
    given(Report, opened, answered("overall", "", by=GROUP_LEADER)).when(
        lambda r: r.answer("results", TEXT, base=0, by=LEAD, at=NOON)
    ).then(answered("results"))


def test_the_mark_is_a_warning_and_never_stops_a_submission() -> None:
    report = given(Report, *COMPLETE, answered("results", version=2), outdated).thing
    assert [(f.severity, f.code, f.pointer) for f in check(report.state)] == [
        ("warning", "based_on_older_version", "/answers/overall"),
        ("warning", "based_on_older_version", "/answers/user"),
        ("warning", "based_on_older_version", "/answers/nord"),
    ]


def test_an_answer_notes_which_version_of_the_units_part_it_rests_on() -> None:
    answers = given(Report, *COMPLETE).thing.state.answers
    assert (answers["results"].on_unit, answers["overall"].on_unit) == (2, 3)
