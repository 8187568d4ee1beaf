"""Which of the registry's events the others hear about, and in what shape."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar
from uuid import UUID

from services.registry.group import events as group
from services.registry.person import Person
from services.registry.role import RoleAssignment
from services.registry.trust import Trust
from services.registry.unit import events as unit
from shared.contracts import Contract
from shared.contracts import registry as told
from shared.domain import Event, Recorded

E = TypeVar("E", bound=Event)
Translation = Callable[[Recorded], Contract]


def _trust_registered(event: Trust.Registered, id: UUID) -> Contract:
    return told.TrustRegisteredV1(code=event.code, name=event.name, region=event.region)


def _unit_registered(event: unit.Registered, id: UUID) -> Contract:
    return told.UnitRegisteredV1(
        unit_id=id,
        code=event.unit.code,
        kind=event.unit.kind,
        name_nb=event.unit.name_nb,
        name_en=event.unit.name_en,
        regions=[place.region for place in event.unit.places],
        trusts=[place.trust for place in event.unit.places],
        active_from=event.unit.active_from,
    )


def _unit_renamed(event: unit.Renamed, id: UUID) -> Contract:
    return told.UnitRenamedV1(
        unit_id=id, name_nb=event.name_nb, name_en=event.name_en, valid_from=event.decision.valid_from
    )


def _description_approved(event: unit.DescriptionApproved, id: UUID) -> Contract:
    return told.UnitDescriptionApprovedV1(
        unit_id=id,
        version=event.description.version,
        text_nb=event.description.text_nb,
        icd10=list(event.description.icd10),
        valid_from=event.description.decision.valid_from,
    )


def _phase_set(event: unit.PhaseSet, id: UUID) -> Contract:
    return told.UnitPhaseSetV1(unit_id=id, year=event.year, phase=event.phase)


def _unit_ended(event: unit.Ended, id: UUID) -> Contract:
    return told.UnitEndedV1(unit_id=id, on=event.on)


def _person_registered(event: Person.Registered, id: UUID) -> Contract:
    return told.PersonRegisteredV1(person_id=id)


def _person_erased(event: Person.Erased, id: UUID) -> Contract:
    return told.PersonErasedV1(person_id=id)


def _role_granted(event: RoleAssignment.Granted, id: UUID) -> Contract:
    grant = event.grant
    return told.RoleGrantedV1(
        assignment_id=id,
        person_id=grant.person_id,
        role=grant.role,
        since=grant.since,
        until=grant.until,
        unit_id=grant.unit_id,
        region=grant.region,
        trust=grant.trust,
        seat=grant.seat,
        acting=grant.acting,
    )


def _role_ended(event: RoleAssignment.Ended, id: UUID) -> Contract:
    return told.RoleEndedV1(assignment_id=id, until=event.until)


def _seats_established(event: group.Established, id: UUID) -> Contract:
    return told.SeatsEstablishedV1(unit_id=event.unit_id, seats=[seat.id for seat in event.seats])


def _seat_added(event: group.SeatAdded, id: UUID) -> Contract:
    return told.SeatAddedV1(unit_id=event.unit_id, seat=event.seat.id)


def _proposed(event: group.Proposed, id: UUID) -> Contract:
    return told.MemberProposedV1(
        unit_id=event.unit_id,
        appointment_id=event.appointment_id,
        seat=event.seat,
        person_id=event.person_id,
        desk_region=event.desk_region,
    )


def _appointed(event: group.Appointed, id: UUID) -> Contract:
    return told.MemberAppointedV1(
        unit_id=event.unit_id,
        appointment_id=event.appointment_id,
        seat=event.sitting.seat,
        person_id=event.sitting.person_id,
        assignment_id=event.sitting.assignment_id,
        appointed_by_region=event.region,
    )


def _declined(event: group.Declined, id: UUID) -> Contract:
    return told.AppointmentDeclinedV1(
        unit_id=event.unit_id,
        appointment_id=event.appointment_id,
        seat=event.seat,
        person_id=event.person_id,
    )


def _informed(event: group.Informed, id: UUID) -> Contract:
    return told.AppointmentInformedV1(unit_id=event.unit_id, appointment_id=event.appointment_id)


def _of(kind: type[E], tell: Callable[[E, UUID], Contract]) -> tuple[type[Event], Translation]:
    def translate(recorded: Recorded) -> Contract:
        if not isinstance(recorded.event, kind):
            raise TypeError(f"{recorded.event.TOPIC} is not told as {kind.TOPIC}")
        return tell(recorded.event, recorded.originator_id)

    return kind, translate


PUBLISHED: Mapping[type[Event], Translation] = dict(
    [
        _of(Trust.Registered, _trust_registered),
        _of(unit.Registered, _unit_registered),
        _of(unit.Renamed, _unit_renamed),
        _of(unit.DescriptionApproved, _description_approved),
        _of(unit.PhaseSet, _phase_set),
        _of(unit.Ended, _unit_ended),
        _of(Person.Registered, _person_registered),
        _of(Person.Erased, _person_erased),
        _of(RoleAssignment.Granted, _role_granted),
        _of(RoleAssignment.Ended, _role_ended),
        _of(group.Established, _seats_established),
        _of(group.SeatAdded, _seat_added),
        _of(group.Proposed, _proposed),
        _of(group.Appointed, _appointed),
        _of(group.Declined, _declined),
        _of(group.Informed, _informed),
    ]
)
"""Every event that is told, and how.  The others are nobody else's business."""
