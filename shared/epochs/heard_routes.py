"""For who runs the suite: what others have lost that was heard here, and up to where all agree."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from shared.callers import operator_only
from shared.contracts import CloudEvent
from shared.desk import Unavailable
from shared.domain import NotFound
from shared.epochs.routes import LostContract, shown
from shared.eventstore import EventStore
from shared.feed import Feed, FeedFault
from shared.inbox import heard_upto
from shared.inbox.agreement import last_agreed
from shared.inbox.lost import irrevocable_after, lost_of, without_effect
from shared.problems import PROBLEMS

Speaker = Annotated[str | None, Query(max_length=40, description="only what this service had said")]


class CausedEvent(BaseModel):
    """An event of this service that followed something lost; it stands."""

    position: int
    topic: str
    thing: UUID


class LostHere(BaseModel):
    """A lost contract and what this service did because of it; a ``note`` says what a person has to look at."""

    contract: LostContract
    note: str
    caused: list[CausedEvent]


class SaidInVain(BaseModel):
    """Something said since a new epoch that had no effect here, and why."""

    contract: LostContract
    note: str


class HeardAndLost(BaseModel):
    """What was heard here and lost by its speakers, and what of their new word had no effect."""

    lost: list[LostHere]
    without_effect: list[SaidInVain]


class Agreement(BaseModel):
    """How far a speaker was heard, and up to which position it still stands by that.

    ``irrevocable`` is what it told after that and nobody may take back.
    """

    epoch: int
    heard: int
    agreed: int
    irrevocable: list[CloudEvent]


class UnknownSpeaker(NotFound):
    """This service does not listen to a service of that name."""

    code = "unknown_speaker"


def heard_router(store: EventStore, feeds: Mapping[str, Feed], followers: Sequence[str]) -> APIRouter:
    """The operator's routes about what was heard; ``followers`` act here on what was heard in its turn."""
    router = APIRouter(tags=["epochs"], dependencies=[Depends(operator_only)], responses=PROBLEMS)

    @router.get("/lost")
    async def lost(speaker: Speaker = None) -> HeardAndLost:
        """What was heard here and is not known to its speaker any more, with our own events that followed it."""
        return await asyncio.to_thread(_lost, store, speaker, followers)

    @router.get("/heard/{speaker}/agreement")
    async def agreement(speaker: str) -> Agreement:
        """Up to where a speaker and what was heard of it agree, asked of the speaker now."""
        if speaker not in feeds:
            raise UnknownSpeaker(f"this service does not listen to {speaker}")
        try:
            agreed = await last_agreed(store, feeds[speaker], speaker)
        except FeedFault as fault:
            raise Unavailable(str(fault)) from fault
        epoch, upto = await asyncio.to_thread(heard_upto, store, speaker)
        kept = await asyncio.to_thread(irrevocable_after, store, speaker, agreed)
        return Agreement(epoch=epoch, heard=upto, agreed=agreed, irrevocable=kept)

    return router


def _lost(store: EventStore, speaker: str | None, followers: Sequence[str]) -> HeardAndLost:
    return HeardAndLost(
        lost=[
            LostHere(
                contract=shown(each.event),
                note=each.note,
                caused=[CausedEvent(position=c.position, topic=c.topic, thing=c.thing) for c in each.caused],
            )
            for each in lost_of(store, speaker, followers)
        ],
        without_effect=[
            SaidInVain(contract=shown(event), note=note) for event, note in without_effect(store, speaker)
        ],
    )
