"""What can happen to a reference group."""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import UUID

from services.registry.group.state import (
    Appointment,
    Conditions,
    GroupState,
    HelpRequest,
    HelpStep,
    Leading,
    Sitting,
    Step,
    ending,
)
from services.registry.mandate import Seat
from shared.domain import Event, Sealed


class Established(Event, kw_only=True, frozen=True):
    """The unit has a group with the seats of a mandate, all of them vacant."""

    TOPIC: ClassVar[str] = "registry.Group.Established"
    unit_id: UUID
    mandate: str
    has_leader: bool
    seats: tuple[Seat, ...]

    def begin(self) -> GroupState:
        seats = {seat.id: seat for seat in self.seats}
        return GroupState(unit_id=self.unit_id, mandate=self.mandate, has_leader=self.has_leader, seats=seats)


class SeatAdded(Event, kw_only=True, frozen=True):
    """There is a further seat: a municipality, another sector, one more user."""

    TOPIC: ClassVar[str] = "registry.Group.SeatAdded"
    unit_id: UUID
    seat: Seat

    def apply(self, state: GroupState) -> None:
        state.seats[self.seat.id] = self.seat


class Proposed(Event, kw_only=True, frozen=True):
    """The unit proposed a candidate, with the conditions of the seat met."""

    TOPIC: ClassVar[str] = "registry.Group.Proposed"
    unit_id: UUID
    appointment_id: UUID
    seat: str
    person_id: UUID
    conditions: Conditions
    desk_region: str

    def apply(self, state: GroupState) -> None:
        state.appointments[self.appointment_id] = Appointment(
            seat=self.seat,
            person_id=self.person_id,
            conditions=self.conditions,
            desk_region=self.desk_region,
        )


class Returned(Event, kw_only=True, frozen=True):
    """The proposal went back to the unit, which may propose again."""

    TOPIC: ClassVar[str] = "registry.Group.Returned"
    appointment_id: UUID
    reason: Sealed

    def apply(self, state: GroupState) -> None:
        appointment = state.appointments[self.appointment_id]
        appointment.step, appointment.reason = Step.RETURNED, self.reason


class Declined(Event, kw_only=True, frozen=True):
    """The appointing region said no."""

    TOPIC: ClassVar[str] = "registry.Group.Declined"
    unit_id: UUID
    appointment_id: UUID
    seat: str
    person_id: UUID
    reason: Sealed

    def apply(self, state: GroupState) -> None:
        appointment = state.appointments[self.appointment_id]
        appointment.step, appointment.reason = Step.DECLINED, self.reason


class Appointed(Event, kw_only=True, frozen=True):
    """The appointing region said yes; the role assignment is made in the same work."""

    TOPIC: ClassVar[str] = "registry.Group.Appointed"
    unit_id: UUID
    appointment_id: UUID
    region: str
    sitting: Sitting

    def apply(self, state: GroupState) -> None:
        appointment = state.appointments[self.appointment_id]
        appointment.step, appointment.assignment_id = Step.APPOINTED, self.sitting.assignment_id
        state.sittings.append(self.sitting)


class Informed(Event, kw_only=True, frozen=True):
    """The parties named were told of the appointment."""

    TOPIC: ClassVar[str] = "registry.Group.Informed"
    unit_id: UUID
    appointment_id: UUID
    parties: tuple[str, ...]
    on: date

    def apply(self, state: GroupState) -> None:
        informed = state.appointments[self.appointment_id].informed
        informed.extend(party for party in self.parties if party not in informed)


class MemberRecorded(Event, kw_only=True, frozen=True):
    """Somebody sits in a seat already, appointed before this register was kept."""

    TOPIC: ClassVar[str] = "registry.Group.MemberRecorded"
    sitting: Sitting

    def apply(self, state: GroupState) -> None:
        state.sittings.append(self.sitting)


class Vacated(Event, kw_only=True, frozen=True):
    """A member leaves the seat after a last day."""

    TOPIC: ClassVar[str] = "registry.Group.Vacated"
    seat: str
    assignment_id: UUID
    until: date

    def apply(self, state: GroupState) -> None:
        state.sittings = [ending(s, self.assignment_id, self.until) for s in state.sittings]


class LeaderDesignated(Event, kw_only=True, frozen=True):
    """The responsible trust named who leads the group."""

    TOPIC: ClassVar[str] = "registry.Group.LeaderDesignated"
    leading: Leading
    imported: bool = False

    def apply(self, state: GroupState) -> None:
        state.leaders.append(self.leading)


class LeaderLeft(Event, kw_only=True, frozen=True):
    """Somebody leads the group no longer after a last day."""

    TOPIC: ClassVar[str] = "registry.Group.LeaderLeft"
    assignment_id: UUID
    until: date

    def apply(self, state: GroupState) -> None:
        state.leaders = [ending(leading, self.assignment_id, self.until) for leading in state.leaders]


class HelpAsked(Event, kw_only=True, frozen=True):
    """The unit finds no candidate for a seat and asks its regional health authority."""

    TOPIC: ClassVar[str] = "registry.Group.HelpAsked"
    request_id: UUID
    seat: str
    region: str
    on: date

    def apply(self, state: GroupState) -> None:
        state.help_requests[self.request_id] = HelpRequest(seat=self.seat, region=self.region, asked_on=self.on)


class HelpAnswered(Event, kw_only=True, frozen=True):
    """The regional health authority answered; who it suggests is proposed as anybody else."""

    TOPIC: ClassVar[str] = "registry.Group.HelpAnswered"
    request_id: UUID
    answer: str

    def apply(self, state: GroupState) -> None:
        request = state.help_requests[self.request_id]
        request.step, request.answer = HelpStep.ANSWERED, self.answer
