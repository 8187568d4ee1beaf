"""Having a report open over HTTP: what changes in it as server-sent events, and who else is there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Header, Path, Query
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel, Field, StringConstraints

from services.reporting.api.parts import Parts
from services.reporting.application.presence import KEPT
from shared.asked import Calling
from shared.inputs import Sent
from shared.problems import PROBLEMS

router = APIRouter(tags=["following"], responses=PROBLEMS)
ReportId = Annotated[UUID, Path()]
Version = Annotated[int | None, Query(ge=0, le=2**31 - 1, description="the report version the reader has")]
LastSeen = Annotated[int | None, Header(ge=0, le=2**31 - 1, description="the report version that was told last")]
COME_AGAIN = 3_000
"""Milliseconds after which a reader whose stream ended comes again."""


class SentPresence(Sent):
    """Where in a report somebody is, in one tab of a browser."""

    tab: UUID
    place: Annotated[str, StringConstraints(min_length=1, max_length=40, pattern="^[a-z_]+$")]
    question_id: Annotated[str, StringConstraints(max_length=100, pattern=r"^[a-z_.]+$")] | None = None


class People(BaseModel):
    """Who has the report open; say again before ``expires_in`` seconds are over."""

    people: list[dict[str, Any]]
    expires_in: int = Field(examples=[40])


@dataclass(frozen=True)
class Followed:
    """A report that its reader began to follow, after a version."""

    seen: int
    woken: asyncio.Event


async def followed(
    report_id: ReportId, caller: Calling, parts: Parts, after: Version = None, last_event_id: LastSeen = None
) -> AsyncIterator[Followed]:
    """Begins to follow before the answer begins, so that a refusal is one; ends when the reader is gone."""
    version = await asyncio.to_thread(parts.following.version, caller, report_id)
    known = [seen for seen in (last_event_id, after) if seen is not None]
    with parts.following.tail.follow(report_id) as woken:
        yield Followed(known[0] if known else version, woken)


@router.get("/reports/{report_id}/changes", response_class=EventSourceResponse)
async def changes(
    report_id: ReportId, caller: Calling, parts: Parts, follow: Annotated[Followed, Depends(followed)]
) -> AsyncIterator[ServerSentEvent]:
    """What changes in the report from now on, or after a version, and who else has it open; never a text.

    Each event is JSON with its ``kind``; its id is the report version.  It ends by itself after ten minutes: a token
    says who asks when it begins, and rights are looked at again at each change and every half minute.
    """
    yield ServerSentEvent(retry=COME_AGAIN)
    async for message in parts.following.messages(caller, report_id, follow.seen, follow.woken):
        version = None if message.version is None else str(message.version)
        yield ServerSentEvent(raw_data=msgspec.json.encode(message.data).decode(), id=version)


@router.put("/reports/{report_id}/presence")
async def say_present(report_id: ReportId, body: SentPresence, caller: Calling, parts: Parts) -> People:
    """Say that one has the report open, and where: kept for a moment, by this process, not recorded."""
    people = await parts.following.say(caller, report_id, body.tab, body.place, body.question_id)
    return People(people=people, expires_in=int(KEPT.total_seconds()))


@router.delete("/reports/{report_id}/presence")
async def leave(report_id: ReportId, tab: Annotated[UUID, Query()], caller: Calling, parts: Parts) -> People:
    """Say that a tab is closed."""
    people = await parts.following.leave(caller, report_id, tab)
    return People(people=people, expires_in=int(KEPT.total_seconds()))
