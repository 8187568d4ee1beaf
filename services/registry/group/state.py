"""What is known of a reference group, or of the members of a network."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

import msgspec

from services.registry.mandate import Seat
from shared.domain import Sealed, State


class Conditions(msgspec.Struct, frozen=True, kw_only=True):
    """What the unit has cleared before it proposes somebody.  Names are sealed under the candidate's key."""

    asked: bool = False
    informed: bool = False
    willing: bool = False
    cleared_by: Sealed | None = None
    cleared_on: date | None = None
    clearance_not_applicable: Sealed | None = None
    nominated_by: str | None = None


class Step(StrEnum):
    """How far an appointment has come."""

    PROPOSED = "proposed"
    RETURNED = "returned"
    APPOINTED = "appointed"
    DECLINED = "declined"


class Appointment(msgspec.Struct, kw_only=True):
    """A candidate for a seat, and what became of the proposal."""

    seat: str
    person_id: UUID
    conditions: Conditions
    desk_region: str
    step: Step = Step.PROPOSED
    reason: Sealed | None = None
    assignment_id: UUID | None = None
    informed: list[str] = msgspec.field(default_factory=list)


class Sitting(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody in a seat from a date to a date."""

    seat: str
    person_id: UUID
    assignment_id: UUID
    since: date
    until: date | None = None
    warnings: tuple[str, ...] = ()

    def on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


class Leading(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody leading the group from a date to a date."""

    person_id: UUID
    assignment_id: UUID
    region: str | None
    since: date
    until: date | None = None
    warnings: tuple[str, ...] = ()

    def on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


Term = TypeVar("Term", Sitting, Leading)


def ending(term: Term, assignment_id: UUID, until: date) -> Term:
    """The term with its last day, if it is that of the assignment."""
    return msgspec.structs.replace(term, until=until) if term.assignment_id == assignment_id else term


class HelpStep(StrEnum):
    ASKED = "asked"
    ANSWERED = "answered"


class HelpRequest(msgspec.Struct, kw_only=True):
    """The unit finds no candidate and asks its regional health authority."""

    seat: str
    region: str
    asked_on: date
    step: HelpStep = HelpStep.ASKED
    answer: str | None = None


class GroupState(State, kw_only=True):
    """The seats, who sat in them and when, and the appointments behind it."""

    unit_id: UUID
    mandate: str
    has_leader: bool
    seats: dict[str, Seat]
    appointments: dict[UUID, Appointment] = msgspec.field(default_factory=dict)
    sittings: list[Sitting] = msgspec.field(default_factory=list)
    leaders: list[Leading] = msgspec.field(default_factory=list)
    help_requests: dict[UUID, HelpRequest] = msgspec.field(default_factory=dict)

    def sitting(self, seat: str, day: date) -> Sitting | None:
        """Who sits in a seat on a day; None when it is vacant."""
        return next((s for s in self.sittings if s.seat == seat and s.on(day)), None)

    def vacant(self, day: date) -> list[str]:
        """The seats nobody holds on a day."""
        return [seat for seat in self.seats if self.sitting(seat, day) is None]

    def leader(self, day: date) -> Leading | None:
        """Who leads the group on a day."""
        return next((leading for leading in self.leaders if leading.on(day)), None)
