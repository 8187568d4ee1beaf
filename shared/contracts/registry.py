"""What the registry tells: which units there are, who holds which role, who was appointed.  Never names."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from shared.contracts import Contract


class TrustRegisteredV1(Contract, name="registry.trust.registered.v1"):
    """A health trust is in the register; units are placed at it by ``code``."""

    code: str
    name: str
    region: str


class UnitRegisteredV1(Contract, name="registry.unit.registered.v1"):
    """A national service, centre or network, or a regional one, is in the register.

    It owes a report for every year in which it is active on any day, from ``active_from`` until it ends.
    """

    unit_id: UUID
    code: str
    kind: str
    name_nb: str
    name_en: str | None
    regions: list[str]
    trusts: list[str]
    active_from: date


class UnitRenamedV1(Contract, name="registry.unit.renamed.v1"):
    """The right authority gave the unit another name."""

    unit_id: UUID
    name_nb: str
    name_en: str | None
    valid_from: date


class UnitDescriptionApprovedV1(Contract, name="registry.unit.description_approved.v1"):
    """The right authority decided what the unit is and does; reports freeze the version in force."""

    unit_id: UUID
    version: int
    text_nb: str
    icd10: list[str]
    valid_from: date


class UnitPhaseSetV1(Contract, name="registry.unit.phase_set.v1"):
    """A competence service is new, ongoing or in its final year in one report year."""

    unit_id: UUID
    year: int
    phase: str


class UnitEndedV1(Contract, name="registry.unit.ended.v1"):
    """The unit's last active day; it still owes the report of that year."""

    unit_id: UUID
    on: date


class PersonRegisteredV1(Contract, name="registry.person.registered.v1"):
    """Somebody is known; the contact card is in the ``persons`` bucket."""

    person_id: UUID


class PersonErasedV1(Contract, name="registry.person.erased.v1", irrevocable=True):
    """The person's name and contact data are gone for good; every copy and key of them must go too."""

    person_id: UUID


class RoleGrantedV1(Contract, name="registry.role.granted.v1"):
    """A person holds a role from a date to a date (included; open when ``until`` is None)."""

    assignment_id: UUID
    person_id: UUID
    role: str
    since: date
    until: date | None
    unit_id: UUID | None
    region: str | None
    trust: str | None
    seat: str | None
    acting: bool


class RoleEndedV1(Contract, name="registry.role.ended.v1"):
    """The last day of a role assignment is known."""

    assignment_id: UUID
    until: date


class SeatsEstablishedV1(Contract, name="registry.group.seats_established.v1"):
    """The unit has a reference group (or a network its members) with these seats, each vacant until filled."""

    unit_id: UUID
    seats: list[str]


class SeatAddedV1(Contract, name="registry.group.seat_added.v1"):
    """The group has one more seat."""

    unit_id: UUID
    seat: str


class MemberProposedV1(Contract, name="registry.group.member_proposed.v1"):
    """The unit proposed a candidate for a seat, with the conditions of that seat met."""

    unit_id: UUID
    appointment_id: UUID
    seat: str
    person_id: UUID
    desk_region: str


class MemberAppointedV1(Contract, name="registry.group.member_appointed.v1"):
    """The appointing region appointed the candidate; the role assignment is told beside it."""

    unit_id: UUID
    appointment_id: UUID
    seat: str
    person_id: UUID
    assignment_id: UUID
    appointed_by_region: str


class AppointmentDeclinedV1(Contract, name="registry.group.appointment_declined.v1"):
    """The appointing region said no; why stands in the registry."""

    unit_id: UUID
    appointment_id: UUID
    seat: str
    person_id: UUID


class AppointmentInformedV1(Contract, name="registry.group.appointment_informed.v1"):
    """Unit, group and the trusts involved have been informed of the appointment."""

    unit_id: UUID
    appointment_id: UUID
