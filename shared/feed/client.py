"""Another service's feed: where a hearer asks for what it missed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import httpx
from pydantic import TypeAdapter, ValidationError

from shared.contracts import CloudEvent
from shared.epochs.log import Epoch
from shared.feed.routes import EPOCH, HEAD, PAGE, EpochShown

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
