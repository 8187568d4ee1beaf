"""The review of one report: opened by a submission, judged by every region responsible, brought to the ministry."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from services.review.review.assessing import Assessing
from services.review.review.events import (
    AddendumHeard,
    Completed,
    Opened,
    Presented,
    Reopened,
    ReopeningLost,
    Resubmitted,
    Returned,
    SentToMinistry,
    SubmissionLost,
)
from services.review.review.rules import ReviewNotUnderWay
from services.review.review.state import RETURNABLE, ReviewState, Step, Submission
from services.review.review.telling import Telling
from shared.domain import Acting, Refused, Sealed, identity


class SignaturesMissing(Refused):
    """A review is completed by all its regions together; ``missing`` lists those that have not signed."""

    code = "signatures_missing"


class NotReviewed(Refused):
    """Only a report that is reviewed comes before the medical directors' meeting."""

    code = "not_reviewed"


class NotPresented(Refused):
    """First the medical directors' meeting, only then the ministry."""

    code = "not_presented"


class Review(Assessing, Telling):
    """The judgement of one report, whatever number of times it is handed in.

    What a region asks of its own part stands in ``assessing``, what passes between region and unit in ``telling``;
    here is what happens to the review as a whole.
    """

    TOPIC = "review.Review"
    STATE = ReviewState

    @staticmethod
    def identify(report_id: UUID) -> UUID:
        """A report has one review."""
        return identity("review", report_id)

    @classmethod
    def open(
        cls,
        *,
        report_id: UUID,
        unit_id: UUID,
        year: int,
        regions: tuple[str, ...],
        submission: Submission,
        by: Acting,
        at: datetime,
    ) -> Review:
        """A report that waits to be judged."""
        event = Opened(
            at=at, by=by, report_id=report_id, unit_id=unit_id, year=year, regions=regions, submission=submission
        )
        return cls.begin(cls.identify(report_id), event)

    # What is heard of the report.

    def resubmit(self, submission: Submission, *, by: Acting, at: datetime) -> None:
        """The unit handed in again; what was heard before changes nothing.

        A number alone does not tell: reporting may have lost that one, and taken in another under the same number.
        """
        named = (submission.number, submission.sha256)
        is_known = any((known.number, known.sha256) == named for known in self.state.submissions)
        if is_known and not self.state.judged_is_lost:
            return
        self.must_not_be_presented()
        self.trigger(Resubmitted(at=at, by=by, submission=submission))

    def lose_submission(self, number: int, sha256: str, *, by: Acting, at: datetime) -> None:
        """Reporting does not know this submission any more; one that is not judged now has no say already."""
        judged = self.state.judged
        if (judged.number, judged.sha256) == (number, sha256) and not self.state.judged_is_lost:
            self.must_not_be_presented()
            self.trigger(SubmissionLost(at=at, by=by, number=number, sha256=sha256))

    def lose_reopening(self, *, by: Acting, at: datetime) -> None:
        """Reporting does not know any more that the unit may write again."""
        if self.state.step is Step.REOPENED and not self.state.judged_is_lost:
            self.trigger(ReopeningLost(at=at, by=by))

    def note_addendum(self, number: int, question_id: str, *, by: Acting, at: datetime) -> None:
        """A late group answer followed a submission; hearing of it again changes nothing."""
        if not any(a.number == number and a.question_id == question_id for a in self.state.addenda):
            self.trigger(AddendumHeard(at=at, by=by, number=number, question_id=question_id))

    def reopen(self, *, by: Acting, at: datetime) -> None:
        """The unit writes again; hearing of it again changes nothing."""
        self.must_not_be_presented()
        if self.state.step is not Step.REOPENED:
            self.trigger(Reopened(at=at, by=by))

    # What is decided about the report.

    def take_back(self, region: str, number: int, reason: Sealed, *, by: Acting, at: datetime) -> None:
        """Send the submission back to the unit to be mended."""
        self._must_act_for(region, by)
        self.must_be_returnable()
        self._must_be_judged(number)
        self.trigger(
            Returned(
                at=at,
                by=by,
                report_id=self.state.report_id,
                unit_id=self.state.unit_id,
                number=number,
                region=region,
                reason=reason,
            )
        )

    def complete(self, region: str, *, number: int, by: Acting, at: datetime) -> None:
        """Close the review: every region responsible has signed this same submission."""
        self._must_act_for(region, by)
        self.must_be_under_way()
        self._must_be_judged(number)
        self.must_be_signed_by_all()
        judged = self.state.judged
        self.trigger(
            Completed(
                at=at,
                by=by,
                report_id=self.state.report_id,
                unit_id=self.state.unit_id,
                year=self.state.year,
                number=judged.number,
                sha256=judged.sha256,
            )
        )

    def present(self, *, by: Acting, at: datetime) -> None:
        """The medical directors' meeting had the report before it, in the year's dossier."""
        if self.state.step is not Step.REVIEWED:
            raise NotReviewed(f"the report is {self.state.step}", step=self.state.step)
        self.trigger(Presented(at=at, by=by))

    def send(self, *, by: Acting, at: datetime) -> None:
        """The report went to the ministry, in the year's dossier."""
        if self.state.step is not Step.PRESENTED:
            raise NotPresented(f"the report is {self.state.step}", step=self.state.step)
        self.trigger(SentToMinistry(at=at, by=by))

    # The rules.

    def must_be_returnable(self) -> None:
        """Refuse unless the report is with the regions, and not past the meeting."""
        self.must_not_be_presented()
        if self.state.step not in RETURNABLE:
            raise ReviewNotUnderWay(f"the report is {self.state.step}", step=self.state.step)

    def must_be_signed_by_all(self) -> None:
        """Refuse unless every region responsible has signed the submission that is judged."""
        judged = self.state.judged
        same = {s.region for s in self.state.signatures() if (s.number, s.sha256) == (judged.number, judged.sha256)}
        missing = [region for region in self.state.regions if region not in same]
        if missing:
            raise SignaturesMissing(f"not signed by {', '.join(missing)}", missing=missing, number=judged.number)
