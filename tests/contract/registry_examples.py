"""What happened in the registry, for samples of what it tells: one invented unit, its group, its people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from services.registry.decision import Decision
from services.registry.group import Group
from services.registry.group import events as group
from services.registry.group.state import Conditions, Sitting
from services.registry.mandate import Seat, SeatKind, mandate
from services.registry.person import Card, Person, key_subject
from services.registry.placement import Kind, Place, Region
from services.registry.role import Grant, RoleAssignment
from services.registry.trust import Trust
from services.registry.unit import Unit
from services.registry.unit import events as unit
from services.registry.unit.state import Description, Phase, Registration
from shared.access import Role
from shared.domain import Event, Sealed
from tests.facts import DESK, fact, made_up, sealed

CODE = "L-TEST1"
UNIT = Unit.id_of(CODE)
GROUP = Group.id_of(UNIT)
MEMBER = made_up("member nord")
FORMER_MEMBER = made_up("former member")
LEAD = made_up("lead")
LEAD_ROLE = made_up("lead/professional_lead")
APPOINTMENT = made_up("appointment")
DECLINED_APPOINTMENT = made_up("declined appointment")
MANDATE = mandate("services-2023-12-11")
EXTRA_SEAT = Seat(id="municipality", kind=SeatKind.EXTRA, name_nb="Kommunene")

DECISION = Decision(authority="ministry", on=date(2025, 3, 1), reference="24/1234-5", valid_from=date(2025, 4, 1))
REGISTRATION = Registration(
    code=CODE,
    kind=Kind.NATIONAL_COMPETENCE_SERVICE,
    name_nb="Nasjonal kompetansetjeneste for prøvesyke",
    name_en="National advisory unit on test disease",
    places=(Place("HF-VEST", Region.VEST),),
    active_from=date(2020, 1, 1),
)
DESCRIPTION = Description(
    version=1,
    text_nb="Bygger og sprer kompetanse om prøvesyke.",
    text_en=None,
    icd10=("Q12.3", "Q12.4"),
    procedures=(),
    decision=DECISION,
)
SITTING = Sitting(
    seat="region_nord", person_id=MEMBER, assignment_id=made_up("member nord/group_member"), since=date(2025, 6, 1)
)


def _of(person: UUID, text: str) -> Sealed:
    return sealed(text, subject=key_subject(person))


def _proposed(appointment: UUID, person: UUID) -> group.Proposed:
    return fact(
        group.Proposed,
        unit_id=UNIT,
        appointment_id=appointment,
        seat="region_nord",
        person_id=person,
        conditions=Conditions(asked=True, informed=True, willing=True, cleared_by=_of(person, "own leader")),
        desk_region=Region.VEST,
    )


_trust = fact(Trust.Registered, by=DESK, code="HF-VEST", name="Prøvesykehuset HF", region=Region.VEST)
_granted = fact(
    RoleAssignment.Granted,
    by=DESK,
    grant=Grant(person_id=LEAD, role=Role.PROFESSIONAL_LEAD, since=date(2025, 1, 1), unit_id=UNIT),
    warnings=(),
)
_reviewer = fact(
    RoleAssignment.Granted,
    by=DESK,
    grant=Grant(
        person_id=MEMBER,
        role=Role.REVIEWER,
        since=date(2026, 1, 1),
        until=date(2026, 6, 30),
        region=Region.NORD,
    ),
)
_declined = fact(
    group.Declined,
    by=DESK,
    unit_id=UNIT,
    appointment_id=DECLINED_APPOINTMENT,
    seat="region_nord",
    person_id=FORMER_MEMBER,
    reason=_of(FORMER_MEMBER, "a reason"),
)
_appointed = fact(
    group.Appointed, by=DESK, unit_id=UNIT, appointment_id=APPOINTMENT, region=Region.NORD, sitting=SITTING
)
_informed = fact(
    group.Informed,
    by=DESK,
    unit_id=UNIT,
    appointment_id=APPOINTMENT,
    parties=("unit", "group"),
    on=date(2025, 6, 2),
)
_established = fact(
    group.Established, by=DESK, unit_id=UNIT, mandate=MANDATE.id, has_leader=True, seats=MANDATE.seats
)
_erased = fact(Person.Erased, by=DESK, key_subject=key_subject(FORMER_MEMBER), asked_by=DESK.subject)

EXAMPLES: Sequence[tuple[UUID, Event]] = (
    (Trust.id_of("HF-VEST"), _trust),
    (UNIT, fact(unit.Registered, by=DESK, unit=REGISTRATION)),
    (GROUP, _established),
    (GROUP, fact(group.SeatAdded, by=DESK, unit_id=UNIT, seat=EXTRA_SEAT)),
    (UNIT, fact(unit.DescriptionApproved, by=DESK, description=DESCRIPTION)),
    (UNIT, fact(unit.PhaseSet, by=DESK, year=2025, phase=Phase.ONGOING, reason="fourth year of the term")),
    (LEAD, fact(Person.Registered, by=DESK, card=Card(name=_of(LEAD, "Kari Prøve")))),
    (FORMER_MEMBER, fact(Person.Registered, by=DESK, card=Card(name=_of(FORMER_MEMBER, "Ola Prøve")))),
    (LEAD_ROLE, _granted),
    (made_up("reviewer"), _reviewer),
    (GROUP, _proposed(DECLINED_APPOINTMENT, FORMER_MEMBER)),
    (GROUP, _declined),
    (GROUP, _proposed(APPOINTMENT, MEMBER)),
    (GROUP, _appointed),
    (GROUP, _informed),
    (UNIT, fact(unit.Renamed, by=DESK, name_nb="Prøvesyketjenesten", name_en=None, decision=DECISION)),
    (LEAD_ROLE, fact(RoleAssignment.Ended, by=DESK, until=date(2025, 12, 31), reason=None)),
    (FORMER_MEMBER, _erased),
    (UNIT, fact(unit.Ended, by=DESK, on=date(2025, 12, 31), reason="merged into another")),
)
"""A unit's years in the register, from its trust's registration to its end."""
