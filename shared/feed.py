"""What a service tells the others, as a list anyone entitled may read from any place on.

The same translation from our log serves the bus and the feed, so both say the same with the same positions.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Annotated, Any, Protocol

import httpx
from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, TypeAdapter, ValidationError

from shared.contracts import CloudEvent, Contract, envelope
from shared.domain import Event, Recorded
from shared.epochs.log import FIRST, Epoch, epoch_of
from shared.eventstore import EventStore
from shared.problems import PROBLEMS

JSON_LINES = "application/x-ndjson"
HEAD, EPOCH = "Feed-Head", "Feed-Epoch"
PAGE = 1_000
_END = 2**62


class Publications:
    """The part of our own log that others hear, translated by ``table``: which event is told, and how.

    What is told is decided by an event's class alone, so the positions told are the same however often and by
    whom they are read.  ``epochs`` tells where each of our epochs begins.
    """

    def __init__(
        self,
        store: EventStore,
        speaker: str,
        table: Mapping[type[Event], Callable[[Recorded], Contract]],
        epochs: Callable[[], Sequence[Epoch]] = lambda: (FIRST,),
    ) -> None:
        self.speaker = speaker
        self.epochs = epochs
        self._store = store
        self._tell = {event.TOPIC: tell for event, tell in table.items()}
        self._topics = tuple(self._tell)

    def read(self, after: int, limit: int) -> list[CloudEvent]:
        """Up to ``limit`` contracts that stand after position ``after``, each naming the one before it."""
        if not self._topics or limit < 1:
            return []
        found = self._store.log(after, limit, self._topics)
        if not found:
            return []
        previous, epochs = self.last_upto(after), self.epochs()
        told: list[CloudEvent] = []
        for position, recorded in found:
            told.append(self._envelope(position, previous, recorded, epoch_of(position, epochs)))
            previous = position
        return told

    def at(self, position: int) -> CloudEvent | None:
        """The contract at a position, or None when nothing was told there."""
        told = self.read(position - 1, 1)
        return told[0] if told and told[0].position == position else None

    def _envelope(self, position: int, previous: int, recorded: Recorded, epoch: int) -> CloudEvent:
        event = recorded.event
        return envelope(
            self._tell[event.TOPIC](recorded),
            position=position,
            previous=previous,
            subject=str(recorded.originator_id),
            time=event.at,
            traceparent=event.trace,
            epoch=epoch,
        )

    def head(self) -> int:
        """The position of the newest contract; 0 when nothing was told yet."""
        return self.last_upto(_END)

    def last_upto(self, position: int) -> int:
        """The position of the last contract that stands at or before a position; 0 when there is none."""
        return self._store.position_before(position, self._topics) if self._topics else 0

    def count(self, after: int) -> int:
        """How many contracts stand after a position."""
        return self._store.count(after, self._topics) if self._topics else 0

    def committed_after(self, position: int) -> datetime | None:
        """When the first contract behind a position came into the log; None when there is none."""
        return self._store.committed_after(position, self._topics) if self._topics else None


def _told(publications: Publications, after: int, limit: int) -> Response:
    lines = "".join(f"{event.model_dump_json(exclude_none=True)}\n" for event in publications.read(after, limit))
    headers = {HEAD: str(publications.head()), EPOCH: str(publications.epochs()[-1].number)}
    return Response(lines, media_type=JSON_LINES, headers=headers)


def feed_router(
    publications: Publications, allow: Callable[..., Any], allow_epochs: Callable[..., Any] | None = None
) -> APIRouter:
    """``GET /feed`` for whom the dependency ``allow`` lets in, ``GET /epochs`` for those or others."""
    router = APIRouter(tags=["feed"])

    @router.get(
        "/feed",
        dependencies=[Depends(allow)],
        response_class=Response,
        responses={
            **PROBLEMS,
            200: {"content": {JSON_LINES: {}}, "description": "CloudEvents, one on each line"},
        },
    )
    async def feed(
        after: Annotated[int, Query(ge=0, le=_END, description="the last position already read")] = 0,
        limit: Annotated[int, Query(ge=0, le=PAGE)] = 200,
    ) -> Response:
        """What this service has told the others, oldest first.

        The header `Feed-Head` names the position of the newest contract, `Feed-Epoch` the epoch we are in;
        `limit=0` asks for these alone.
        """
        return await asyncio.to_thread(_told, publications, after, limit)

    @router.get("/epochs", dependencies=[Depends(allow_epochs or allow)], responses=PROBLEMS)
    async def epochs() -> list[EpochShown]:
        """Where each of our epochs began: from the second on, after our store had been put back."""
        return [EpochShown(**asdict(each)) for each in await asyncio.to_thread(publications.epochs)]

    return router


class EpochShown(BaseModel):
    """An epoch and the last position before it; from the second on, who opened it when and why."""

    number: int
    after: int
    opened_at: str = ""
    reason: str = ""
    opened_by: str = ""


_EPOCHS = TypeAdapter(list[EpochShown])


@dataclass(frozen=True)
class Told:
    """What a speaker says of itself: the contract at the position asked for, its newest position, its epoch."""

    event: CloudEvent | None
    head: int
    epoch: int


class FeedFault(ConnectionError):
    """The speaker's feed does not answer, or not with what it promises."""


class Feed(Protocol):
    """Where a hearer asks for what it missed."""

    async def read(self, after: int, limit: int) -> list[CloudEvent]:
        """Up to ``limit`` contracts after a position."""
        ...

    async def at(self, position: int) -> Told:
        """What stands at a position (0 for nothing), and how far the speaker has come."""
        ...

    async def epochs(self) -> list[Epoch]:
        """Where each epoch of the speaker began."""
        ...


class FeedClient:
    """Another service's feed, read over HTTP with a token made anew for each request."""

    def __init__(self, base_url: str, token: Callable[[], str], http: httpx.AsyncClient | None = None) -> None:
        self._base = base_url.rstrip("/")
        self._url = f"{self._base}/feed"
        self._token = token
        self._http = http or httpx.AsyncClient(timeout=5.0)

    async def read(self, after: int, limit: int) -> list[CloudEvent]:
        """Up to ``limit`` contracts after position ``after``; :class:`FeedFault` when they cannot be had."""
        return self._events(await self._get(after=after, limit=min(limit, PAGE)))

    async def at(self, position: int) -> Told:
        """What stands at a position, with where the feed ends; :class:`FeedFault` when it cannot be learnt."""
        answer = await self._get(after=max(0, position - 1), limit=min(1, position))
        found = [event for event in self._events(answer) if event.position == position]
        try:
            return Told(found[0] if found else None, int(answer.headers[HEAD]), int(answer.headers[EPOCH]))
        except (KeyError, ValueError) as fault:
            raise FeedFault(f"{self._url} does not say where it ends") from fault

    async def head(self) -> int:
        """The position of the newest contract; :class:`FeedFault` when it cannot be learnt."""
        return (await self.at(0)).head

    async def epochs(self) -> list[Epoch]:
        """Where each epoch began; :class:`FeedFault` when it cannot be learnt."""
        answer = await self._ask(f"{self._base}/epochs")
        try:
            shown = _EPOCHS.validate_json(answer.content)
        except ValidationError as fault:
            raise FeedFault(f"{self._base} does not tell its epochs") from fault
        return [Epoch(**each.model_dump()) for each in shown]

    def _events(self, answer: httpx.Response) -> list[CloudEvent]:
        try:
            return [CloudEvent.model_validate_json(line) for line in answer.content.split(b"\n") if line]
        except ValidationError as fault:
            raise FeedFault(f"{self._url} is not a feed of ours") from fault

    async def _get(self, **which: int) -> httpx.Response:
        return await self._ask(self._url, which)

    async def _ask(self, url: str, params: dict[str, int] | None = None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self._token()}"}
        try:
            answer = await self._http.get(url, params=params, headers=headers)
        except httpx.HTTPError as fault:
            raise FeedFault(f"{url}: {type(fault).__name__}") from fault
        if answer.status_code != httpx.codes.OK:
            raise FeedFault(f"{url} answered {answer.status_code}")
        return answer

    async def close(self) -> None:
        await self._http.aclose()
