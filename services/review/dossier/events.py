"""What can happen to a year's dossier, from its first word to the supplements after it was sent."""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import UUID

from services.review.dossier.state import (
    Bundle,
    Change,
    Channel,
    Dispatch,
    DossierState,
    Explanation,
    Line,
    Meeting,
    Presentation,
    Receipt,
    Remark,
    Step,
    Supplement,
)
from shared.domain import Event, Sealed


class Begun(Event, frozen=True, kw_only=True):
    """A region began to put the year together."""

    TOPIC: ClassVar[str] = "review.Dossier.Begun"
    year: int
    region: str

    def begin(self) -> DossierState:
        return DossierState(year=self.year, region=self.region)


class RegionalUnitsChosen(Event, frozen=True, kw_only=True):
    """A region decided whether its regional centres or services come before the meeting too."""

    TOPIC: ClassVar[str] = "review.Dossier.RegionalUnitsChosen"
    region: str
    included: bool

    def apply(self, state: DossierState) -> None:
        others = [region for region in state.chosen if region != self.region]
        state.chosen = sorted([*others, self.region]) if self.included else others


class Explained(Event, frozen=True, kw_only=True):
    """A region said in words why one of its units has no reviewed report."""

    TOPIC: ClassVar[str] = "review.Dossier.Explained"
    unit_id: UUID
    version: int
    text: Sealed

    def apply(self, state: DossierState) -> None:
        state.explanations[str(self.unit_id)] = Explanation(
            version=self.version, text=self.text, by=self.by, at=self.at
        )


class Prepared(Event, frozen=True, kw_only=True):
    """A region put the dossier together; a confirmation of an earlier preparation falls."""

    TOPIC: ClassVar[str] = "review.Dossier.Prepared"
    year: int
    region: str
    lines: tuple[Line, ...]

    def apply(self, state: DossierState) -> None:
        state.lines = self.lines
        state.prepared, state.confirmed = Step(region=self.region, by=self.by, at=self.at), None


class Confirmed(Event, frozen=True, kw_only=True):
    """Another region confirmed the dossier as it was prepared."""

    TOPIC: ClassVar[str] = "review.Dossier.Confirmed"
    year: int
    region: str

    def apply(self, state: DossierState) -> None:
        state.confirmed = Step(region=self.region, by=self.by, at=self.at)


class Presented(Event, frozen=True, kw_only=True):
    """The medical directors' meeting had the dossier before it."""

    TOPIC: ClassVar[str] = "review.Dossier.Presented"
    year: int
    meeting: Meeting
    remarks: tuple[Remark, ...]
    decision: Sealed
    reports: tuple[UUID, ...]

    def apply(self, state: DossierState) -> None:
        state.presented = Presentation(
            meeting=self.meeting,
            remarks=self.remarks,
            decision=self.decision,
            reports=self.reports,
            by=self.by,
            at=self.at,
        )


class Sent(Event, frozen=True, kw_only=True):
    """The dossier went to the ministry as one file."""

    TOPIC: ClassVar[str] = "review.Dossier.Sent"
    year: int
    bundle: Bundle
    reports: tuple[UUID, ...]

    def apply(self, state: DossierState) -> None:
        state.sent = Dispatch(bundle=self.bundle, by=self.by, at=self.at)


class Receipted(Event, frozen=True, kw_only=True):
    """The ministry said that it has the dossier."""

    TOPIC: ClassVar[str] = "review.Dossier.Receipted"
    on: date
    reference: str
    channel: Channel

    def apply(self, state: DossierState) -> None:
        state.receipt = Receipt(on=self.on, reference=self.reference, channel=self.channel, by=self.by, at=self.at)


class ChangedAfterSending(Event, frozen=True, kw_only=True):
    """A text that was sent is removed from history, or an answer it went without has come: told by a supplement."""

    TOPIC: ClassVar[str] = "review.Dossier.ChangedAfterSending"
    report_id: UUID
    place: str
    why: str

    def apply(self, state: DossierState) -> None:
        state.due.append(Change(report_id=self.report_id, place=self.place, why=self.why, at=self.at))


class SupplementSent(Event, frozen=True, kw_only=True):
    """Something followed the dossier: the reports of some units as they stand now, and why."""

    TOPIC: ClassVar[str] = "review.Dossier.SupplementSent"
    year: int
    number: int
    units: tuple[UUID, ...]
    reason: Sealed
    bundle: Bundle

    def apply(self, state: DossierState) -> None:
        told = {line.report_id for line in state.lines if line.unit_id in self.units}
        state.due = [change for change in state.due if change.report_id not in told]
        state.supplements.append(
            Supplement(
                number=self.number,
                units=self.units,
                reason=self.reason,
                bundle=self.bundle,
                by=self.by,
                at=self.at,
            )
        )
