"""Reviews over HTTP: the list, one review as it is or was, the submission that is judged, its history."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from services.review.api.parts import Cursor, Limit, Parts, RegionFilter, ReviewId
from services.review.review import Step
from services.review.views import queries, visibility
from shared.asked import Calling
from shared.inputs import AsOf, AtVersion, Year
from shared.problems import PROBLEMS
from shared.read_rows import split
from shared.registry_facts import held_by

router = APIRouter(tags=["reviews"], responses=PROBLEMS)


class ReviewRow(BaseModel):
    """A review in a list; ``signed_by`` are the regions whose signature counts."""

    review_id: UUID
    report_id: UUID
    unit_id: UUID
    unit_code: str | None
    unit_name: str | None
    year: int
    regions: list[str]
    step: Step
    number: int
    sha256: str
    submission_id: UUID
    signed_by: list[str]
    open_queries: int
    returns: int
    addenda: int
    completed_at: str | None
    version: int


class ReviewPage(BaseModel):
    """One page of a list; ``next`` is the cursor of the following page."""

    items: list[ReviewRow]
    next: str | None


@router.get("/reviews")
def reviews(
    caller: Calling,
    parts: Parts,
    year: Annotated[Year | None, Query()] = None,
    region: RegionFilter = None,
    step: Annotated[Step | None, Query()] = None,
    unit_id: Annotated[UUID | None, Query()] = None,
    mine: Annotated[bool, Query(description="only those the caller is to assess")] = False,
    awaits: Annotated[RegionFilter, Query(description="only those under way that this region has not signed")] = None,
    open_queries: Annotated[bool, Query(description="only those with a question nobody has answered yet")] = False,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> ReviewPage:
    """The reviews the caller may know of, by year and unit code."""
    held = held_by(parts.store.rows, caller)
    filters = {
        "year": year,
        "region": region,
        "step": step.value if step else None,
        "unit_id": str(unit_id) if unit_id else None,
        "assessor": caller.subject if mine else None,
        "awaits": awaits,
        "asked": open_queries or None,
    }
    visible = visibility.reviews(held, parts.today())
    found = queries.reviews(parts.store.rows, filters, visible, cursor, limit + 1)
    more = found[limit - 1]["cursor"] if len(found) > limit else None
    return ReviewPage(items=[_row(row) for row in found[:limit]], next=more)


@router.get("/reviews/{review_id}")
def review(
    review_id: ReviewId,
    caller: Calling,
    parts: Parts,
    response: Response,
    version: AtVersion = None,
    as_of: AsOf = None,
) -> dict[str, Any]:
    """A review as it is, as it was at a version, or as it was known at a moment; each sees what is for them."""
    shown = parts.reading.review(caller, review_id, parts.today(), version=version, moment=as_of)
    response.headers["ETag"] = f'"{shown["version"]}"'
    return shown


@router.get("/reviews/{review_id}/submission")
async def judged_submission(
    review_id: ReviewId,
    caller: Calling,
    parts: Parts,
    number: Annotated[int | None, Query(ge=1, le=10_000, description="an earlier submission")] = None,
) -> dict[str, Any]:
    """The submission that is judged, as reporting froze it and verified; 503 while reporting is away."""
    submission = await asyncio.to_thread(parts.reading.submission, caller, review_id, number, parts.today())
    return await parts.submissions.read(submission.id, submission.sha256)


@router.get("/reviews/{review_id}/history")
def review_history(review_id: ReviewId, caller: Calling, parts: Parts) -> list[dict[str, Any]]:
    """Every fact of a review, oldest first: who, in which role, when, what, and which request caused it."""
    return parts.reading.history(caller, review_id, parts.today())


def _row(row: dict[str, Any]) -> ReviewRow:
    return ReviewRow(**{**row, **{name: split(row[name]) for name in ("regions", "signed_by")}})
