"""Reporting was put back from an older copy: reviews follow what it does not know any more, and none is stuck."""

from __future__ import annotations

import msgspec
import pytest

from services.review.review import Review, Step
from services.review.review.events import ReopeningLost, Resubmitted, SubmissionLost
from services.review.review.rules import AlreadyPresented, ReviewNotUnderWay
from tests.facts import NOON, fact
from tests.spec import given
from tests.unit.review.facts import (
    ITSELF,
    REVIEWED,
    SIGNED,
    VEST,
    opened,
    presented,
    reopened,
    resubmitted,
    submission,
)

pytestmark = pytest.mark.unit
ANOTHER = msgspec.structs.replace(submission(), sha256="f" * 64)


def lost(number: int = 1) -> SubmissionLost:
    return fact(SubmissionLost, by=ITSELF, number=number, sha256=submission(number).sha256)


def lose(review: Review, number: int = 1) -> None:
    review.lose_submission(number, submission(number).sha256, by=ITSELF, at=NOON)


def test_signatures_on_a_lost_submission_fall_and_nobody_judges_until_there_is_another() -> None:
    asked = given(Review, *SIGNED)
    asked.when(lose).then(lost())
    state = asked.thing.state
    assert (state.step, state.signatures(), [f.why for f in state.fallen]) == (Step.REOPENED, [], ["lost"])
    given(Review, *SIGNED, lost()).when(
        lambda r: r.take_back("vest", 1, submission, by=VEST, at=NOON)  # type: ignore[arg-type]  # never looked at
    ).then_refused(ReviewNotUnderWay)


def test_the_submission_before_counts_again() -> None:
    asked = given(Review, opened(), resubmitted())
    asked.when(lambda r: lose(r, 2)).then(lost(2))
    assert (asked.thing.state.step, asked.thing.state.judged.number) == (Step.SUBMITTED, 1)


def test_losing_it_twice_or_an_older_one_changes_nothing() -> None:
    given(Review, opened(), lost()).when(lose).then()
    given(Review, opened(), resubmitted()).when(lose).then()


def test_the_same_number_with_another_content_is_another_submission() -> None:
    asked = given(Review, opened(), lost())
    asked.when(lambda r: r.resubmit(ANOTHER, by=ITSELF, at=NOON)).then(
        fact(Resubmitted, by=ITSELF, submission=ANOTHER)
    )
    assert (asked.thing.state.step, asked.thing.state.judged) == (Step.SUBMITTED, ANOTHER)


def test_what_was_lost_may_come_back_as_it_was() -> None:
    asked = given(Review, opened(), lost())
    asked.when(lambda r: r.resubmit(submission(), by=ITSELF, at=NOON)).then(
        fact(Resubmitted, by=ITSELF, submission=submission())
    )
    assert asked.thing.state.step is Step.SUBMITTED


def test_what_the_meeting_had_before_it_is_left_for_a_person() -> None:
    given(Review, *REVIEWED, presented).when(lose).then_refused(AlreadyPresented)


def test_a_lost_reopening_lets_the_regions_go_on() -> None:
    asked = given(Review, *SIGNED, reopened)
    asked.when(lambda r: r.lose_reopening(by=ITSELF, at=NOON)).then(fact(ReopeningLost, by=ITSELF))
    assert asked.thing.state.step is Step.UNDER_REVIEW
    assert asked.thing.state.signatures()


def test_a_lost_reopening_that_was_followed_by_a_submission_changes_nothing() -> None:
    given(Review, *SIGNED).when(lambda r: r.lose_reopening(by=ITSELF, at=NOON)).then()
