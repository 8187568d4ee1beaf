"""For who runs the suite: which contracts wait because they could not be taken in, and taking them in again."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from shared.asked import Asked, Asking
from shared.callers import operator_only
from shared.desk import Desk
from shared.domain import NotFound
from shared.inbox import Inbox
from shared.inbox.lists import Attempt, ParkedContract, attempts, waiting
from shared.inbox.parked import Released
from shared.inputs import ANYTHING, Name, Sent
from shared.problems import PROBLEMS

Speaker = Annotated[str | None, Query(max_length=300, pattern=ANYTHING, description="said by this service only")]
Subject = Annotated[str | None, Query(max_length=300, pattern=ANYTHING, description="about this thing only")]
Cursor = Annotated[str | None, Query(pattern=r"^\d{1,18}$", description="`next` of the page before")]
Limit = Annotated[int, Query(ge=1, le=200)]


class ParkedPage(BaseModel):
    """One page of what is parked; ``next`` is the cursor of the following page."""

    items: list[ParkedContract]
    next: str | None


class AttemptPage(BaseModel):
    """One page of what was released; ``next`` is the cursor of the following page."""

    items: list[Attempt]
    next: str | None


class Release(Sent):
    """What is to be taken in again: what is parked of one thing, or all that a speaker said."""

    speaker: Name
    subject: Name | None = None


class BrokenAgain(BaseModel):
    """A contract that broke again; it and what follows it of the same thing stay parked."""

    subject: str
    position: int
    error: str


class ReleaseDone(BaseModel):
    """What came of a release: how many contracts were handled, and what broke again."""

    handled: int
    broken: list[BrokenAgain]


class Parking:
    """What a service has parked of each speaker it hears."""

    def __init__(self, desk: Desk, inboxes: Mapping[str, Inbox]) -> None:
        self.store = desk.store
        self._desk, self._inboxes = desk, inboxes

    async def release(self, asked: Asked, speaker: str, subject: str | None) -> dict[str, Any]:
        """Take in again what waits; the same request sent again once it was answered is answered the same.

        Broken off before that, a repetition takes in what still waits and tells of that alone; where nothing does,
        it is told so.  What was taken in before is in the list of releases.
        """
        if before := await asyncio.to_thread(self._desk.done_before, asked.command_id, asked.digest):
            return before.answer
        waits = await asyncio.to_thread(waiting, self.store, speaker, subject, 0, 1)
        inbox = self._inboxes.get(speaker)
        if not waits or inbox is None:
            raise NotFound(f"nothing is parked of {subject or 'anything'} that {speaker} said")
        done = await inbox.release(asked.caller.subject, subject)
        return (await self._desk.do(asked.command(lambda unit: _answer(done)))).answer


def parking_router(parking: Parking) -> APIRouter:
    """The operator's routes about what a service could not take in."""
    router = APIRouter(tags=["parked"], dependencies=[Depends(operator_only)], responses=PROBLEMS)

    @router.get("/parked")
    async def parked(
        speaker: Speaker = None, subject: Subject = None, cursor: Cursor = None, limit: Limit = 50
    ) -> ParkedPage:
        """What could not be taken in and waits, longest first."""
        found = await asyncio.to_thread(waiting, parking.store, speaker, subject, int(cursor or 0), limit + 1)
        items = [each for _, each in found[:limit]]
        return ParkedPage(items=items, next=str(found[limit - 1][0]) if len(found) > limit else None)

    @router.get("/parked/releases")
    async def releases(
        speaker: Speaker = None, subject: Subject = None, cursor: Cursor = None, limit: Limit = 50
    ) -> AttemptPage:
        """Who had what taken in again, when, and what came of it; oldest first."""
        found = await asyncio.to_thread(attempts, parking.store, speaker, subject, int(cursor or 0), limit + 1)
        items = [each for _, each in found[:limit]]
        return AttemptPage(items=items, next=str(found[limit - 1][0]) if len(found) > limit else None)

    @router.post("/parked/releases")
    async def release(asked: Asking, wanted: Release) -> ReleaseDone:
        """Take in again, in order, what is parked of one thing, or all that a speaker said.

        What breaks again stays parked with what follows it, and the answer names it; other things go on.
        """
        return ReleaseDone.model_validate(await parking.release(asked, wanted.speaker, wanted.subject))

    return router


def _answer(done: Released) -> dict[str, Any]:
    """What is kept of a release: counts, positions and kinds of fault."""
    return asdict(done)
