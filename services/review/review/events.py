"""What can happen to a review as a whole: what was heard of the report, and the steps to the ministry."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from services.review.review.state import (
    Addendum,
    RegionalPart,
    Return,
    ReviewState,
    Step,
    Submission,
)
from shared.domain import Event, Sealed


class Opened(Event, frozen=True, kw_only=True):
    """A unit handed in its report: it waits for the judgement of its region, or of both."""

    TOPIC: ClassVar[str] = "review.Review.Opened"
    report_id: UUID
    unit_id: UUID
    year: int
    regions: tuple[str, ...]
    submission: Submission

    def begin(self) -> ReviewState:
        return ReviewState(
            report_id=self.report_id,
            unit_id=self.unit_id,
            year=self.year,
            regions=self.regions,
            submissions=[self.submission],
            parts={region: RegionalPart() for region in self.regions},
        )


class Resubmitted(Event, frozen=True, kw_only=True):
    """The unit handed in a later version: signatures on the older one fall, assessments stay to be looked over."""

    TOPIC: ClassVar[str] = "review.Review.Resubmitted"
    submission: Submission

    def apply(self, state: ReviewState) -> None:
        state.submissions.append(self.submission)
        state.step, state.completed_at, state.judged_is_lost = Step.SUBMITTED, None, False
        state.drop_signatures("resubmitted", self.at)


class SubmissionLost(Event, frozen=True, kw_only=True):
    """Reporting was put back and does not know the submission that was judged: the one before counts, if any does."""

    TOPIC: ClassVar[str] = "review.Review.SubmissionLost"
    number: int
    sha256: str

    def apply(self, state: ReviewState) -> None:
        state.drop_signatures("lost", self.at)
        state.completed_at = None
        if len(state.submissions) > 1:
            state.submissions.pop()
            state.step = Step.SUBMITTED
        else:
            state.step, state.judged_is_lost = Step.REOPENED, True


class ReopeningLost(Event, frozen=True, kw_only=True):
    """Reporting was put back and does not know that the unit may write again: the submission is judged on."""

    TOPIC: ClassVar[str] = "review.Review.ReopeningLost"

    def apply(self, state: ReviewState) -> None:
        state.step = Step.UNDER_REVIEW


class AddendumHeard(Event, frozen=True, kw_only=True):
    """A group answer the submission went without has followed it; nothing is voided."""

    TOPIC: ClassVar[str] = "review.Review.AddendumHeard"
    number: int
    question_id: str

    def apply(self, state: ReviewState) -> None:
        state.addenda.append(Addendum(number=self.number, question_id=self.question_id, at=self.at))


class Reopened(Event, frozen=True, kw_only=True):
    """The desk let the unit write again; signatures fall when the unit hands in anew."""

    TOPIC: ClassVar[str] = "review.Review.Reopened"

    def apply(self, state: ReviewState) -> None:
        state.step, state.completed_at = Step.REOPENED, None


class Returned(Event, frozen=True, kw_only=True):
    """A region sent the submission back to the unit to be mended; signatures on it fall."""

    TOPIC: ClassVar[str] = "review.Review.Returned"
    report_id: UUID
    unit_id: UUID
    number: int
    region: str
    reason: Sealed

    def apply(self, state: ReviewState) -> None:
        state.step, state.completed_at = Step.RETURNED, None
        state.returns.append(
            Return(number=self.number, region=self.region, reason=self.reason, by=self.by, at=self.at)
        )
        state.drop_signatures("returned", self.at)


class Completed(Event, frozen=True, kw_only=True):
    """Every region responsible has signed the same submission."""

    TOPIC: ClassVar[str] = "review.Review.Completed"
    report_id: UUID
    unit_id: UUID
    year: int
    number: int
    sha256: str

    def apply(self, state: ReviewState) -> None:
        state.step, state.completed_at = Step.REVIEWED, self.at


class Presented(Event, frozen=True, kw_only=True):
    """The medical directors' meeting had the report before it, in the year's dossier."""

    TOPIC: ClassVar[str] = "review.Review.Presented"

    def apply(self, state: ReviewState) -> None:
        state.step = Step.PRESENTED


class SentToMinistry(Event, frozen=True, kw_only=True):
    """The report went to the ministry, in the year's dossier."""

    TOPIC: ClassVar[str] = "review.Review.SentToMinistry"

    def apply(self, state: ReviewState) -> None:
        state.step = Step.SENT_TO_MINISTRY


def under_review(state: ReviewState) -> None:
    """A region has taken up the submission."""
    if state.step is Step.SUBMITTED:
        state.step = Step.UNDER_REVIEW
