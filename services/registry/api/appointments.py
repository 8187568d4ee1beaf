"""Appointments over HTTP: proposed, appointed or turned down, and told."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal
from uuid import UUID

import uuid_utils.compat
from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field

from services.registry.api.callers import Listed, Parts, Reading, Registry, Written, written
from services.registry.api.inputs import SeatId, paging
from services.registry.api.persons import SEES_ALL
from services.registry.application.groups import PlainConditions
from services.registry.group import Group, Step
from services.registry.placement import Region
from services.registry.views import queries
from services.registry.views.queries import Paging
from services.registry.views.tables import APPOINTMENTS
from shared.asked import Asking
from shared.history import state_at
from shared.inputs import Day, Name, Reason, Sent
from shared.problems import PROBLEMS

router = APIRouter(tags=["groups"], responses=PROBLEMS)


class SentConditions(Sent):
    """What was cleared with the candidate; which of it is needed depends on the seat."""

    asked: bool = False
    informed: bool = False
    willing: bool = False
    cleared_by: Name | None = None
    cleared_on: Day | None = None
    clearance_not_applicable: Reason | None = None
    nominated_by: Name | None = None


class Proposal(Sent):
    """A candidate for a seat.  A multiregional unit says which of its two service desks handles it."""

    seat: SeatId
    person_id: UUID
    conditions: SentConditions
    desk_region: Region | None = None


class Term(Sent):
    """From when, and until when, the candidate is appointed."""

    since: Day
    until: Day | None = None


class Because(Sent):
    """Why."""

    reason: Reason


class Information(Sent):
    """Who was told of the appointment, and when."""

    parties: Annotated[list[Literal["unit", "group", "unit_trust", "member_trust", "member"]], Field(min_length=1)]
    on: Day


@router.get("/appointments")
async def list_appointments(
    registry: Parts,
    reader: Reading,
    paging: Annotated[Paging, Depends(paging)],
    step: Step | None = None,
    region: Annotated[Region | None, Query(description="of the service desk, or of the seat")] = None,
) -> Listed:
    """Proposals in the order they were made, without names: all for the desks and authorities, one's own units'."""
    units = None if reader.holds(*SEES_ALL) else reader.units()
    query = queries.appointments(step=step, region=region, units=units)
    page = await asyncio.to_thread(queries.page, registry.store, query, APPOINTMENTS.c.id, paging)
    return Listed(items=page.items, next=page.next)


@router.post("/units/{unit_id}/group/proposals", status_code=201)
async def propose(registry: Parts, asked: Asking, unit_id: UUID, new: Proposal, response: Response) -> Written:
    """Propose a candidate; refused with all that is missing of the seat's conditions."""
    done = await registry.groups.propose(
        asked,
        unit_id,
        uuid_utils.compat.uuid7(),
        new.seat,
        new.person_id,
        PlainConditions(**new.conditions.model_dump()),
        new.desk_region,
    )
    return written(done, response)


@router.post("/units/{unit_id}/group/proposals/{appointment_id}/appointments", status_code=201)
async def appoint(
    registry: Parts, asked: Asking, unit_id: UUID, appointment_id: UUID, term: Term, response: Response
) -> Written:
    """Appoint the candidate; the role begins with it."""
    assignment_id = uuid_utils.compat.uuid7()
    done = await registry.groups.appoint(asked, unit_id, appointment_id, assignment_id, term.since, term.until)
    return written(done, response)


@router.post("/units/{unit_id}/group/proposals/{appointment_id}/refusals", status_code=201)
async def decline(
    registry: Parts, asked: Asking, unit_id: UUID, appointment_id: UUID, because: Because, response: Response
) -> Written:
    """Decline the candidate, with a reason."""
    person_id = await asyncio.to_thread(_candidate, registry, unit_id, appointment_id)
    done = await registry.groups.decline(asked, unit_id, appointment_id, because.reason, person_id)
    return written(done, response)


@router.post("/units/{unit_id}/group/proposals/{appointment_id}/returns", status_code=201)
async def give_back(
    registry: Parts, asked: Asking, unit_id: UUID, appointment_id: UUID, because: Because, response: Response
) -> Written:
    """Send the proposal back to the unit, with a reason."""
    person_id = await asyncio.to_thread(_candidate, registry, unit_id, appointment_id)
    done = await registry.groups.give_back(asked, unit_id, appointment_id, because.reason, person_id)
    return written(done, response)


@router.post("/units/{unit_id}/group/proposals/{appointment_id}/notices", status_code=201)
async def inform(
    registry: Parts, asked: Asking, unit_id: UUID, appointment_id: UUID, told: Information, response: Response
) -> Written:
    """Record who was told of the appointment."""
    done = await registry.groups.inform(asked, unit_id, appointment_id, told.parties, told.on)
    return written(done, response)


def _candidate(registry: Registry, unit_id: UUID, appointment_id: UUID) -> UUID:
    group = state_at(registry.store, Group, Group.id_of(unit_id))
    return group.appointment(appointment_id).person_id
