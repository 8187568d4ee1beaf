"""Follow-up points over HTTP; the open ones of a unit stand beside its next year's form."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel

from services.review.api.parts import Cursor, Limit, Parts, RegionFilter, RegionName, SomeText
from services.review.application.following_up import Point
from services.review.follow_up import Category, Level, Status
from services.review.views import queries, visibility
from shared.asked import Asking, Calling, Seen
from shared.desk import Done
from shared.domain import identity
from shared.inputs import AsOf, AtVersion, Day, Sent, Year
from shared.problems import PROBLEMS
from shared.registry_facts import held_by

router = APIRouter(tags=["follow-up"], responses=PROBLEMS)
FollowUpId = Annotated[UUID, Path()]


class NewPoint(Sent):
    """Something about a unit that must be followed up."""

    unit_id: UUID
    year: Year
    region: RegionName
    category: Category
    level: Level
    text: SomeText
    owner: UUID | None = None
    due: Day | None = None


class Plan(Sent):
    """Who sees to it, and by when."""

    owner: UUID | None
    due: Day | None


class NewClosing(Sent):
    """How it was done."""

    outcome: SomeText


class NewCarrying(Sent):
    """The year it goes to, which is the one after the year it counts in."""

    to_year: Year


class ChangedPoint(BaseModel):
    """What a change of a point came to."""

    follow_up_id: UUID
    version: int
    status: Status
    current_year: int
    position: int | None


class PointRow(BaseModel):
    """A point in a list, with its text."""

    follow_up_id: UUID
    unit_id: UUID
    unit_code: str | None
    unit_name: str | None
    year: int
    current_year: int
    region: str
    category: Category
    level: Level
    status: Status
    owner: UUID | None
    due: date | None
    version: int
    text: dict[str, Any]


class PointPage(BaseModel):
    """One page of a list; ``next`` is the cursor of the following page."""

    items: list[PointRow]
    next: str | None


@router.post("/follow-ups", status_code=201)
async def raise_point(body: NewPoint, asked: Asking, parts: Parts) -> ChangedPoint:
    """Raise a point about one of your region's units."""
    follow_up_id = identity("follow-up", asked.command_id)
    return _changed(await parts.following_up.raise_point(asked, follow_up_id, Point(**body.model_dump())))


@router.get("/follow-ups")
def points(
    caller: Calling,
    parts: Parts,
    year: Annotated[Year | None, Query(description="the year the point counts in now")] = None,
    unit_id: Annotated[UUID | None, Query()] = None,
    region: RegionFilter = None,
    category: Annotated[Category | None, Query()] = None,
    level: Annotated[Level | None, Query()] = None,
    status: Annotated[Status | None, Query()] = None,
    open: Annotated[bool | None, Query(description="leave out what is closed")] = None,  # noqa: A002  # its name on the wire
    mine: Annotated[bool, Query(description="only those the caller is to see to")] = False,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> PointPage:
    """The points the caller may read, by year and unit code."""
    held = held_by(parts.store.rows, caller)
    filters = {
        "current_year": year,
        "unit_id": str(unit_id) if unit_id else None,
        "region": region,
        "category": category.value if category else None,
        "level": level.value if level else None,
        "status": status.value if status else None,
        "open": open,
        "owner": caller.subject if mine else None,
    }
    visible = visibility.follow_ups(held, parts.today())
    found = queries.follow_ups(parts.store.rows, filters, visible, cursor, limit + 1)
    texts = parts.following_up.texts([row["follow_up_id"] for row in found[:limit]])
    more = found[limit - 1]["cursor"] if len(found) > limit else None
    items = [PointRow(**row, text=texts[row["follow_up_id"]]) for row in found[:limit]]
    return PointPage(items=items, next=more)


@router.get("/follow-ups/{follow_up_id}")
def point(
    follow_up_id: FollowUpId,
    caller: Calling,
    parts: Parts,
    response: Response,
    version: AtVersion = None,
    as_of: AsOf = None,
) -> dict[str, Any]:
    """A point as it is, as it was at a version, or as it was known at a moment."""
    shown = parts.following_up.point(caller, follow_up_id, parts.today(), version=version, moment=as_of)
    response.headers["ETag"] = f'"{shown["version"]}"'
    return shown


@router.get("/follow-ups/{follow_up_id}/history")
def point_history(follow_up_id: FollowUpId, caller: Calling, parts: Parts) -> list[dict[str, Any]]:
    """Every fact of a point, oldest first."""
    return parts.following_up.history(caller, follow_up_id, parts.today())


@router.put("/follow-ups/{follow_up_id}/plan")
async def plan(follow_up_id: FollowUpId, body: Plan, seen: Seen, asked: Asking, parts: Parts) -> ChangedPoint:
    """Say who sees to it, and by when, on the version named in ``If-Match``."""
    return _changed(await parts.following_up.plan(asked, follow_up_id, seen, body.owner, body.due))


@router.post("/follow-ups/{follow_up_id}/closings", status_code=201)
async def close(follow_up_id: FollowUpId, body: NewClosing, asked: Asking, parts: Parts) -> ChangedPoint:
    """It is done."""
    return _changed(await parts.following_up.close(asked, follow_up_id, body.outcome))


@router.post("/follow-ups/{follow_up_id}/carryings", status_code=201)
async def carry(follow_up_id: FollowUpId, body: NewCarrying, seen: Seen, asked: Asking, parts: Parts) -> ChangedPoint:
    """Let the version named in ``If-Match`` go on in the next year, where the unit sees it beside its form."""
    return _changed(await parts.following_up.carry(asked, follow_up_id, seen, body.to_year))


def _changed(done: Done) -> ChangedPoint:
    return ChangedPoint(**done.answer, position=done.position)
