"""What can happen in one region's part of a review: assigned, assessed, signed, told to the unit."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

import msgspec

from services.review.review.events import under_review
from services.review.review.state import (
    Assessment,
    Criterion,
    Fallen,
    Feedback,
    Query,
    QueryStatus,
    ReviewState,
    Signature,
    Verdict,
)
from shared.domain import Event, Sealed


class Assigned(Event, frozen=True, kw_only=True):
    """A region named who assesses."""

    TOPIC: ClassVar[str] = "review.Review.Assigned"
    report_id: UUID
    region: str
    person_id: UUID

    def apply(self, state: ReviewState) -> None:
        state.parts[self.region].assessor = self.person_id
        under_review(state)


class Assessed(Event, frozen=True, kw_only=True):
    """A region judged one criterion; ``on_number`` is the submission it looked at."""

    TOPIC: ClassVar[str] = "review.Review.Assessed"
    region: str
    criterion: Criterion
    version: int
    verdict: Verdict
    text: Sealed
    on_number: int

    def apply(self, state: ReviewState) -> None:
        part = state.parts[self.region]
        part.version += 1
        part.assessments[self.criterion] = Assessment(
            version=self.version,
            verdict=self.verdict,
            text=self.text,
            on_number=self.on_number,
            by=self.by,
            at=self.at,
        )
        under_review(state)


class Signed(Event, frozen=True, kw_only=True):
    """A region stands by its assessment of exactly this submission."""

    TOPIC: ClassVar[str] = "review.Review.Signed"
    report_id: UUID
    region: str
    number: int
    sha256: str
    part_version: int

    def apply(self, state: ReviewState) -> None:
        state.parts[self.region].signature = Signature(
            region=self.region,
            number=self.number,
            sha256=self.sha256,
            part_version=self.part_version,
            by=self.by,
            at=self.at,
        )
        under_review(state)


class SignatureWithdrawn(Event, frozen=True, kw_only=True):
    """A region took its signature back, so that it can assess again."""

    TOPIC: ClassVar[str] = "review.Review.SignatureWithdrawn"
    region: str
    reason: Sealed

    def apply(self, state: ReviewState) -> None:
        part = state.parts[self.region]
        if part.signature:
            state.fallen.append(Fallen(signature=part.signature, why="withdrawn", at=self.at))
        part.signature = None


class FeedbackWritten(Event, frozen=True, kw_only=True):
    """A region wrote what it will tell the unit."""

    TOPIC: ClassVar[str] = "review.Review.FeedbackWritten"
    region: str
    version: int
    works_well: Sealed
    to_work_on: Sealed

    def apply(self, state: ReviewState) -> None:
        state.parts[self.region].feedback = Feedback(
            version=self.version,
            works_well=self.works_well,
            to_work_on=self.to_work_on,
            by=self.by,
            at=self.at,
        )


class FeedbackSent(Event, frozen=True, kw_only=True):
    """A region's feedback is there for the unit to read."""

    TOPIC: ClassVar[str] = "review.Review.FeedbackSent"
    report_id: UUID
    unit_id: UUID
    region: str

    def apply(self, state: ReviewState) -> None:
        _change_feedback(state, self.region, sent_by=self.by, sent_at=self.at)


class FeedbackRead(Event, frozen=True, kw_only=True):
    """The unit has read a region's feedback."""

    TOPIC: ClassVar[str] = "review.Review.FeedbackRead"
    region: str

    def apply(self, state: ReviewState) -> None:
        _change_feedback(state, self.region, read_by=self.by, read_at=self.at)


class QueryAsked(Event, frozen=True, kw_only=True):
    """A region asks the unit something."""

    TOPIC: ClassVar[str] = "review.Review.QueryAsked"
    report_id: UUID
    unit_id: UUID
    query_id: UUID
    region: str
    question: Sealed

    def apply(self, state: ReviewState) -> None:
        state.queries[str(self.query_id)] = Query(
            id=self.query_id,
            region=self.region,
            question=self.question,
            status=QueryStatus.OPEN,
            asked_by=self.by,
            asked_at=self.at,
        )
        under_review(state)


class QueryAnswered(Event, frozen=True, kw_only=True):
    """The unit answered a query."""

    TOPIC: ClassVar[str] = "review.Review.QueryAnswered"
    report_id: UUID
    query_id: UUID
    region: str
    answer: Sealed

    def apply(self, state: ReviewState) -> None:
        _change_query(
            state,
            self.query_id,
            status=QueryStatus.ANSWERED,
            answer=self.answer,
            answered_by=self.by,
            answered_at=self.at,
        )


class QueryClosed(Event, frozen=True, kw_only=True):
    """The region is content with the answer."""

    TOPIC: ClassVar[str] = "review.Review.QueryClosed"
    report_id: UUID
    query_id: UUID
    region: str

    def apply(self, state: ReviewState) -> None:
        _change_query(state, self.query_id, status=QueryStatus.CLOSED, closed_by=self.by, closed_at=self.at)


def _change_feedback(state: ReviewState, region: str, **fields: object) -> None:
    part = state.parts[region]
    if part.feedback:
        part.feedback = msgspec.structs.replace(part.feedback, **fields)


def _change_query(state: ReviewState, query_id: UUID, **fields: object) -> None:
    state.queries[str(query_id)] = msgspec.structs.replace(state.queries[str(query_id)], **fields)
