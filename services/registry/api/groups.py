"""Reference groups over HTTP."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

import uuid_utils.compat
from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, Field

from services.registry.api.callers import Listed, Parts, Reader, Reading, Registry, Written, etag, written
from services.registry.api.inputs import SeatId, paging
from services.registry.api.persons import SEES_ALL
from services.registry.application.groups import OPERATIONS, PlainConditions
from services.registry.application.rights import allowed, target_of
from services.registry.group import Group, Step
from services.registry.mandate import AppointedBy, Seat, SeatKind
from services.registry.placement import Region
from services.registry.unit import Unit
from services.registry.views import queries
from services.registry.views.cards import covered, opened
from services.registry.views.groups import appointments_shown, group_shown
from services.registry.views.queries import Paging
from services.registry.views.tables import APPOINTMENTS
from shared.asked import Asking
from shared.history import history, state_at
from shared.inputs import AsOf, AtVersion, Day, Name, Reason, Sent
from shared.problems import PROBLEMS

router = APIRouter(tags=["groups"], responses=PROBLEMS)


class NewSeat(Sent):
    """A further seat beside those of the mandate."""

    id: SeatId
    kind: Literal[SeatKind.EXTRA, SeatKind.USER, SeatKind.NETWORK]
    name_nb: Name


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


class HelpWanted(Sent):
    """The seat for which the unit finds nobody."""

    seat: SeatId


class HelpGiven(Sent):
    """What the regional health authority answers; no names, a candidate is proposed as any other."""

    answer: Reason


class GroupShown(BaseModel):
    """A group on a day; ``appointments`` is None for those who have no part in them."""

    unit_id: UUID
    version: int
    on: date
    mandate: dict[str, Any]
    seats: list[dict[str, Any]]
    leader: dict[str, Any] | None
    vacant: list[str]
    warnings: list[str]
    help_requests: list[dict[str, Any]]
    appointments: list[dict[str, Any]] | None
    allowed_operations: list[str]


@router.get("/units/{unit_id}/group")
async def get_group(
    registry: Parts,
    reader: Reading,
    unit_id: UUID,
    response: Response,
    on: Annotated[Day | None, Query(description="who sat there on this day")] = None,
    as_of: AsOf = None,
    version: AtVersion = None,
) -> GroupShown:
    """Who sits in the group on a day, by what is known now or was known at a moment."""
    group = await asyncio.to_thread(
        state_at, registry.store, Group, Group.id_of(unit_id), version=version, moment=as_of
    )
    response.headers["ETag"] = etag(group.version)
    past = as_of is not None or version is not None
    return await asyncio.to_thread(_shown, registry, reader, group, on or reader.on, past)


@router.get("/units/{unit_id}/group/history")
async def get_group_history(registry: Parts, reader: Reading, unit_id: UUID) -> list[dict[str, Any]]:
    """Everything that happened in the group, oldest first."""
    return await asyncio.to_thread(_history, registry, reader, unit_id)


@router.get("/appointments")
async def list_appointments(
    registry: Parts,
    reader: Reading,
    paging: Annotated[Paging, Depends(paging)],
    step: Step | None = None,
    region: Annotated[Region | None, Query(description="of the service desk, or of the seat")] = None,
) -> Listed:
    """Proposals in the order they were made, without names."""
    query = queries.appointments(step=step, region=region)
    page = await asyncio.to_thread(queries.page, registry.store, query, APPOINTMENTS.c.id, paging)
    return Listed(items=page.items, next=page.next)


@router.post("/units/{unit_id}/group/seats", status_code=201)
async def add_seat(registry: Parts, asked: Asking, unit_id: UUID, new: NewSeat, response: Response) -> Written:
    """Add a seat: a municipality, another sector, a further user."""
    by = AppointedBy.UNIT_REGION
    seat = Seat(id=new.id, kind=new.kind, appointed_by=by, name_nb=new.name_nb)
    return written(await registry.groups.add_seat(asked, unit_id, seat), response)


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


@router.post("/units/{unit_id}/group/help-requests", status_code=201)
async def ask_help(registry: Parts, asked: Asking, unit_id: UUID, wanted: HelpWanted, response: Response) -> Written:
    """Ask the regional health authority for help to find somebody for a seat."""
    done = await registry.groups.ask_help(asked, unit_id, uuid_utils.compat.uuid7(), wanted.seat)
    return written(done, response)


@router.post("/units/{unit_id}/group/help-requests/{request_id}/answers", status_code=201)
async def answer_help(
    registry: Parts, asked: Asking, unit_id: UUID, request_id: UUID, given: HelpGiven, response: Response
) -> Written:
    """Answer a request for help."""
    return written(await registry.groups.answer_help(asked, unit_id, request_id, given.answer), response)


def _candidate(registry: Registry, unit_id: UUID, appointment_id: UUID) -> UUID:
    group = state_at(registry.store, Group, Group.id_of(unit_id))
    return group.appointment(appointment_id).person_id


def _takes_part(reader: Reader, unit_id: UUID) -> bool:
    return reader.holds(*SEES_ALL) or unit_id in reader.units()


def _shown(registry: Registry, reader: Reader, group: Group, day: date, past: bool) -> GroupShown:
    unit = state_at(registry.store, Unit, group.state.unit_id)
    target, takes_part = target_of(unit), _takes_part(reader, unit.id)
    return GroupShown(
        **group_shown(group, unit.state.regions, day),
        appointments=appointments_shown(group, lambda s: opened(registry.vault, s)) if takes_part else None,
        allowed_operations=[] if past else allowed(OPERATIONS, group, reader.roles, target, reader.on),
    )


def _history(registry: Registry, reader: Reader, unit_id: UUID) -> list[dict[str, Any]]:
    group = state_at(registry.store, Group, Group.id_of(unit_id))
    seen = _takes_part(reader, unit_id)
    return history(registry.store, group.id, (lambda s: opened(registry.vault, s)) if seen else covered)
