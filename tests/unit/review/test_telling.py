"""What passes between a region and the unit: queries and their answers, feedback sent and read."""

from __future__ import annotations

import pytest

from services.review.review import Review
from services.review.review.judging import FeedbackRead, QueryClosed
from services.review.review.rules import NotYourRegion, ReviewNotUnderWay
from services.review.review.telling import (
    FeedbackIsRead,
    FeedbackIsSent,
    FeedbackMissing,
    FeedbackNotSent,
    QueryInAnotherState,
    QueryNotFound,
)
from shared.domain import ChangedMeanwhile
from tests.facts import LEAD, NOON, REPORT, fact
from tests.spec import given
from tests.unit.review.facts import (
    BOTH,
    OST,
    QUERY,
    REVIEWED,
    TEXT,
    VEST,
    answered,
    asked,
    feedback,
    feedback_sent,
    opened,
)

pytestmark = pytest.mark.unit

closed = fact(QueryClosed, by=VEST, report_id=REPORT, query_id=QUERY, region="vest")
read = fact(FeedbackRead, by=LEAD, region="vest")


def test_a_query_is_asked_answered_and_closed() -> None:
    review = given(Review, opened())
    review.when(lambda r: r.ask_query(QUERY, "vest", TEXT, by=VEST, at=NOON)).then(asked())
    review.when(lambda r: r.answer_query(QUERY, TEXT, by=LEAD, at=NOON)).then(answered(LEAD))
    review.when(lambda r: r.close_query(QUERY, by=VEST, at=NOON)).then(closed)


def test_only_an_open_query_is_answered_and_only_an_answered_one_closed() -> None:
    given(Review, opened(), asked()).when(lambda r: r.close_query(QUERY, by=VEST, at=NOON)).then_refused(
        QueryInAnotherState, status="open"
    )
    for history in ((opened(), asked(), answered(LEAD)), (opened(), asked(), answered(LEAD), closed)):
        given(Review, *history).when(lambda r: r.answer_query(QUERY, TEXT, by=LEAD, at=NOON)).then_refused(
            QueryInAnotherState
        )


def test_a_query_nobody_asked_is_not_answered() -> None:
    given(Review, opened()).when(lambda r: r.answer_query(QUERY, TEXT, by=LEAD, at=NOON)).then_refused(QueryNotFound)


def test_a_query_is_closed_by_the_region_that_asked() -> None:
    given(Review, opened(*BOTH), asked(), answered(LEAD)).when(
        lambda r: r.close_query(QUERY, by=OST, at=NOON)
    ).then_refused(NotYourRegion)


def test_nothing_is_asked_once_the_review_is_done_but_an_open_query_may_still_be_answered() -> None:
    done = given(Review, opened(), asked(), *REVIEWED[1:])
    done.when(lambda r: r.ask_query(QUERY, "vest", TEXT, by=VEST, at=NOON)).then_refused(ReviewNotUnderWay)
    done.when(lambda r: r.answer_query(QUERY, TEXT, by=LEAD, at=NOON)).then(answered(LEAD))


def test_feedback_is_written_on_the_version_last_seen() -> None:
    review = given(Review, opened())
    review.when(lambda r: r.write_feedback("vest", TEXT, TEXT, base=0, by=VEST, at=NOON)).then(feedback())
    review.when(lambda r: r.write_feedback("vest", TEXT, TEXT, base=1, by=VEST, at=NOON)).then(feedback(2))
    review.when(lambda r: r.write_feedback("vest", TEXT, TEXT, base=1, by=VEST, at=NOON)).then_refused(
        ChangedMeanwhile, current_version=2
    )


def test_feedback_is_sent_as_seen_and_then_stands() -> None:
    review = given(Review, *REVIEWED, feedback(), feedback(2))
    review.when(lambda r: r.send_feedback("vest", seen=1, by=VEST, at=NOON)).then_refused(ChangedMeanwhile)
    review.when(lambda r: r.send_feedback("vest", seen=2, by=VEST, at=NOON)).then(feedback_sent)
    review.when(lambda r: r.send_feedback("vest", seen=2, by=VEST, at=NOON)).then_refused(FeedbackIsSent)
    review.when(lambda r: r.write_feedback("vest", TEXT, TEXT, base=2, by=VEST, at=NOON)).then_refused(FeedbackIsSent)


def test_no_feedback_is_sent_that_was_not_written() -> None:
    given(Review, opened()).when(lambda r: r.send_feedback("vest", seen=0, by=VEST, at=NOON)).then_refused(
        FeedbackMissing
    )


def test_the_first_reading_by_the_unit_is_recorded() -> None:
    review = given(Review, opened(), feedback(), feedback_sent)
    review.when(lambda r: r.read_feedback("vest", by=LEAD, at=NOON)).then(read)
    review.when(lambda r: r.read_feedback("vest", by=LEAD, at=NOON)).then_refused(FeedbackIsRead)


def test_what_was_not_sent_is_not_read() -> None:
    for history in ((opened(),), (opened(), feedback())):
        given(Review, *history).when(lambda r: r.read_feedback("vest", by=LEAD, at=NOON)).then_refused(
            FeedbackNotSent
        )
