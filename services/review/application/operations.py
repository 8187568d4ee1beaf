"""What can be done with a review: who may, and which rule must hold, in one table.

Use cases decide by it, and every representation lists ``allowed_operations`` by it, so that the two never differ.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from services.review.follow_up import FollowUp
from services.review.readers import ALL_FOUR_REGIONS, OF_A_REGION, UNIT_READERS, UNIT_WRITERS
from services.review.review import Review
from services.review.review.state import QueryStatus
from shared.access import Right, Role, Scope

_REVIEWER = (Right(Role.REVIEWER, Scope.REGION),)
REGION = tuple(Right(role, Scope.REGION) for role in OF_A_REGION)
"""Those who speak for a region."""

_UNIT_WRITERS = tuple(Right(role, Scope.UNIT) for role in UNIT_WRITERS)
UNIT = tuple(Right(role, Scope.UNIT) for role in UNIT_READERS)
"""Those of a unit who read what its region told it."""

OUTSIDE = tuple(Right(role, Scope.ANYWHERE) for role in ALL_FOUR_REGIONS)
"""The other regions and the meeting's secretary: they read what was signed."""

AUDITOR = (Right(Role.AUDITOR, Scope.ANYWHERE),)

KNOWING = (*OUTSIDE, *UNIT, *AUDITOR)
"""Those who may know that a review is there; to all others it is not."""


@dataclass(frozen=True)
class Operation:
    """Who may do something with a review for a region, and the rule that must hold when it is done."""

    rights: tuple[Right, ...]
    rule: Callable[[Review, str], object]


def _under_way(review: Review, region: str) -> None:
    review.must_be_under_way()


def _may_assess(review: Review, region: str) -> None:
    review.must_be_under_way()
    review.must_be_unsigned(region)


def _may_sign(review: Review, region: str) -> None:
    _may_assess(review, region)
    review.must_be_assessed(region)


def _may_withdraw(review: Review, region: str) -> None:
    review.must_be_under_way()
    review.must_be_signed(region)


def _may_complete(review: Review, region: str) -> None:
    review.must_be_under_way()
    review.must_be_signed_by_all()


def _may_send(review: Review, region: str) -> None:
    review.must_have_feedback(region)
    review.must_have_unsent_feedback(region)


OPERATIONS: Mapping[str, Operation] = {
    "assign": Operation(REGION, _under_way),
    "assess": Operation(_REVIEWER, _may_assess),
    "sign": Operation(_REVIEWER, _may_sign),
    "withdraw_signature": Operation(_REVIEWER, _may_withdraw),
    "complete": Operation(_REVIEWER, _may_complete),
    "return": Operation(_REVIEWER, lambda review, region: review.must_be_returnable()),
    "write_feedback": Operation(_REVIEWER, Review.must_have_unsent_feedback),
    "send_feedback": Operation(_REVIEWER, _may_send),
    "read_feedback": Operation(UNIT, Review.must_have_unread_feedback),
    "ask_query": Operation(_REVIEWER, _under_way),
    "answer_query": Operation(_UNIT_WRITERS, lambda r, region: r.must_have_queries(QueryStatus.OPEN, region)),
    "close_query": Operation(_REVIEWER, lambda r, region: r.must_have_queries(QueryStatus.ANSWERED, region)),
}
"""Every operation on a region's part of a review, by the name it has in ``allowed_operations``."""

FOLLOWING_UP: Mapping[str, Callable[[FollowUp], object]] = {
    "plan": FollowUp.must_be_open,
    "close": FollowUp.must_be_open,
    "carry": FollowUp.must_be_open,
}
"""Every operation on a follow-up point, done by those who speak for its region."""

SUMMING_UP = _REVIEWER
"""Who writes a region's summary of the year."""

READING_SUMMARIES = (*OUTSIDE, *AUDITOR)
"""Who reads the regions' summaries."""
