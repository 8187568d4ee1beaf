"""What is heard of a report, and the steps it goes through from its submission to the ministry."""

from __future__ import annotations

import pytest

from services.review.review import Review, Step
from services.review.review.events import AddendumHeard, Presented, SentToMinistry
from services.review.review.review import NotPresented, NotReviewed
from services.review.review.rules import (
    AlreadyPresented,
    NotYourRegion,
    RegionNotResponsible,
    ReviewNotUnderWay,
    SubmissionMoved,
)
from shared.domain import Event
from tests.facts import NOON, REPORT, UNIT, YEAR, fact
from tests.spec import given, when_begun
from tests.unit.review.facts import (
    BOTH,
    ITSELF,
    NORD,
    OST,
    REVIEWED,
    SIGNED,
    TEXT,
    VEST,
    all_assessed,
    assessed,
    opened,
    presented,
    reopened,
    resubmitted,
    returned,
    signed,
    submission,
)

pytestmark = pytest.mark.unit

SENT = fact(SentToMinistry, by=VEST)
PAST = [(*REVIEWED, presented), (*REVIEWED, presented, SENT)]


def step(*history: Event) -> Step:
    return given(Review, *history).thing.state.step


def test_a_submission_opens_a_review_for_every_region_of_the_unit() -> None:
    when_begun(
        lambda: Review.open(
            report_id=REPORT,
            unit_id=UNIT,
            year=YEAR,
            regions=BOTH,
            submission=submission(),
            by=ITSELF,
            at=NOON,
        )
    ).then(opened(*BOTH))
    assert set(given(Review, opened(*BOTH)).thing.state.parts) == set(BOTH)


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ((opened(),), Step.SUBMITTED),
        ((opened(), assessed()), Step.UNDER_REVIEW),
        (REVIEWED, Step.REVIEWED),
        ((*REVIEWED, returned()), Step.RETURNED),
        ((*REVIEWED, reopened), Step.REOPENED),
        ((*REVIEWED, returned(), resubmitted()), Step.SUBMITTED),
        ((*REVIEWED, reopened, resubmitted()), Step.SUBMITTED),
        ((*REVIEWED, presented), Step.PRESENTED),
        ((*REVIEWED, presented, SENT), Step.SENT_TO_MINISTRY),
    ],
)
def test_the_step_follows_what_happened(history: tuple[Event, ...], expected: Step) -> None:
    assert step(*history) is expected


@pytest.mark.parametrize("before", [SIGNED, REVIEWED, (*REVIEWED, reopened)])
def test_a_later_submission_voids_the_signatures_on_the_older_one(before: tuple[Event, ...]) -> None:
    asked = given(Review, *before)
    asked.when(lambda r: r.resubmit(submission(2), by=ITSELF, at=NOON)).then(resubmitted())
    state = asked.thing.state
    assert (state.signatures(), state.completed_at, state.judged.number) == ([], None, 2)
    assert [(f.signature.number, f.why) for f in state.fallen] == [(1, "resubmitted")]
    assert state.parts["vest"].assessments


@pytest.mark.parametrize("number", [1, 2])
def test_a_submission_heard_before_or_older_changes_nothing(number: int) -> None:
    given(Review, opened(), resubmitted()).when(lambda r: r.resubmit(submission(number), by=ITSELF, at=NOON)).then()


def test_a_late_group_answer_is_noted_and_voids_nothing() -> None:
    heard = fact(AddendumHeard, by=ITSELF, number=1, question_id="group.region_nord")
    asked = given(Review, *SIGNED)
    asked.when(lambda r: r.note_addendum(1, "group.region_nord", by=ITSELF, at=NOON)).then(heard)
    assert [a.question_id for a in asked.thing.state.addenda] == ["group.region_nord"]
    assert len(asked.thing.state.signatures()) == 1


def test_a_late_group_answer_is_noted_once() -> None:
    heard = fact(AddendumHeard, by=ITSELF, number=1, question_id="group.region_nord")
    given(Review, *SIGNED, heard).when(lambda r: r.note_addendum(1, "group.region_nord", by=ITSELF, at=NOON)).then()


def test_reopening_lets_signatures_stand_until_the_unit_hands_in_anew() -> None:
    asked = given(Review, *REVIEWED)
    asked.when(lambda r: r.reopen(by=ITSELF, at=NOON)).then(reopened)
    assert (asked.thing.state.completed_at, len(asked.thing.state.signatures())) == (None, 1)


def test_hearing_of_the_same_reopening_again_changes_nothing() -> None:
    given(Review, opened(), reopened).when(lambda r: r.reopen(by=ITSELF, at=NOON)).then()


@pytest.mark.parametrize("before", [(opened(),), (opened(), assessed()), SIGNED, REVIEWED])
def test_a_region_returns_the_report_until_the_meeting_has_had_it(before: tuple[Event, ...]) -> None:
    asked = given(Review, *before)
    asked.when(lambda r: r.take_back("vest", 1, TEXT, by=VEST, at=NOON)).then(returned())
    state = asked.thing.state
    assert (state.signatures(), state.completed_at) == ([], None)
    assert [f.why for f in state.fallen] == (["returned"] if signed() in before else [])


@pytest.mark.parametrize("before", [(opened(), returned()), (opened(), reopened)])
def test_a_report_the_unit_has_already_is_not_returned(before: tuple[Event, ...]) -> None:
    given(Review, *before).when(lambda r: r.take_back("vest", 1, TEXT, by=VEST, at=NOON)).then_refused(
        ReviewNotUnderWay
    )


def test_only_the_last_submission_is_returned() -> None:
    given(Review, opened(), resubmitted()).when(
        lambda r: r.take_back("vest", 1, TEXT, by=VEST, at=NOON)
    ).then_refused(SubmissionMoved, number=2)


def test_a_region_returns_only_reports_of_its_own_units() -> None:
    asked = given(Review, opened(*BOTH))
    asked.when(lambda r: r.take_back("nord", 1, TEXT, by=NORD, at=NOON)).then_refused(RegionNotResponsible)
    asked.when(lambda r: r.take_back("vest", 1, TEXT, by=OST, at=NOON)).then_refused(NotYourRegion)


@pytest.mark.parametrize("before", PAST)
def test_after_the_meeting_nothing_is_returned_reopened_or_handed_in(before: tuple[Event, ...]) -> None:
    asked = given(Review, *before)
    asked.when(lambda r: r.take_back("vest", 1, TEXT, by=VEST, at=NOON)).then_refused(AlreadyPresented)
    asked.when(lambda r: r.reopen(by=ITSELF, at=NOON)).then_refused(AlreadyPresented)
    asked.when(lambda r: r.resubmit(submission(2), by=ITSELF, at=NOON)).then_refused(AlreadyPresented)


def test_a_reviewed_report_is_presented_and_only_then_sent() -> None:
    asked = given(Review, *REVIEWED)
    asked.when(lambda r: r.send(by=VEST, at=NOON)).then_refused(NotPresented)
    asked.when(lambda r: r.present(by=VEST, at=NOON)).then(fact(Presented, by=VEST))
    asked.when(lambda r: r.send(by=VEST, at=NOON)).then(SENT)


@pytest.mark.parametrize("before", [(opened(),), SIGNED, (*REVIEWED, returned()), (*REVIEWED, presented)])
def test_only_a_reviewed_report_is_presented(before: tuple[Event, ...]) -> None:
    given(Review, *before).when(lambda r: r.present(by=VEST, at=NOON)).then_refused(NotReviewed)


def test_assessments_of_both_regions_stand_side_by_side() -> None:
    state = given(Review, opened(*BOTH), *all_assessed(VEST), *all_assessed(OST)).thing.state
    assert {region: part.version for region, part in state.parts.items()} == {"vest": 5, "sor_ost": 5}
