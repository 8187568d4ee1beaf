"""Units over HTTP."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, Field

from services.registry.api.callers import Listed, Parts, Reader, Reading, Registry, Written, etag, written
from services.registry.api.inputs import Classification, Code, SentDecision, Text, paging
from services.registry.application.rights import allowed, target_of
from services.registry.application.units import OPERATIONS, Described
from services.registry.placement import Kind, Region
from services.registry.unit import Function, Phase, Registration, Relation, Unit, WebsiteItem, WebsiteStatus
from services.registry.views import queries
from services.registry.views.cards import covered
from services.registry.views.queries import Paging
from services.registry.views.tables import UNITS
from services.registry.views.units import row_shown, unit_shown
from shared.asked import Asking, Seen
from shared.history import history, state_at
from shared.inputs import AsOf, AtVersion, Day, Name, Reason, Sent, Year
from shared.problems import PROBLEMS

router = APIRouter(tags=["units"], responses=PROBLEMS)


class NewUnit(Sent):
    """A unit to be registered, placed at trusts of the register."""

    code: Code
    kind: Kind
    name_nb: Name
    name_en: Name | None = None
    trusts: Annotated[list[Code], Field(min_length=1, max_length=4)]
    function: Function | None = None
    active_from: Day
    approved_on: Day | None = None
    term_ends: Day | None = None
    note: Reason | None = None


class NewName(Sent):
    """A new name, and the decision behind it."""

    name_nb: Name
    name_en: Name | None = None
    decision: SentDecision


class NewDescription(Sent):
    """An approved description.

    ``historic``: an old decision is recorded, whoever took it, that counted before the newest known description; or,
    when none is known, before the unit was registered here.
    """

    text_nb: Text
    text_en: Text | None = None
    icd10: Annotated[list[Classification], Field(max_length=200, default_factory=list)]
    procedures: Annotated[list[Classification], Field(max_length=200, default_factory=list)]
    decision: SentDecision
    historic: bool = False


class NewPhase(Sent):
    """The phase of a competence service in a report year."""

    year: Year
    phase: Phase
    reason: Reason


class WebsiteCheck(Sent):
    """What was found on the website."""

    on: Day
    items: Annotated[dict[WebsiteItem, WebsiteStatus], Field(min_length=1, max_length=9)]


class NewLink(Sent):
    """The unit came from an older one."""

    older_id: UUID
    relation: Relation
    on: Day


class Ending(Sent):
    """The last day, and why."""

    on: Day
    reason: Reason


class UnitShown(BaseModel):
    """A unit with everything known of it."""

    unit_id: UUID
    version: int
    code: str
    kind: str
    name_nb: str
    name_en: str | None
    regions: list[str]
    trusts: list[str]
    function: str | None
    active_from: str
    approved_on: str | None
    term_ends: str | None
    note: str | None
    former_names: list[dict[str, Any]]
    description: dict[str, Any] | None
    descriptions: list[dict[str, Any]]
    phases: dict[str, Any]
    website: dict[str, Any]
    older: list[dict[str, Any]]
    younger: list[dict[str, Any]]
    ended_on: str | None
    ended_because: str | None
    warnings: list[str]
    allowed_operations: list[str]


@router.post("/units", status_code=201)
async def register_unit(registry: Parts, asked: Asking, new: NewUnit, response: Response) -> Written:
    """Register a unit; where its kind has a group, its seats are established with it."""
    fields = new.model_dump(exclude={"trusts"})
    done = await registry.units.register(asked, Registration(places=(), **fields), new.trusts)
    return written(done, response)


@router.get("/units")
async def list_units(
    registry: Parts,
    reader: Reading,
    paging: Annotated[Paging, Depends(paging)],
    kind: Kind | None = None,
    region: Region | None = None,
    status: Annotated[Literal["active", "ended"] | None, Query(description="today")] = None,
) -> Listed:
    """Units, by code."""
    query = queries.units(kind=kind, region=region, status=status, today=reader.on)
    page = await asyncio.to_thread(queries.page, registry.store, query, UNITS.c.code, paging)
    return Listed(items=[row_shown(row) for row in page.items], next=page.next)


@router.get("/units/{unit_id}")
async def get_unit(
    registry: Parts,
    reader: Reading,
    unit_id: UUID,
    response: Response,
    as_of: AsOf = None,
    version: AtVersion = None,
) -> UnitShown:
    """A unit as it is, as it was at a version, or as it was known at a moment."""
    unit = await asyncio.to_thread(state_at, registry.store, Unit, unit_id, version=version, moment=as_of)
    response.headers["ETag"] = etag(unit.version)
    past = as_of is not None or version is not None
    return UnitShown(**unit_shown(unit, reader.on), allowed_operations=[] if past else _allowed(unit, reader))


@router.get("/units/{unit_id}/history")
async def get_unit_history(registry: Parts, reader: Reading, unit_id: UUID) -> list[dict[str, Any]]:
    """Everything that happened to the unit, oldest first."""
    return await asyncio.to_thread(_history, registry, unit_id)


@router.post("/units/{unit_id}/names", status_code=201)
async def rename_unit(
    registry: Parts, asked: Asking, seen: Seen, unit_id: UUID, new: NewName, response: Response
) -> Written:
    """Record the right authority's decision on another name."""
    decision = new.decision.decision()
    done = await registry.units.rename(asked, unit_id, seen, new.name_nb, new.name_en, decision)
    return written(done, response)


@router.post("/units/{unit_id}/descriptions", status_code=201)
async def approve_description(
    registry: Parts, asked: Asking, seen: Seen, unit_id: UUID, new: NewDescription, response: Response
) -> Written:
    """Record the right authority's decision on what the unit is and does."""
    described = Described(new.text_nb, new.text_en, new.icd10, new.procedures, new.decision.decision(), new.historic)
    return written(await registry.units.approve_description(asked, unit_id, seen, described), response)


@router.post("/units/{unit_id}/phases", status_code=201)
async def set_phase(
    registry: Parts, asked: Asking, seen: Seen, unit_id: UUID, new: NewPhase, response: Response
) -> Written:
    """Set the phase of a competence service in a report year."""
    done = await registry.units.set_phase(asked, unit_id, seen, new.year, new.phase, new.reason)
    return written(done, response)


@router.post("/units/{unit_id}/website-checks", status_code=201)
async def check_website(
    registry: Parts, asked: Asking, seen: Seen, unit_id: UUID, check: WebsiteCheck, response: Response
) -> Written:
    """Record what was found on the unit's website."""
    return written(await registry.units.check_website(asked, unit_id, seen, check.items, check.on), response)


@router.post("/units/{unit_id}/links", status_code=201)
async def link_unit(
    registry: Parts, asked: Asking, seen: Seen, unit_id: UUID, new: NewLink, response: Response
) -> Written:
    """Record which older unit this one came from."""
    done = await registry.units.link(asked, unit_id, seen, new.older_id, new.relation, new.on)
    return written(done, response)


@router.post("/units/{unit_id}/endings", status_code=201)
async def end_unit(
    registry: Parts, asked: Asking, seen: Seen, unit_id: UUID, ending: Ending, response: Response
) -> Written:
    """Record the unit's last day."""
    return written(await registry.units.end(asked, unit_id, seen, ending.on, ending.reason), response)


def _allowed(unit: Unit, reader: Reader) -> list[str]:
    return allowed(OPERATIONS, unit, reader.roles, target_of(unit), reader.on)


def _history(registry: Registry, unit_id: UUID) -> list[dict[str, Any]]:
    state_at(registry.store, Unit, unit_id)
    return history(registry.store, unit_id, covered)
