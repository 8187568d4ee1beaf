"""What a dossier is made of: a line for every unit that owes the year, and each step on its way to the ministry."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from services.review.joint_state import ENDED, JointState
from shared.domain import Acting, Sealed, State


class DossierStatus(StrEnum):
    """How far a year's dossier has come."""

    BEGUN = "begun"
    PREPARED = "prepared"
    CONFIRMED = "confirmed"
    PRESENTED = "presented"
    SENT = "sent"


class Channel(StrEnum):
    """How the ministry got the dossier."""

    BY_HAND = "by_hand"
    ELECTRONIC = "electronic"


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One unit that owes the year: its report as it stands, or none.

    ``explanation`` is the version of what the region said of a report that is missing or not reviewed, 0 for nothing.
    """

    unit_id: UUID
    unit_code: str
    unit_name: str
    kind: str
    regions: tuple[str, ...]
    report_id: UUID | None = None
    state: JointState | None = None
    submission_id: UUID | None = None
    number: int | None = None
    sha256: str | None = None
    timing: str | None = None
    explanation: int = 0

    @property
    def is_reviewed(self) -> bool:
        """Whether the unit's report comes before the meeting."""
        return self.state is JointState.REVIEWED

    @property
    def is_complete(self) -> bool:
        """Whether it is known in what state the unit's year ended."""
        return self.is_reviewed or self.state in ENDED or self.explanation > 0

    def same_as(self, other: Line) -> bool:
        """Whether nothing of the report has moved between two lines of a unit."""
        return self._standing() == other._standing()

    def _standing(self) -> tuple[object, ...]:
        return (self.report_id, self.state, self.number, self.sha256, self.explanation)


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """Why a unit has no reviewed report, in words."""

    version: int
    text: Sealed
    by: Acting
    at: datetime


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """A region prepared the dossier, or confirmed it."""

    region: str
    by: Acting
    at: datetime


class Remark(msgspec.Struct, frozen=True, kw_only=True):
    """What the meeting said of one unit."""

    unit_id: UUID
    text: Sealed


class Meeting(msgspec.Struct, frozen=True, kw_only=True):
    """The medical directors' meeting that had the dossier before it, and the case it is filed under."""

    on: date
    name: str
    case_reference: str


class Presentation(msgspec.Struct, frozen=True, kw_only=True):
    """What the meeting had before it and what it decided."""

    meeting: Meeting
    remarks: tuple[Remark, ...]
    decision: Sealed
    reports: tuple[UUID, ...]
    by: Acting
    at: datetime


class Bundle(msgspec.Struct, frozen=True, kw_only=True):
    """One file that left the house: its hash and size, its manifest's hash, and the key that signed it."""

    sha256: str
    size: int
    manifest_sha256: str
    key_id: str
    files: int


class Dispatch(msgspec.Struct, frozen=True, kw_only=True):
    """The dossier was sent to the ministry."""

    bundle: Bundle
    by: Acting
    at: datetime


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """The ministry said that it has the dossier."""

    on: date
    reference: str
    channel: Channel
    by: Acting
    at: datetime


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """Something of a report that was sent is not any more as it was: a ``redaction`` or an ``addendum``."""

    report_id: UUID
    place: str
    why: str
    at: datetime


class Supplement(msgspec.Struct, frozen=True, kw_only=True):
    """What followed the dossier that was sent."""

    number: int
    units: tuple[UUID, ...]
    reason: Sealed
    bundle: Bundle
    by: Acting
    at: datetime


class DossierState(State, kw_only=True):
    """A year's dossier; ``due`` lists the changes that no supplement has told of yet."""

    year: int
    region: str
    chosen: list[str] = msgspec.field(default_factory=list)
    explanations: dict[str, Explanation] = msgspec.field(default_factory=dict)
    lines: tuple[Line, ...] = ()
    prepared: Step | None = None
    confirmed: Step | None = None
    presented: Presentation | None = None
    sent: Dispatch | None = None
    receipt: Receipt | None = None
    due: list[Change] = msgspec.field(default_factory=list)
    supplements: list[Supplement] = msgspec.field(default_factory=list)

    @property
    def status(self) -> DossierStatus:
        """The last step that was taken."""
        if self.sent:
            return DossierStatus.SENT
        if self.presented:
            return DossierStatus.PRESENTED
        if self.confirmed:
            return DossierStatus.CONFIRMED
        return DossierStatus.PREPARED if self.prepared else DossierStatus.BEGUN

    def line(self, unit_id: UUID) -> Line | None:
        """The line of a unit, as it was prepared."""
        return next((line for line in self.lines if line.unit_id == unit_id), None)

    def explained(self) -> dict[UUID, int]:
        """The version of each unit's explanation."""
        return {UUID(unit): explanation.version for unit, explanation in self.explanations.items()}
