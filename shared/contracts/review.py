"""What review tells: the regions' judgement step by step, and the year's dossier.  No assessment's text is told."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from shared.contracts import Contract


class ReviewOpenedV1(Contract, name="review.review.opened.v1"):
    """A submitted report waits for the judgement of its region, or of both its regions."""

    review_id: UUID
    report_id: UUID
    unit_id: UUID
    year: int
    regions: list[str]


class ReviewAssignedV1(Contract, name="review.review.assigned.v1"):
    """A region named who assesses."""

    review_id: UUID
    report_id: UUID
    region: str
    person_id: UUID


class QueryAskedV1(Contract, name="review.review.query_asked.v1"):
    """A region asks the unit something; the question stands in review."""

    review_id: UUID
    report_id: UUID
    unit_id: UUID
    query_id: UUID
    region: str


class QueryAnsweredV1(Contract, name="review.review.query_answered.v1"):
    """The unit answered a query."""

    review_id: UUID
    report_id: UUID
    query_id: UUID
    region: str


class QueryClosedV1(Contract, name="review.review.query_closed.v1"):
    """The region is content with the answer."""

    review_id: UUID
    report_id: UUID
    query_id: UUID
    region: str


class ReportReturnedV1(Contract, name="review.review.report_returned.v1"):
    """A region sent the ``number``-th submission back to the unit; why stands in review.

    Reporting lets the report be written again; signatures on the returned number fall.
    """

    review_id: UUID
    report_id: UUID
    unit_id: UUID
    number: int
    region: str


class ReviewSignedV1(Contract, name="review.review.signed.v1"):
    """A region signed exactly this submission: its number and hash."""

    review_id: UUID
    report_id: UUID
    region: str
    number: int
    sha256: str


class ReportReviewedV1(Contract, name="review.review.completed.v1"):
    """Every region responsible has signed the same submission."""

    review_id: UUID
    report_id: UUID
    unit_id: UUID
    year: int
    number: int
    sha256: str


class FeedbackSentV1(Contract, name="review.review.feedback_sent.v1"):
    """A region's feedback (what works well, what to work on) is there for the unit to read."""

    review_id: UUID
    report_id: UUID
    unit_id: UUID
    region: str


class FollowUpRaisedV1(Contract, name="review.follow_up.raised.v1"):
    """Something about a unit must be followed up."""

    follow_up_id: UUID
    unit_id: UUID
    year: int
    region: str
    category: str
    level: str
    due: date | None


class FollowUpClosedV1(Contract, name="review.follow_up.closed.v1"):
    """A follow-up point is done."""

    follow_up_id: UUID
    unit_id: UUID


class FollowUpCarriedV1(Contract, name="review.follow_up.carried.v1"):
    """An open follow-up point goes on in the next year."""

    follow_up_id: UUID
    unit_id: UUID
    to_year: int


class DossierPreparedV1(Contract, name="review.dossier.prepared.v1"):
    """One region prepared the year's dossier; another must confirm it."""

    year: int
    region: str


class DossierConfirmedV1(Contract, name="review.dossier.confirmed.v1"):
    """Another region than the one that prepared it confirmed the dossier."""

    year: int
    region: str


class DossierPresentedV1(Contract, name="review.dossier.presented.v1"):
    """The medical directors' meeting had the dossier before it."""

    year: int
    on: date
    reports: list[UUID]


class DossierSentV1(Contract, name="review.dossier.sent.v1"):
    """The dossier went to the ministry as one bundle; ``sha256`` is the bundle file's."""

    year: int
    sha256: str
    reports: list[UUID]


class SupplementSentV1(Contract, name="review.dossier.supplement_sent.v1"):
    """Something followed a dossier that was sent; ``number`` counts from 1."""

    year: int
    number: int
    sha256: str
