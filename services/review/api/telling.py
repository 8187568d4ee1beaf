"""Queries to the unit and feedback over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path
from pydantic import Field

from services.review.api.judging import Base
from services.review.api.parts import AnyText, Changed, Parts, RegionName, RegionPath, ReviewId, SomeText, changed
from shared.asked import Asking
from shared.domain import identity
from shared.inputs import Sent
from shared.problems import PROBLEMS

router = APIRouter(tags=["queries and feedback"], responses=PROBLEMS)
QueryId = Annotated[UUID, Path()]


class NewQuery(Sent):
    """A question to the unit."""

    region: RegionName
    question: SomeText = Field(examples=["Hvor mange pasienter kom fra Helse Nord?"])


class NewAnswer(Sent):
    """The unit's answer."""

    answer: SomeText


class SentFeedback(Sent):
    """What the unit will be told, in two parts, on the version last seen."""

    works_well: AnyText
    to_work_on: AnyText
    base_version: Base


class Dispatch(Sent):
    """Send the feedback as it was seen."""

    base_version: Base


@router.post("/reviews/{review_id}/queries", status_code=201)
async def ask_query(review_id: ReviewId, body: NewQuery, asked: Asking, parts: Parts) -> Changed:
    """Ask the unit something."""
    query_id = identity("query", review_id, asked.command_id)
    done = await parts.telling.ask_query(asked, review_id, query_id, body.region, body.question)
    return changed(done).model_copy(update={"query_id": query_id})


@router.post("/reviews/{review_id}/queries/{query_id}/answers", status_code=201)
async def answer_query(
    review_id: ReviewId, query_id: QueryId, body: NewAnswer, asked: Asking, parts: Parts
) -> Changed:
    """Answer a query, for the unit."""
    return changed(await parts.telling.answer_query(asked, review_id, query_id, body.answer))


@router.post("/reviews/{review_id}/queries/{query_id}/closings", status_code=201)
async def close_query(review_id: ReviewId, query_id: QueryId, asked: Asking, parts: Parts) -> Changed:
    """Be content with the answer, for the region that asked."""
    return changed(await parts.telling.close_query(asked, review_id, query_id))


@router.put("/reviews/{review_id}/regions/{region}/feedback")
async def write_feedback(
    review_id: ReviewId, region: RegionPath, body: SentFeedback, asked: Asking, parts: Parts
) -> Changed:
    """Write what the unit will be told.  When somebody was first: 409 with both, and nothing is lost."""
    done = await parts.telling.write_feedback(
        asked, review_id, region, body.works_well, body.to_work_on, body.base_version
    )
    return changed(done)


@router.post("/reviews/{review_id}/regions/{region}/feedback/dispatches", status_code=201)
async def send_feedback(
    review_id: ReviewId, region: RegionPath, body: Dispatch, asked: Asking, parts: Parts
) -> Changed:
    """Let the unit read the feedback; from then on it stands."""
    return changed(await parts.telling.send_feedback(asked, review_id, region, body.base_version))


@router.post("/reviews/{review_id}/regions/{region}/feedback/readings", status_code=201)
async def read_feedback(review_id: ReviewId, region: RegionPath, asked: Asking, parts: Parts) -> Changed:
    """The unit has read the feedback."""
    return changed(await parts.telling.read_feedback(asked, review_id, region))
