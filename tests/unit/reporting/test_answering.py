"""Each question is answered by itself: two people on different ones never meet, two on the same lose nothing."""

from __future__ import annotations

import pytest

from services.reporting.question import Party
from services.reporting.report import Report, Status
from services.reporting.report.answering import ChoiceUnknown, ListIsNotEmpty, PartHasNoQuestions
from services.reporting.report.ending import Exempted, Withdrawn
from services.reporting.report.events import (
    DescriptionUpdated,
    NothingDeclared,
    Opened,
    PartUnfinished,
    PersonShown,
)
from services.reporting.report.rules import QuestionNotInTemplate, ReportIsLocked, WrongAnswerType
from services.reporting.report.state import Description, Shown
from shared.domain import ChangedMeanwhile
from tests.facts import (
    COMPLETE,
    COORDINATOR,
    DESK,
    GROUP_LEADER,
    LEAD,
    NOON,
    REPORT,
    SLOTS,
    UNIT,
    YEAR,
    answered,
    begun,
    fact,
    finished,
    line,
    made_up,
    no_articles,
    opened,
    sealed,
    submitted,
)
from tests.spec import given, when_begun

pytestmark = pytest.mark.unit
TEXT = sealed("a text")


def test_a_report_is_opened_for_a_unit_and_a_year() -> None:
    unit = {
        name: getattr(opened, name)
        for name in Opened.__struct_fields__
        if name not in {"at", "by", "command_id", "trace", "unit_id", "year"}
    }
    when_begun(lambda: Report.open(unit_id=UNIT, year=YEAR, by=DESK, at=NOON, **unit)).then(opened)


def test_a_unit_has_one_report_a_year_and_its_submissions_are_numbered() -> None:
    assert Report.identify(UNIT, YEAR) == REPORT != Report.identify(UNIT, YEAR + 1)
    assert Report.submission_id(REPORT, 1) != Report.submission_id(REPORT, 2)


def test_an_answer_is_saved_as_its_first_version() -> None:
    asked = given(Report, opened)
    asked.when(lambda r: r.answer("results", TEXT, base=0, by=COORDINATOR, at=NOON)).then(
        answered("results", "a text", by=COORDINATOR), begun(COORDINATOR)
    )
    assert asked.thing.state.answers["results"].by == COORDINATOR


def test_the_first_answer_puts_the_report_in_progress() -> None:
    asked = given(Report, opened)
    before = asked.thing.state.status
    asked.when(lambda r: r.answer("results", TEXT, base=0, by=LEAD, at=NOON))
    assert (before, asked.thing.state.status) == (Status.OPENED, Status.IN_PROGRESS)


def test_two_people_on_different_questions_never_disturb_each_other() -> None:
    given(Report, opened, answered("results")).when(
        lambda r: r.answer("feedback", TEXT, base=0, by=COORDINATOR, at=NOON)
    ).then(answered("feedback", "a text", by=COORDINATOR))


def test_the_second_on_the_same_question_is_told_what_stands_now() -> None:
    given(Report, opened, answered("results"), answered("results", "better", 2)).when(
        lambda r: r.answer("results", TEXT, base=1, by=COORDINATOR, at=NOON)
    ).then_refused(ChangedMeanwhile, place="results", base_version=1, current_version=2)


def test_a_version_nobody_has_seen_yet_is_refused_too() -> None:
    given(Report, opened).when(lambda r: r.answer("results", TEXT, base=1, by=LEAD, at=NOON)).then_refused(
        ChangedMeanwhile, base_version=1, current_version=0
    )


def test_a_question_of_another_template_is_refused() -> None:
    given(Report, opened).when(lambda r: r.answer("transition", TEXT, base=0, by=LEAD, at=NOON)).then_refused(
        QuestionNotInTemplate, question_id="transition"
    )


def test_choices_are_answered_with_the_text_or_alone() -> None:
    given(Report, opened).when(
        lambda r: r.answer("quality", None, base=0, by=LEAD, at=NOON, choices=("procedure", "registry"))
    ).then(answered("quality", None, choices=("procedure", "registry")), begun())


def test_a_choice_the_question_does_not_offer_is_refused() -> None:
    given(Report, opened).when(
        lambda r: r.answer("quality", TEXT, base=0, by=LEAD, at=NOON, choices=("registry", "luck"))
    ).then_refused(ChoiceUnknown, choices=["luck"])


def test_a_question_for_text_alone_has_no_choices() -> None:
    given(Report, opened).when(
        lambda r: r.answer("results", TEXT, base=0, by=LEAD, at=NOON, choices=("registry",))
    ).then_refused(WrongAnswerType, question_id="results")


def test_a_list_is_not_answered_by_a_text() -> None:
    given(Report, opened).when(lambda r: r.answer("articles", TEXT, base=0, by=LEAD, at=NOON)).then_refused(
        WrongAnswerType, question_id="articles"
    )


@pytest.mark.parametrize(
    ("ending", "status"),
    [
        (submitted(), Status.SUBMITTED),
        (fact(Exempted, reason="closed in March"), Status.EXEMPTED),
        (fact(Withdrawn, reason="opened by mistake"), Status.WITHDRAWN),
    ],
)
def test_a_report_that_is_handed_in_or_ended_is_locked(ending: Opened, status: Status) -> None:
    given(Report, *COMPLETE, ending).when(lambda r: r.answer("results", TEXT, base=1, by=LEAD, at=NOON)).then_refused(
        ReportIsLocked, status=status
    )


def test_nothing_to_report_is_an_answer_and_an_empty_list_is_none() -> None:
    empty, declared = given(Report, opened), given(Report, opened)
    declared.when(lambda r: r.declare_nothing("articles", declared=True, base=0, by=LEAD, at=NOON)).then(
        no_articles, begun()
    )
    assert declared.thing.state.is_answered("articles")
    assert not empty.thing.state.is_answered("articles")


def test_nothing_to_report_can_be_taken_back() -> None:
    asked = given(Report, opened, no_articles)
    asked.when(lambda r: r.declare_nothing("articles", declared=False, base=1, by=LEAD, at=NOON)).then(
        fact(NothingDeclared, question_id="articles", version=2, declared=False)
    )
    assert not asked.thing.state.is_answered("articles")


def test_nothing_to_report_is_not_said_of_a_list_with_lines() -> None:
    given(Report, opened, line("first")).when(
        lambda r: r.declare_nothing("articles", declared=True, base=0, by=LEAD, at=NOON)
    ).then_refused(ListIsNotEmpty, question_id="articles")


def test_nothing_to_report_is_said_of_lists_only() -> None:
    given(Report, opened).when(
        lambda r: r.declare_nothing("results", declared=True, base=0, by=LEAD, at=NOON)
    ).then_refused(WrongAnswerType, question_id="results")


def test_a_part_is_finished_once_and_can_be_taken_back() -> None:
    done = finished(Party.UNIT)
    given(Report, opened).when(lambda r: r.finish(Party.UNIT, finished=True, by=LEAD, at=NOON)).then(done)
    given(Report, opened, done).when(lambda r: r.finish(Party.UNIT, finished=True, by=LEAD, at=NOON)).then()
    given(Report, opened, done).when(lambda r: r.finish(Party.UNIT, finished=False, by=LEAD, at=NOON)).then(
        fact(PartUnfinished, part=Party.UNIT)
    )
    given(Report, opened).when(lambda r: r.finish(Party.UNIT, finished=False, by=LEAD, at=NOON)).then()


def test_the_two_parts_are_finished_separately() -> None:
    asked = given(Report, opened, finished(Party.UNIT))
    asked.when(lambda r: r.finish(Party.GROUP, finished=True, by=GROUP_LEADER, at=NOON)).then(
        finished(Party.GROUP, by=GROUP_LEADER)
    )
    assert set(asked.thing.state.finished) == {Party.UNIT, Party.GROUP}


def test_a_party_the_template_does_not_ask_has_no_part_to_finish() -> None:
    alone = fact(
        Opened,
        **{
            **{name: getattr(opened, name) for name in Opened.__struct_fields__},
            "slots": tuple(slot for slot in SLOTS if slot.part is Party.UNIT),
        },
    )
    asked = given(Report, alone)
    assert not asked.thing.state.has_group
    asked.when(lambda r: r.finish(Party.GROUP, finished=True, by=LEAD, at=NOON)).then_refused(PartHasNoQuestions)


def test_a_person_is_shown_in_public_or_not_and_saying_so_again_changes_nothing() -> None:
    who = made_up("coordinator/coordinator")
    shown = fact(PersonShown, assignment_id=who, public=True, copy=False)
    given(Report, opened).when(lambda r: r.show_person(who, Shown(True, False), by=LEAD, at=NOON)).then(shown)
    given(Report, opened, shown).when(lambda r: r.show_person(who, Shown(True, False), by=LEAD, at=NOON)).then()
    given(Report, opened, shown).when(lambda r: r.show_person(who, Shown(True, True), by=LEAD, at=NOON)).then(
        fact(PersonShown, assignment_id=who, public=True, copy=True)
    )


def test_a_new_description_reaches_a_report_being_written_and_no_other() -> None:
    new = Description(2, "Behandling av prøvesyke hos barn.")
    updated = fact(DescriptionUpdated, by=DESK, description=new)
    given(Report, opened).when(lambda r: r.update_description(new, by=DESK, at=NOON)).then(updated)
    given(Report, opened, updated).when(lambda r: r.update_description(new, by=DESK, at=NOON)).then()
    given(Report, *COMPLETE, submitted()).when(lambda r: r.update_description(new, by=DESK, at=NOON)).then_refused(
        ReportIsLocked
    )
