"""What may be done about role assignments: grant, designate, record as found, end."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import msgspec

from services.registry import grants
from services.registry.application.endings import end_role
from services.registry.application.looking import Known, Look
from services.registry.application.people import People
from services.registry.application.rights import acting, assignment_of, person_of, target_of
from services.registry.group import Group, Leading, Sitting
from services.registry.mandate import ROLES as SEAT_ROLES
from services.registry.mandate import Seat
from services.registry.person import Person
from services.registry.role import (
    GROUP_ROLES,
    Grant,
    Held,
    OnlyByAppointment,
    RoleAssignment,
    ScopeMismatch,
    leader_region,
    leader_warnings,
    must_be_bound,
    must_be_the_only_lead,
    must_have_two_sites,
)
from services.registry.trust import Trust
from services.registry.unit import Unit
from services.registry.views import lookups
from shared.access import Role, Target
from shared.asked import Asked
from shared.desk import Desk, Done, UnitOfWork
from shared.domain import Acting, NotFound
from shared.eventstore import EventStore


class Roles:
    """Use cases on role assignments."""

    def __init__(self, desk: Desk, store: EventStore, people: People) -> None:
        self._desk, self._look, self._people = desk, Look(store), people

    async def grant(self, asked: Asked, id: UUID, wanted: Grant, reason: str | None) -> Done:
        """``wanted`` without reason; it is sealed here, for it may tell of somebody's health."""
        if reason:
            await asyncio.to_thread(_granting, self._look, asked, wanted)
        sealed = await self._people.seal(wanted.person_id, reason, "reason") if reason else None
        wanted = msgspec.structs.replace(wanted, reason=sealed)

        def decide(work: UnitOfWork) -> dict[str, Any]:
            assignment = grant_role(work, asked, id, wanted)
            return {
                "assignment_id": assignment.id,
                "version": assignment.version,
                "warnings": assignment.state.warnings,
            }

        return await self._desk.do(asked.command(decide))

    async def end(self, asked: Asked, id: UUID, until: date, reason: str | None, person_id: UUID) -> Done:
        """A seat or the lead of a group falls vacant with it."""
        if reason:
            await asyncio.to_thread(lambda: _ending(self._look, asked, self._look.get(RoleAssignment, id)))
        sealed = await self._people.seal(person_id, reason, "reason") if reason else None

        def decide(work: UnitOfWork) -> dict[str, Any]:
            assignment = work.get(RoleAssignment, id)
            by = _ending(work, asked, assignment)
            end_role(work, assignment, until, sealed, by=by, at=asked.at)
            return {"assignment_id": id, "version": assignment.version}

        return await self._desk.do(asked.command(decide))


def grant_role(work: UnitOfWork, asked: Asked, id: UUID, wanted: Grant) -> RoleAssignment:
    """A new assignment, with what follows from it in the unit's group."""
    by, person = _granting(work, asked, wanted)
    person.must_be_active()
    if wanted.imported and wanted.unit_id:
        work.get(Unit, wanted.unit_id).must_be_found(wanted.since)
    warnings: tuple[str, ...] = ()
    if wanted.role is Role.PROFESSIONAL_LEAD and wanted.unit_id:
        must_be_the_only_lead(wanted, _leads(work, wanted.unit_id))
    if wanted.role is Role.SITE_LEAD and wanted.unit_id:
        must_have_two_sites(len(work.get(Unit, wanted.unit_id).state.trusts))
    if wanted.role is Role.GROUP_LEADER:
        region = leader_region(wanted.region, region_of(work, person), imported=wanted.imported)
        wanted = msgspec.structs.replace(wanted, region=region)
        warnings = _designate(work, asked, id, wanted, by)
    elif wanted.role in GROUP_ROLES:
        wanted, warnings = _record_member(work, asked, id, wanted, by)
    return work.add(RoleAssignment.grant(id, wanted, warnings=warnings, by=by, at=asked.at))


def _granting(known: Known, asked: Asked, wanted: Grant) -> tuple[Acting, Person]:
    """In which role the caller grants this, and to whom."""
    must_be_bound(wanted)
    if wanted.role in GROUP_ROLES - {Role.GROUP_LEADER} and not wanted.imported:
        raise OnlyByAppointment("a seat is filled by appointment")
    by = acting(known, asked, grants.grantors(wanted), _target(known, wanted))
    return by, known.get(Person, wanted.person_id)


def region_of(work: UnitOfWork, person: Person) -> str | None:
    """The region of the person's employer, where that is a trust in the register."""
    code = person.state.card.trust
    trust = work.find(Trust, Trust.id_of(code)) if code else None
    return trust.state.region if trust else None


def seat_warnings(work: UnitOfWork, person: Person, seat: Seat) -> tuple[str, ...]:
    """A member for a region comes from a trust in that region."""
    region = region_of(work, person)
    outside = seat.region is not None and region is not None and region != seat.region
    return ("member_from_outside_the_region",) if outside else ()


def group_of(work: UnitOfWork, unit_id: UUID) -> Group:
    """The unit's group; regional kinds have none."""
    group = work.find(Group, Group.id_of(unit_id))
    if group is None:
        work.get(Unit, unit_id)
        raise NotFound("units of this kind have no group")
    return group


def _designate(work: UnitOfWork, asked: Asked, id: UUID, wanted: Grant, by: Acting) -> tuple[str, ...]:
    if wanted.unit_id is None:
        raise ScopeMismatch("a group leader leads the group of a unit", needs="unit")
    group, unit = group_of(work, wanted.unit_id), work.get(Unit, wanted.unit_id)
    group.must_have_a_leader()
    warnings = leader_warnings(wanted.region, unit.state.regions, imported=wanted.imported)
    leading = Leading(
        person_id=wanted.person_id,
        assignment_id=id,
        region=wanted.region,
        since=wanted.since,
        until=wanted.until,
        warnings=warnings,
    )
    former = group.designate_leader(leading, imported=wanted.imported, by=by, at=asked.at)
    if former is not None:
        last_day = leading.since - timedelta(days=1)
        work.get(RoleAssignment, former.assignment_id).end(last_day, None, by=by, at=asked.at)
    return warnings


def _record_member(
    work: UnitOfWork, asked: Asked, id: UUID, wanted: Grant, by: Acting
) -> tuple[Grant, tuple[str, ...]]:
    if wanted.unit_id is None or wanted.seat is None:
        raise ScopeMismatch(f"a {wanted.role} sits in a seat of a unit's group", needs="seat")
    group = group_of(work, wanted.unit_id)
    seat = group.seat(wanted.seat)
    if SEAT_ROLES[seat.kind] is not wanted.role:
        raise ScopeMismatch(f"the seat {seat.id} is for a {SEAT_ROLES[seat.kind]}", needs="seat")
    warnings = seat_warnings(work, work.get(Person, wanted.person_id), seat)
    sitting = Sitting(
        seat=seat.id,
        person_id=wanted.person_id,
        assignment_id=id,
        since=wanted.since,
        until=wanted.until,
        warnings=warnings,
    )
    group.record_member(sitting, by=by, at=asked.at)
    return msgspec.structs.replace(wanted, region=seat.region), warnings


def _target(known: Known, wanted: Grant) -> Target:
    if wanted.unit_id is not None:
        return target_of(known.get(Unit, wanted.unit_id))
    if wanted.trust is not None:
        trust = known.get(Trust, Trust.id_of(wanted.trust))
        return Target(regions=(trust.state.region,), trusts=(wanted.trust,))
    return Target(regions=(wanted.region,) if wanted.region else ())


def _leads(work: UnitOfWork, unit_id: UUID) -> list[Held]:
    found = [assignment_of(row) for row in lookups.leads_of(work, unit_id)]
    return [Held(assignment_id=held.id, since=held.since, until=held.until) for held in found]


def _ending(known: Known, asked: Asked, assignment: RoleAssignment) -> Acting:
    grant = assignment.state.grant
    resigns = grant.role in GROUP_ROLES and asked.caller.kind in ("person", "login")
    if resigns and person_of(known, asked.caller) == grant.person_id:
        return Acting(subject=str(grant.person_id), role=grant.role, assignment_id=assignment.id)
    return acting(known, asked, grants.enders(grant), _target(known, grant))
