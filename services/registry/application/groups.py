"""What may be done about reference groups: seats, proposals, appointments, help to find a member."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from services.registry import grants
from services.registry.application.looking import Known, Look
from services.registry.application.people import People
from services.registry.application.rights import UNIT_WRITERS, Operation, acting, target_of
from services.registry.application.roles import group_of, seat_warnings
from services.registry.group import Conditions, Group, Sitting
from services.registry.mandate import ROLES, Seat
from services.registry.person import Person
from services.registry.role import Grant, RoleAssignment
from services.registry.unit import Unit
from shared.access import Right, Role, Scope, Target
from shared.asked import Asked
from shared.desk import Desk, Done, UnitOfWork
from shared.domain import Acting, Refused
from shared.eventstore import EventStore

AUTHORITY = Right(Role.APPOINTING_AUTHORITY, Scope.REGION)
PROPOSERS = (*UNIT_WRITERS, *grants.DESKS)
OPERATIONS: Mapping[str, Operation] = {
    "propose": Operation(PROPOSERS),
    "add_seat": Operation(grants.DESKS),
    "ask_help": Operation(PROPOSERS),
    "answer_help": Operation((*grants.DESKS, AUTHORITY)),
    "designate_leader": Operation((grants.TRUST_OFFICE,), Group.must_have_a_leader),
}
"""What may be done about a group as a whole, and by whom."""
ON_APPOINTMENT: Mapping[str, tuple[Right, ...]] = {
    "appoint": (AUTHORITY,),
    "decline": (AUTHORITY,),
    "give_back": (*grants.DESKS, AUTHORITY),
    "inform": (*grants.DESKS, AUTHORITY),
}
"""What may be done about one proposal; the authority is that of the region that appoints to the seat."""


class NotAUnitRegion(Refused):
    """A proposal goes to the service desk of a region where the unit is placed."""

    code = "not_a_unit_region"


@dataclass(frozen=True)
class PlainConditions:
    """The conditions of a seat as they were sent."""

    asked: bool = False
    informed: bool = False
    willing: bool = False
    cleared_by: str | None = None
    cleared_on: date | None = None
    clearance_not_applicable: str | None = None
    nominated_by: str | None = None


class Groups:
    """Use cases on groups."""

    def __init__(self, desk: Desk, store: EventStore, people: People) -> None:
        self._desk, self._look, self._people = desk, Look(store), people

    async def add_seat(self, asked: Asked, unit_id: UUID, seat: Seat) -> Done:
        def act(group: Group, unit: Unit, by: Acting) -> dict[str, Any]:
            group.add_seat(seat, by=by, at=asked.at)
            return {"seat": seat.id}

        return await self._change(asked, unit_id, "add_seat", act)

    async def propose(
        self,
        asked: Asked,
        unit_id: UUID,
        id: UUID,
        seat: str,
        person_id: UUID,
        conditions: PlainConditions,
        desk_region: str | None,
    ) -> Done:
        await asyncio.to_thread(_proposing, self._look, asked, unit_id, person_id)
        sealed = await self._sealed(person_id, conditions)

        def decide(work: UnitOfWork) -> dict[str, Any]:
            unit, group = work.get(Unit, unit_id), group_of(work, unit_id)
            by, person = _proposing(work, asked, unit_id, person_id)
            person.must_be_active()
            region = desk_region or unit.state.regions[0]
            if region not in unit.state.regions:
                raise NotAUnitRegion(f"the unit is not placed in {region}", regions=unit.state.regions)
            group.propose(id, seat, person_id, sealed, desk_region=region, by=by, at=asked.at)
            return {"appointment_id": id, "version": group.version}

        return await self._desk.do(asked.command(decide))

    async def appoint(
        self, asked: Asked, unit_id: UUID, id: UUID, assignment_id: UUID, since: date, until: date | None
    ) -> Done:
        """The role assignment is made in the same work."""

        def decide(work: UnitOfWork) -> dict[str, Any]:
            unit, group = work.get(Unit, unit_id), group_of(work, unit_id)
            asked_for = group.appointment(id)
            seat = group.seat(asked_for.seat)
            by = acting(work, asked, ON_APPOINTMENT["appoint"], _appointing(unit, group, seat))
            person = work.get(Person, asked_for.person_id)
            person.must_be_active()
            grant = Grant(
                person_id=asked_for.person_id,
                role=ROLES[seat.kind],
                since=since,
                until=until,
                unit_id=unit_id,
                region=seat.region,
                seat=seat.id,
            )
            warnings = seat_warnings(work, person, seat)
            role = RoleAssignment.grant(assignment_id, grant, warnings=warnings, by=by, at=asked.at)
            group.appoint(id, _sitting(role), region=by.on_behalf_of or "", by=by, at=asked.at)
            work.add(role)
            return {"appointment_id": id, "assignment_id": assignment_id, "version": group.version}

        return await self._desk.do(asked.command(decide))

    async def decline(self, asked: Asked, unit_id: UUID, id: UUID, reason: str, person_id: UUID) -> Done:
        await asyncio.to_thread(_stepping, self._look, asked, unit_id, id, "decline")
        sealed = await self._people.seal(person_id, reason, "reason")

        def act(group: Group, by: Acting) -> None:
            group.decline(id, sealed, by=by, at=asked.at)

        return await self._step(asked, unit_id, id, "decline", act)

    async def give_back(self, asked: Asked, unit_id: UUID, id: UUID, reason: str, person_id: UUID) -> Done:
        await asyncio.to_thread(_stepping, self._look, asked, unit_id, id, "give_back")
        sealed = await self._people.seal(person_id, reason, "reason")

        def act(group: Group, by: Acting) -> None:
            group.give_back(id, sealed, by=by, at=asked.at)

        return await self._step(asked, unit_id, id, "give_back", act)

    async def inform(self, asked: Asked, unit_id: UUID, id: UUID, parties: Sequence[str], on: date) -> Done:
        def act(group: Group, by: Acting) -> None:
            group.inform(id, parties, on=on, by=by, at=asked.at)

        return await self._step(asked, unit_id, id, "inform", act)

    async def ask_help(self, asked: Asked, unit_id: UUID, id: UUID, seat: str) -> Done:
        def act(group: Group, unit: Unit, by: Acting) -> dict[str, Any]:
            region = group.appointing_regions(group.seat(seat), unit.state.regions)[0]
            group.ask_help(id, seat, region=region, on=asked.on, by=by, at=asked.at)
            return {"request_id": id}

        return await self._change(asked, unit_id, "ask_help", act)

    async def answer_help(self, asked: Asked, unit_id: UUID, id: UUID, answer: str) -> Done:
        def decide(work: UnitOfWork) -> dict[str, Any]:
            unit, group = work.get(Unit, unit_id), group_of(work, unit_id)
            regions = {group.help_request(id).region, *unit.state.regions}
            by = acting(work, asked, OPERATIONS["answer_help"].rights, Target(unit_id, regions))
            group.answer_help(id, answer, by=by, at=asked.at)
            return {"request_id": id, "version": group.version}

        return await self._desk.do(asked.command(decide))

    async def _change(
        self, asked: Asked, unit_id: UUID, operation: str, act: Callable[[Group, Unit, Acting], dict[str, Any]]
    ) -> Done:
        def decide(work: UnitOfWork) -> dict[str, Any]:
            unit, group = work.get(Unit, unit_id), group_of(work, unit_id)
            by = acting(work, asked, OPERATIONS[operation].rights, target_of(unit))
            return {**act(group, unit, by), "version": group.version}

        return await self._desk.do(asked.command(decide))

    async def _step(
        self, asked: Asked, unit_id: UUID, id: UUID, operation: str, act: Callable[[Group, Acting], None]
    ) -> Done:
        def decide(work: UnitOfWork) -> dict[str, Any]:
            group = group_of(work, unit_id)
            act(group, _stepping(work, asked, unit_id, id, operation))
            return {"appointment_id": id, "version": group.version}

        return await self._desk.do(asked.command(decide))

    async def _sealed(self, person_id: UUID, plain: PlainConditions) -> Conditions:
        cleared_by, reason = plain.cleared_by, plain.clearance_not_applicable
        return Conditions(
            asked=plain.asked,
            informed=plain.informed,
            willing=plain.willing,
            cleared_by=await self._people.seal(person_id, cleared_by, "cleared_by") if cleared_by else None,
            cleared_on=plain.cleared_on,
            clearance_not_applicable=await self._people.seal(person_id, reason, "reason") if reason else None,
            nominated_by=plain.nominated_by,
        )


def _proposing(known: Known, asked: Asked, unit_id: UUID, person_id: UUID) -> tuple[Acting, Person]:
    """In which role the caller proposes somebody to the unit's group, and whom."""
    by = acting(known, asked, PROPOSERS, target_of(known.get(Unit, unit_id)))
    return by, known.get(Person, person_id)


def _stepping(known: Known, asked: Asked, unit_id: UUID, id: UUID, operation: str) -> Acting:
    """In which role the caller takes a step with a proposal."""
    unit, group = known.get(Unit, unit_id), known.get(Group, Group.id_of(unit_id))
    target = _appointing(unit, group, group.seat(group.appointment(id).seat))
    if operation in ("give_back", "inform"):
        target = Target(unit_id, {*target.regions, *unit.state.regions})
    return acting(known, asked, ON_APPOINTMENT[operation], target)


def _appointing(unit: Unit, group: Group, seat: Seat) -> Target:
    return Target(unit.id, tuple(group.appointing_regions(seat, unit.state.regions)))


def _sitting(role: RoleAssignment) -> Sitting:
    grant = role.state.grant
    return msgspec.convert(
        {
            "seat": grant.seat,
            "person_id": grant.person_id,
            "assignment_id": role.id,
            "since": grant.since,
            "until": grant.until,
            "warnings": role.state.warnings,
        },
        Sitting,
    )
