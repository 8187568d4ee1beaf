"""What may be asked of a reference group, and the rules.  Vacant seats are a warning and block nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from services.registry.group import events
from services.registry.group.conditions import must_be_met
from services.registry.group.refusals import (
    AppointmentDecided,
    HelpAlreadyAnswered,
    LeaderOverlaps,
    NoLeaderHere,
    NoSuchAppointment,
    NoSuchHelpRequest,
    NoSuchSeat,
    NotYetAppointed,
    SeatExists,
    SeatTaken,
    TermNotExtended,
)
from services.registry.group.state import (
    Appointment,
    Conditions,
    GroupState,
    HelpRequest,
    HelpStep,
    Leading,
    Sitting,
    Step,
)
from services.registry.mandate import AppointedBy, Mandate, Seat
from shared.domain import Acting, Aggregate, Event, Sealed, identity


class Group(Aggregate[GroupState]):
    """The reference group of one unit; a network's members are one without leader."""

    TOPIC = "registry.Group"
    STATE = GroupState

    # What may be asked.

    @staticmethod
    def id_of(unit_id: UUID) -> UUID:
        return identity("group", unit_id)

    @classmethod
    def establish(cls, unit_id: UUID, mandate: Mandate, *, by: Acting, at: datetime) -> Group:
        established = events.Established(
            unit_id=unit_id,
            mandate=mandate.id,
            has_leader=mandate.leader_designated_by is not None,
            seats=mandate.seats,
            by=by,
            at=at,
        )
        return cls.begin(cls.id_of(unit_id), established)

    def add_seat(self, seat: Seat, *, by: Acting, at: datetime) -> None:
        if seat.id in self.state.seats:
            raise SeatExists(f"the group has a seat {seat.id}")
        self.trigger(events.SeatAdded(unit_id=self.state.unit_id, seat=seat, by=by, at=at))

    def propose(
        self,
        id: UUID,
        seat: str,
        person_id: UUID,
        conditions: Conditions,
        *,
        desk_region: str,
        by: Acting,
        at: datetime,
    ) -> None:
        must_be_met(self.seat(seat).kind, conditions)
        proposed = events.Proposed(
            unit_id=self.state.unit_id,
            appointment_id=id,
            seat=seat,
            person_id=person_id,
            conditions=conditions,
            desk_region=desk_region,
            by=by,
            at=at,
        )
        self.trigger(proposed)

    def give_back(self, id: UUID, reason: Sealed, *, by: Acting, at: datetime) -> None:
        self.must_be_proposed(id)
        self.trigger(events.Returned(appointment_id=id, reason=reason, by=by, at=at))

    def decline(self, id: UUID, reason: Sealed, *, by: Acting, at: datetime) -> None:
        asked = self.must_be_proposed(id)
        declined = events.Declined(
            unit_id=self.state.unit_id,
            appointment_id=id,
            seat=asked.seat,
            person_id=asked.person_id,
            reason=reason,
            by=by,
            at=at,
        )
        self.trigger(declined)

    def appoint(self, id: UUID, sitting: Sitting, *, region: str, by: Acting, at: datetime) -> None:
        self.must_be_proposed(id)
        self._must_be_free(sitting)
        unit_id = self.state.unit_id
        appointed = events.Appointed(unit_id=unit_id, appointment_id=id, region=region, sitting=sitting, by=by, at=at)
        self.trigger(appointed)

    def inform(self, id: UUID, parties: Iterable[str], *, on: date, by: Acting, at: datetime) -> None:
        self.must_be_appointed(id)
        unit_id, told = self.state.unit_id, tuple(parties)
        self.trigger(events.Informed(unit_id=unit_id, appointment_id=id, parties=told, on=on, by=by, at=at))

    def record_member(self, sitting: Sitting, *, by: Acting, at: datetime) -> None:
        self.seat(sitting.seat)
        self._must_be_free(sitting)
        self.trigger(events.MemberRecorded(sitting=sitting, by=by, at=at))

    def vacate(self, assignment_id: UUID, until: date, *, by: Acting, at: datetime) -> None:
        """The member or leader of that assignment leaves; nothing happens when there is none."""
        terms: list[Sitting | Leading] = [*self.state.sittings, *self.state.leaders]
        for term in terms:
            if term.assignment_id == assignment_id:
                _must_not_be_made_longer(term, until)
                self.trigger(_left(term, until, by, at))

    def designate_leader(self, leading: Leading, *, imported: bool, by: Acting, at: datetime) -> Leading | None:
        """Who led until now ends the day before; that one is given back so that the role can end too."""
        self.must_have_a_leader()
        former = self._must_come_last(leading)
        if former is not None:
            last_day = leading.since - timedelta(days=1)
            self.trigger(events.LeaderLeft(assignment_id=former.assignment_id, until=last_day, by=by, at=at))
        self.trigger(events.LeaderDesignated(leading=leading, imported=imported, by=by, at=at))
        return former

    def ask_help(self, id: UUID, seat: str, *, region: str, on: date, by: Acting, at: datetime) -> None:
        self.seat(seat)
        self.trigger(events.HelpAsked(request_id=id, seat=seat, region=region, on=on, by=by, at=at))

    def answer_help(self, id: UUID, answer: str, *, by: Acting, at: datetime) -> None:
        if self.help_request(id).step is HelpStep.ANSWERED:
            raise HelpAlreadyAnswered("the request has been answered")
        self.trigger(events.HelpAnswered(request_id=id, answer=answer, by=by, at=at))

    # The rules.

    def seat(self, id: str) -> Seat:
        try:
            return self.state.seats[id]
        except KeyError:
            raise NoSuchSeat(f"the group has no seat {id}", seats=list(self.state.seats)) from None

    def appointment(self, id: UUID) -> Appointment:
        try:
            return self.state.appointments[id]
        except KeyError:
            raise NoSuchAppointment(f"the group knows of no appointment {id}") from None

    def help_request(self, id: UUID) -> HelpRequest:
        try:
            return self.state.help_requests[id]
        except KeyError:
            raise NoSuchHelpRequest(f"the unit has asked for no help {id}") from None

    def appointing_regions(self, seat: Seat, unit_regions: list[str]) -> list[str]:
        """The regions whose authority appoints to a seat; for a multiregional unit either of its two."""
        if seat.appointed_by is AppointedBy.SEAT_REGION and seat.region:
            return [seat.region]
        return unit_regions

    def must_be_proposed(self, id: UUID) -> Appointment:
        appointment = self.appointment(id)
        if appointment.step is not Step.PROPOSED:
            raise AppointmentDecided(f"the proposal is {appointment.step}")
        return appointment

    def must_be_appointed(self, id: UUID) -> Appointment:
        appointment = self.appointment(id)
        if appointment.step is not Step.APPOINTED:
            raise NotYetAppointed(f"the proposal is {appointment.step}")
        return appointment

    def must_have_a_leader(self) -> None:
        if not self.state.has_leader:
            raise NoLeaderHere("the members of a network have no leader")

    def _must_be_free(self, wanted: Sitting) -> None:
        for held in self.state.sittings:
            if held.seat == wanted.seat and _overlap(held, wanted):
                raise SeatTaken(
                    f"the seat {held.seat} is held from {held.since}", assignment_id=str(held.assignment_id)
                )

    def _must_come_last(self, wanted: Leading) -> Leading | None:
        overlapping = [held for held in self.state.leaders if _overlap(held, wanted)]
        if any(held.since >= wanted.since for held in overlapping) or len(overlapping) > 1:
            raise LeaderOverlaps("another leader's time begins on that day or later; end it first")
        return overlapping[0] if overlapping else None


def _must_not_be_made_longer(term: Sitting | Leading, until: date) -> None:
    if term.until is not None and until > term.until:
        raise TermNotExtended(f"the term ends on {term.until} already")


def _left(term: Sitting | Leading, until: date, by: Acting, at: datetime) -> Event:
    id = term.assignment_id
    if isinstance(term, Leading):
        return events.LeaderLeft(assignment_id=id, until=until, by=by, at=at)
    return events.Vacated(seat=term.seat, assignment_id=id, until=until, by=by, at=at)


def _overlap(one: Sitting | Leading, other: Sitting | Leading) -> bool:
    """A term that ended before it began was never held and stands in nobody's way."""
    first, last = max(one.since, other.since), min(one.until or date.max, other.until or date.max)
    return first <= last
