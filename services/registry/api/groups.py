"""Reference groups over HTTP."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import uuid_utils.compat
from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from services.registry.api.callers import Parts, Reader, Reading, Registry, Written, etag, written
from services.registry.api.inputs import SeatId
from services.registry.api.persons import SEES_ALL
from services.registry.application.groups import OPERATIONS
from services.registry.application.rights import allowed, target_of
from services.registry.group import Group, events
from services.registry.mandate import AppointedBy, Seat, SeatKind
from services.registry.person import Person
from services.registry.unit import Unit
from services.registry.views import lookups
from services.registry.views.cards import covered, opened
from services.registry.views.groups import appointments_shown, group_shown
from shared.asked import Asking
from shared.clock import OSLO
from shared.history import history, state_at
from shared.inputs import AsOf, AtVersion, Day, Name, Reason, Sent
from shared.problems import PROBLEMS

router = APIRouter(tags=["groups"], responses=PROBLEMS)
_OF_CANDIDATES = frozenset(kind.TOPIC for kind in (events.Proposed, events.Returned, events.Declined))
"""Who was proposed, and who was turned down, is for those who take part in it."""


class NewSeat(Sent):
    """A further seat beside those of the mandate."""

    id: SeatId
    kind: Literal[SeatKind.EXTRA, SeatKind.USER, SeatKind.NETWORK]
    name_nb: Name


class HelpWanted(Sent):
    """The seat for which the unit finds nobody."""

    seat: SeatId


class HelpGiven(Sent):
    """What the regional health authority answers; no names, a candidate is proposed as any other."""

    answer: Reason


@dataclass(frozen=True)
class Known:
    """By what is known now, was known at a moment, or stands in a version."""

    moment: datetime | None
    version: int | None

    @property
    def now(self) -> bool:
        return self.moment is None and self.version is None


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
    known_at = Known(as_of, version)
    return await asyncio.to_thread(_shown, registry, reader, group, on or reader.on, known_at)


@router.get("/units/{unit_id}/group/history")
async def get_group_history(registry: Parts, reader: Reading, unit_id: UUID) -> list[dict[str, Any]]:
    """Everything that happened in the group, oldest first."""
    return await asyncio.to_thread(_history, registry, reader, unit_id)


@router.post("/units/{unit_id}/group/seats", status_code=201)
async def add_seat(registry: Parts, asked: Asking, unit_id: UUID, new: NewSeat, response: Response) -> Written:
    """Add a seat: a municipality, another sector, a further user."""
    by = AppointedBy.UNIT_REGION
    seat = Seat(id=new.id, kind=new.kind, appointed_by=by, name_nb=new.name_nb)
    return written(await registry.groups.add_seat(asked, unit_id, seat), response)


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


def _takes_part(reader: Reader, unit_id: UUID) -> bool:
    return reader.holds(*SEES_ALL) or unit_id in reader.units()


def _shown(registry: Registry, reader: Reader, group: Group, day: date, known: Known) -> GroupShown:
    unit = state_at(registry.store, Unit, group.state.unit_id)
    target, takes_part = target_of(unit), _takes_part(reader, unit.id)
    return GroupShown(
        **group_shown(group, unit.state.regions, day, employed_in=_employed_in(registry, group, day, known)),
        appointments=appointments_shown(group, lambda s: opened(registry.vault, s)) if takes_part else None,
        allowed_operations=allowed(OPERATIONS, group, reader.roles, target, reader.on) if known.now else [],
    )


def _employed_in(registry: Registry, group: Group, day: date, known: Known) -> str | None:
    """The region of the leader's employer; unknown of a version and of days before the moment asked about."""
    leader, moment = group.state.leader(day), known.moment or registry.clock.now()
    if leader is None or known.version is not None or day < moment.astimezone(OSLO).date():
        return None
    person = state_at(registry.store, Person, leader.person_id, moment=known.moment)
    return lookups.trust_regions(registry.store).get(person.state.card.trust or "")


def _history(registry: Registry, reader: Reader, unit_id: UUID) -> list[dict[str, Any]]:
    group = state_at(registry.store, Group, Group.id_of(unit_id))
    if _takes_part(reader, unit_id):
        return history(registry.store, group.id, lambda s: opened(registry.vault, s))
    facts = history(registry.store, group.id, covered)
    return [fact for fact in facts if fact["event"] not in _OF_CANDIDATES]
