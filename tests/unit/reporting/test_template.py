"""A template version is published once, asks each question once, and fits the units it is for."""

from __future__ import annotations

import pytest

from services.reporting.question import AnsweredBy, AnswerType, Choice, Limits, Party, Question
from services.reporting.report.state import Slot
from services.reporting.template import Content, QuestionRepeated, Template
from tests.facts import DESK, NOON, fact
from tests.spec import when_begun

pytestmark = pytest.mark.unit
TEXTS = {"nb": "tekst", "nn": "tekst", "en": "text"}


def question(id: str, answered_by: AnsweredBy = AnsweredBy.UNIT, region: str | None = None) -> Question:
    return Question(
        id=id,
        part=Party.UNIT if answered_by is AnsweredBy.UNIT else Party.GROUP,
        answered_by=answered_by,
        type=AnswerType.TEXT_AND_CHOICES,
        required=True,
        public=True,
        label=TEXTS,
        guidance=TEXTS,
        region=region,
        limits=Limits(characters=300),
        choices=(Choice("registry", TEXTS), Choice("procedure", TEXTS)),
    )


def content(*questions: Question, phases: tuple[str, ...] | None = None) -> Content:
    return Content(
        key="national_centre",
        version=2,
        kinds=("national_centre",),
        phases=phases,
        title=TEXTS,
        sections=(),
        privacy_reminder=TEXTS,
        questions=questions,
    )


def test_a_version_is_published_with_all_it_asks() -> None:
    asked = content(question("centre_work"), question("feedback"))
    when_begun(lambda: Template.publish(asked, sha256="ab", by=DESK, at=NOON)).then(
        fact(Template.Published, by=DESK, content=asked, sha256="ab")
    )


def test_a_published_version_knows_its_content() -> None:
    asked = content(question("centre_work"))
    template = Template.publish(asked, sha256="ab", by=DESK, at=NOON)
    assert (template.state.content, template.state.sha256) == (asked, "ab")


def test_a_template_asks_each_question_once() -> None:
    asked = content(question("centre_work"), question("feedback"), question("centre_work"))
    when_begun(lambda: Template.publish(asked, sha256="ab", by=DESK, at=NOON)).then_refused(QuestionRepeated)


def test_each_version_of_a_template_is_a_thing_of_its_own() -> None:
    versions = {Template.identify("a", 1), Template.identify("a", 2), Template.identify("b", 1)}
    assert len(versions) == 3


def test_a_template_is_for_kinds_in_any_phase_unless_it_names_phases() -> None:
    assert content().fits("national_centre", None)
    assert content().fits("national_centre", "ongoing")
    assert not content().fits("national_treatment_service", None)


def test_a_template_that_names_phases_is_for_those_alone() -> None:
    final = content(phases=("final",))
    assert final.fits("national_centre", "final")
    assert not final.fits("national_centre", "ongoing")
    assert not final.fits("national_centre", None)


@pytest.mark.parametrize(
    ("answered_by", "region", "seat"),
    [
        (AnsweredBy.UNIT, None, None),
        (AnsweredBy.GROUP_LEADER, None, None),
        (AnsweredBy.USER_REPRESENTATIVE, None, "user"),
        (AnsweredBy.GROUP_MEMBER, "nord", "region_nord"),
    ],
)
def test_one_members_question_belongs_to_a_seat(
    answered_by: AnsweredBy, region: str | None, seat: str | None
) -> None:
    assert question("q", answered_by, region).seat == seat


def test_a_slot_holds_what_the_rules_need_of_a_question_and_none_of_its_words() -> None:
    asked = question("nord", AnsweredBy.GROUP_MEMBER, "nord")
    assert Slot.of(asked) == Slot(
        id="nord",
        part=Party.GROUP,
        answered_by=AnsweredBy.GROUP_MEMBER,
        type=AnswerType.TEXT_AND_CHOICES,
        required=True,
        seat="region_nord",
        entry_type=None,
        limits=Limits(characters=300),
        choices=("registry", "procedure"),
    )
