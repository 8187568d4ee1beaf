"""What a review is made of: the submission judged, each region's judgement of it, and what the unit was asked."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from shared.domain import Acting, Sealed, State


class Step(StrEnum):
    """Where a report stands once it was submitted; what comes before belongs to reporting."""

    SUBMITTED = "submitted"
    UNDER_REVIEW = "under_review"
    REVIEWED = "reviewed"
    RETURNED = "returned"
    REOPENED = "reopened"
    PRESENTED = "presented"
    SENT_TO_MINISTRY = "sent_to_ministry"


UNDER_WAY = frozenset({Step.SUBMITTED, Step.UNDER_REVIEW})
"""The steps in which a submission is being judged."""

RETURNABLE = frozenset({*UNDER_WAY, Step.REVIEWED})
"""The steps from which a region may send the report back to the unit."""

PAST_THE_MEETING = frozenset({Step.PRESENTED, Step.SENT_TO_MINISTRY})
"""The medical directors have had the report before them: only a supplement may follow."""


class Criterion(StrEnum):
    """What the regions judge a report by."""

    EQUAL_ACCESS = "equal_access"
    RESULTS = "results"
    ACTIVITY_TOWARDS_REGIONS = "activity_towards_regions"
    RESEARCH = "research"
    REFERENCE_GROUP = "reference_group"


class Verdict(StrEnum):
    """How a criterion is met."""

    OK = "ok"
    FOLLOW_UP = "follow_up"
    SERIOUS = "serious"


class QueryStatus(StrEnum):
    """A query to the unit, from the question to the region being content."""

    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"


class Submission(msgspec.Struct, frozen=True, kw_only=True):
    """What is judged: the ``number``-th version the unit handed in, whose content ``sha256`` covers."""

    id: UUID
    number: int
    sha256: str
    excused: tuple[str, ...]
    heard_at: datetime


class Assessment(msgspec.Struct, frozen=True, kw_only=True):
    """One criterion judged by one region; ``on_number`` is the submission that was looked at."""

    version: int
    verdict: Verdict
    text: Sealed
    on_number: int
    by: Acting
    at: datetime


class Feedback(msgspec.Struct, frozen=True, kw_only=True):
    """What a region tells the unit: what works well, and what to work on."""

    version: int
    works_well: Sealed
    to_work_on: Sealed
    by: Acting
    at: datetime
    sent_by: Acting | None = None
    sent_at: datetime | None = None
    read_by: Acting | None = None
    read_at: datetime | None = None


class Signature(msgspec.Struct, frozen=True, kw_only=True):
    """A region stands by its assessment (at ``part_version``) of exactly this submission."""

    region: str
    number: int
    sha256: str
    part_version: int
    by: Acting
    at: datetime


class Fallen(msgspec.Struct, frozen=True, kw_only=True):
    """A signature that no longer counts, and why: ``resubmitted``, ``returned``, ``withdrawn`` or ``lost``."""

    signature: Signature
    why: str
    at: datetime


class RegionalPart(msgspec.Struct, kw_only=True):
    """One region's judgement; ``version`` counts the changes of its assessments."""

    version: int = 0
    assessor: UUID | None = None
    assessments: dict[str, Assessment] = msgspec.field(default_factory=dict)
    feedback: Feedback | None = None
    signature: Signature | None = None


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """A region's question to the unit and what came of it."""

    id: UUID
    region: str
    question: Sealed
    status: QueryStatus
    asked_by: Acting
    asked_at: datetime
    answer: Sealed | None = None
    answered_by: Acting | None = None
    answered_at: datetime | None = None
    closed_by: Acting | None = None
    closed_at: datetime | None = None


class Return(msgspec.Struct, frozen=True, kw_only=True):
    """The report was sent back to the unit to be mended."""

    number: int
    region: str
    reason: Sealed
    by: Acting
    at: datetime


class Addendum(msgspec.Struct, frozen=True, kw_only=True):
    """A group answer that followed a submission; it voids nothing."""

    number: int
    question_id: str
    at: datetime


class ReviewState(State, kw_only=True):
    """One review, all of it; the last of ``submissions`` is the one that is judged.

    ``judged_is_lost`` while reporting, put back from an older copy, does not know that one any more.
    """

    report_id: UUID
    unit_id: UUID
    year: int
    regions: tuple[str, ...]
    step: Step = Step.SUBMITTED
    submissions: list[Submission] = msgspec.field(default_factory=list)
    parts: dict[str, RegionalPart] = msgspec.field(default_factory=dict)
    queries: dict[str, Query] = msgspec.field(default_factory=dict)
    fallen: list[Fallen] = msgspec.field(default_factory=list)
    returns: list[Return] = msgspec.field(default_factory=list)
    addenda: list[Addendum] = msgspec.field(default_factory=list)
    completed_at: datetime | None = None
    judged_is_lost: bool = False

    @property
    def judged(self) -> Submission:
        """The submission that counts now."""
        return self.submissions[-1]

    def signatures(self) -> list[Signature]:
        """The signatures that count, in the order of the regions."""
        parts = (self.parts[region] for region in self.regions)
        return [part.signature for part in parts if part.signature]

    def drop_signatures(self, why: str, at: datetime) -> None:
        """No signature counts any more; each stays visible with the reason."""
        self.fallen += [Fallen(signature=signature, why=why, at=at) for signature in self.signatures()]
        for part in self.parts.values():
            part.signature = None
