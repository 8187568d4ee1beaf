"""Role assignments over HTTP."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any
from uuid import UUID

import uuid_utils.compat
from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel

from services.registry import grants
from services.registry.api.callers import Listed, Parts, Reader, Reading, Registry, Written, written
from services.registry.api.inputs import Code, SeatId, paging
from services.registry.api.persons import may_see
from services.registry.application.rights import target_of
from services.registry.placement import Region
from services.registry.role import GROUP_ROLES, Grant, RoleAssignment
from services.registry.trust import Trust
from services.registry.unit import Unit
from services.registry.views import queries
from services.registry.views.cards import covered, opened
from services.registry.views.queries import Paging
from services.registry.views.roles import row_shown
from services.registry.views.tables import ROLES
from shared.access import Role, Target, granting
from shared.asked import Asking
from shared.history import history, state_at
from shared.inputs import Day, Reason, Sent
from shared.problems import PROBLEMS

router = APIRouter(tags=["roles"], responses=PROBLEMS)


class NewRole(Sent):
    """Who is to hold which role, where and from when.

    ``acting`` is for a professional lead and needs ``until`` and ``reason``.  ``imported`` records a seat held, or
    a group led, since before the unit was registered here; otherwise a seat is filled by appointment only.
    """

    person_id: UUID
    role: Role
    since: Day
    until: Day | None = None
    unit_id: UUID | None = None
    region: Region | None = None
    trust: Code | None = None
    seat: SeatId | None = None
    acting: bool = False
    imported: bool = False
    reason: Reason | None = None


class RoleEnding(Sent):
    """The last day; one before the first means that the role was never held."""

    until: Day
    reason: Reason | None = None


class RoleShown(BaseModel):
    """A role assignment."""

    assignment_id: UUID
    person_id: UUID
    role: str
    since: str
    until: str | None
    unit_id: UUID | None
    region: str | None
    trust: str | None
    seat: str | None
    acting: bool
    warnings: list[str]
    version: int
    allowed_operations: list[str]


@router.post("/roles", status_code=201)
async def grant_role(registry: Parts, asked: Asking, new: NewRole, response: Response) -> Written:
    """Grant a role, designate a group leader, or record a seat as held already."""
    wanted = Grant(**new.model_dump(exclude={"reason"}))
    done = await registry.roles.grant(asked, uuid_utils.compat.uuid7(), wanted, new.reason)
    return written(done, response)


@router.get("/roles")
async def list_roles(
    registry: Parts,
    reader: Reading,
    paging: Annotated[Paging, Depends(paging)],
    person_id: UUID | None = None,
    unit_id: UUID | None = None,
    role: Role | None = None,
    region: Region | None = None,
    on: Annotated[Day | None, Query(description="only those held on this day")] = None,
) -> Listed:
    """Role assignments in the order they were granted; names are read from the persons."""
    query = queries.roles(
        person_id=str(person_id) if person_id else None,
        unit_id=str(unit_id) if unit_id else None,
        role=role,
        region=region,
        on=on,
    )
    page = await asyncio.to_thread(queries.page, registry.store, query, ROLES.c.id, paging)
    return Listed(items=[row_shown(row) for row in page.items], next=page.next)


@router.get("/roles/{assignment_id}")
async def get_role(registry: Parts, reader: Reading, assignment_id: UUID) -> RoleShown:
    """A role assignment as it is."""
    return await asyncio.to_thread(_shown, registry, reader, assignment_id)


@router.get("/roles/{assignment_id}/history")
async def get_role_history(registry: Parts, reader: Reading, assignment_id: UUID) -> list[dict[str, Any]]:
    """Everything that happened to the assignment; reasons are open to those who may read of the person."""
    return await asyncio.to_thread(_history, registry, reader, assignment_id)


@router.post("/roles/{assignment_id}/endings", status_code=201)
async def end_role(
    registry: Parts, asked: Asking, assignment_id: UUID, ending: RoleEnding, response: Response
) -> Written:
    """Name the last day of a role; a member's resignation leaves the seat vacant."""
    role = await asyncio.to_thread(state_at, registry.store, RoleAssignment, assignment_id)
    person_id = role.state.grant.person_id
    done = await registry.roles.end(asked, assignment_id, ending.until, ending.reason, person_id)
    return written(done, response)


def _shown(registry: Registry, reader: Reader, assignment_id: UUID) -> RoleShown:
    role = state_at(registry.store, RoleAssignment, assignment_id)
    grant = role.state.grant
    mine = reader.person_id == grant.person_id and grant.role in GROUP_ROLES
    rights = grants.enders(grant)
    may_end = mine or granting(reader.roles, rights, _target(registry, grant), reader.on)
    return RoleShown(
        assignment_id=role.id,
        person_id=grant.person_id,
        role=grant.role,
        since=grant.since.isoformat(),
        until=role.state.until.isoformat() if role.state.until else None,
        unit_id=grant.unit_id,
        region=grant.region,
        trust=grant.trust,
        seat=grant.seat,
        acting=grant.acting,
        warnings=list(role.state.warnings),
        version=role.version,
        allowed_operations=["end"] if may_end else [],
    )


def _target(registry: Registry, grant: Grant) -> Target:
    if grant.unit_id:
        return target_of(state_at(registry.store, Unit, grant.unit_id))
    if grant.trust:
        trust = state_at(registry.store, Trust, Trust.id_of(grant.trust))
        return Target(regions=(trust.state.region,), trusts=(grant.trust,))
    return Target(regions=(grant.region,) if grant.region else ())


def _history(registry: Registry, reader: Reader, assignment_id: UUID) -> list[dict[str, Any]]:
    role = state_at(registry.store, RoleAssignment, assignment_id)
    seen = may_see(registry, reader, role.state.grant.person_id)
    return history(registry.store, role.id, (lambda s: opened(registry.vault, s)) if seen else covered)
