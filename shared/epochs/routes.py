"""For who runs the suite: what a store that was put back has lost, and beginning a new epoch without it."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from shared.asked import Asking
from shared.callers import operator_only
from shared.contracts import CloudEvent
from shared.epochs.opening import Epochs, Wanted
from shared.inputs import Reason, Sent
from shared.problems import PROBLEMS

Position = Annotated[int, Field(ge=0, le=2**62)]
Agreed = Annotated[
    Position | None, Query(description="the last position up to which every hearer agrees, if that is less")
]
Known = Annotated[int, Query(ge=1, le=2**31, description="the newest epoch any hearer has heard of")]


class LostContract(BaseModel):
    """A contract that others heard and this service no longer knows."""

    id: str
    position: int
    type: str
    subject: str
    time: str


class ProposedEpoch(BaseModel):
    """The epoch that would be opened: all agree up to ``after``, and ``lost`` is what the stream holds beyond it."""

    number: int
    after: int
    lost: list[LostContract]


class NewEpoch(Sent):
    """An epoch to be opened, as it was proposed; ``heard`` brings what only the hearers still know."""

    after: Position
    reason: Reason
    agreed: Position | None = None
    known: int = Field(default=1, ge=1, le=2**31)
    heard: list[CloudEvent] = Field(default_factory=list, max_length=1_000)


class OpenedEpoch(BaseModel):
    """The epoch that was opened, and how many contracts were kept as lost."""

    number: int
    after: int
    lost: int


def epochs_router(epochs: Epochs) -> APIRouter:
    """The operator's routes about the epochs of a service."""
    router = APIRouter(tags=["epochs"], dependencies=[Depends(operator_only)], responses=PROBLEMS)

    @router.get("/epochs/proposal")
    async def proposal(agreed: Agreed = None, known: Known = 1) -> ProposedEpoch:
        """What a new epoch would be, and what it would leave behind; nothing is changed."""
        found = await epochs.propose(agreed, known)
        lost = [shown(event) for event in found.lost]
        return ProposedEpoch(number=found.number, after=found.after, lost=lost)

    @router.post("/epochs", status_code=201)
    async def open_epoch(asked: Asking, wanted: NewEpoch) -> OpenedEpoch:
        """Begin a new epoch; what was lost is kept as evidence, and whoever heard it is told."""
        done = await epochs.open(
            asked, Wanted(wanted.after, wanted.reason, wanted.agreed, wanted.known, tuple(wanted.heard))
        )
        return OpenedEpoch.model_validate(done.answer)

    @router.get("/lost/own")
    async def lost() -> list[dict[str, Any]]:
        """Everything this service had said and lost, by the epoch that was opened without it."""
        return await asyncio.to_thread(epochs.log.lost)

    return router


def shown(event: CloudEvent) -> LostContract:
    """A contract in a list."""
    return LostContract(
        id=event.id,
        position=event.position,
        type=event.type,
        subject=event.subject,
        time=event.time.isoformat(),
    )
