"""What a service tells the others, as a list anyone entitled may read from any place on.

The same translation from our log serves the bus and the feed, so both say the same with the same positions.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any, Protocol

import httpx
from fastapi import APIRouter, Depends, Query, Response
from pydantic import ValidationError

from shared.contracts import CloudEvent, Contract, envelope
from shared.domain import Event, Recorded
from shared.eventstore import EventStore
from shared.problems import PROBLEMS

JSON_LINES = "application/x-ndjson"
HEAD = "Feed-Head"
PAGE = 1_000
_END = 2**62


class Publications:
    """The part of our own log that others hear, translated by ``table``: which event is told, and how.

    What is told is decided by an event's class alone, so the positions told are the same however often and by
    whom they are read.
    """

    def __init__(
        self, store: EventStore, speaker: str, table: Mapping[type[Event], Callable[[Recorded], Contract]]
    ) -> None:
        self.speaker = speaker
        self._store = store
        self._tell = {event.TOPIC: tell for event, tell in table.items()}
        self._topics = tuple(self._tell)

    def read(self, after: int, limit: int) -> list[CloudEvent]:
        """Up to ``limit`` contracts that stand after position ``after``, each naming the one before it."""
        if not self._topics or limit < 1:
            return []
        previous = self._store.position_before(after, self._topics)
        told: list[CloudEvent] = []
        for position, recorded in self._store.log(after, limit, self._topics):
            told.append(self._envelope(position, previous, recorded))
            previous = position
        return told

    def _envelope(self, position: int, previous: int, recorded: Recorded) -> CloudEvent:
        event = recorded.event
        return envelope(
            self._tell[event.TOPIC](recorded),
            position=position,
            previous=previous,
            subject=str(recorded.originator_id),
            time=event.at,
            traceparent=event.trace,
        )

    def head(self) -> int:
        """The position of the newest contract; 0 when nothing was told yet."""
        return self._store.position_before(_END, self._topics) if self._topics else 0

    def count(self, after: int) -> int:
        """How many contracts stand after a position."""
        return self._store.count(after, self._topics) if self._topics else 0

    def committed_after(self, position: int) -> datetime | None:
        """When the first contract behind a position came into the log; None when there is none."""
        return self._store.committed_after(position, self._topics) if self._topics else None


def feed_router(publications: Publications, allow: Callable[..., Any]) -> APIRouter:
    """``GET /feed`` for whom the dependency ``allow`` lets in."""
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

        The header `Feed-Head` names the position of the newest contract; `limit=0` asks for that alone.
        """
        told = await asyncio.to_thread(publications.read, after, limit)
        head = await asyncio.to_thread(publications.head)
        lines = "".join(f"{event.model_dump_json(exclude_none=True)}\n" for event in told)
        return Response(lines, media_type=JSON_LINES, headers={HEAD: str(head)})

    return router


class FeedFault(ConnectionError):
    """The speaker's feed does not answer, or not with what it promises."""


class Feed(Protocol):
    """Where a hearer asks for what it missed."""

    async def read(self, after: int, limit: int) -> list[CloudEvent]:
        """Up to ``limit`` contracts after a position."""
        ...

    async def head(self) -> int:
        """The position of the newest contract."""
        ...


class FeedClient:
    """Another service's feed, read over HTTP with a token made anew for each request."""

    def __init__(self, base_url: str, token: Callable[[], str], http: httpx.AsyncClient | None = None) -> None:
        self._url = f"{base_url.rstrip('/')}/feed"
        self._token = token
        self._http = http or httpx.AsyncClient(timeout=5.0)

    async def read(self, after: int, limit: int) -> list[CloudEvent]:
        """Up to ``limit`` contracts after position ``after``; :class:`FeedFault` when they cannot be had."""
        answer = await self._get(after, limit)
        try:
            return [CloudEvent.model_validate_json(line) for line in answer.content.split(b"\n") if line]
        except ValidationError as fault:
            raise FeedFault(f"{self._url} is not a feed of ours") from fault

    async def head(self) -> int:
        """The position of the newest contract; :class:`FeedFault` when it cannot be learnt."""
        answer = await self._get(0, 0)
        try:
            return int(answer.headers[HEAD])
        except (KeyError, ValueError) as fault:
            raise FeedFault(f"{self._url} does not say where it ends") from fault

    async def _get(self, after: int, limit: int) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self._token()}"}
        try:
            answer = await self._http.get(
                self._url, params={"after": after, "limit": min(limit, PAGE)}, headers=headers
            )
        except httpx.HTTPError as fault:
            raise FeedFault(f"{self._url}: {type(fault).__name__}") from fault
        if answer.status_code != httpx.codes.OK:
            raise FeedFault(f"{self._url} answered {answer.status_code}")
        return answer

    async def close(self) -> None:
        await self._http.aclose()
