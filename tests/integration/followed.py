"""A report as it is followed: the running application on a port, and a reader of its stream.

An answer without an end needs a real connection: the transport of the other tests waits for the whole of it.
"""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI

from services.reporting.application.following import Following
from tests.eventually import eventually_async
from tests.integration.draft import Draft
from tests.integration.registry import Client

LONGEST = 60.0


@dataclass
class Stream:
    """What one reader is told; ``text`` is everything that came, as it came."""

    answer: httpx.Response
    text: str = ""
    last_id: str = ""
    _lines: AsyncIterator[str] = field(init=False)

    def __post_init__(self) -> None:
        self._lines = self.answer.aiter_lines()

    async def message(self) -> dict[str, Any]:
        """The next message; the id it had is the last one from then on."""
        return await asyncio.wait_for(self._message(), LONGEST)

    async def told(self, *kinds: str) -> dict[str, Any]:
        """The next message of one of these kinds."""
        while (message := await self.message())["kind"] not in kinds:
            pass
        return message

    async def changes(self, upto: int) -> list[dict[str, Any]]:
        """The changes that are told, the last of them that of a version."""
        found: list[dict[str, Any]] = []
        while not found or found[-1]["version"] < upto:
            message = await self.message()
            if "version" in message:
                found.append(message)
        return found

    async def rest(self) -> list[dict[str, Any]]:
        """Everything until the stream ends."""
        found = []
        while True:
            try:
                found.append(await self.message())
            except StopAsyncIteration:
                return found

    async def _message(self) -> dict[str, Any]:
        said: dict[str, str] = {}
        while True:
            line = await anext(self._lines)
            self.text += line + "\n"
            name, _, value = line.partition(": ")
            if not line and "data" in said:
                self.last_id = said.get("id", self.last_id)
                found: dict[str, Any] = json.loads(said["data"])
                return found
            said |= {name: value} if name else {}


@dataclass
class Followers:
    """Those who follow reports of one running application."""

    http: httpx.AsyncClient
    following: Following

    @asynccontextmanager
    async def reading(self, draft: Draft, by: Client, *, last: object = None, **params: Any) -> AsyncIterator[Stream]:
        """Somebody follows a report; ``last`` is the last id a reader who comes back was told."""
        headers = {**by.headers, **({} if last is None else {"Last-Event-ID": str(last)})}
        async with self.http.stream("GET", f"{draft.path}/changes", params=params, headers=headers) as answer:
            assert answer.status_code == 200, await answer.aread()
            yield Stream(answer)

    async def refused(self, draft: Draft, headers: dict[str, str], **params: Any) -> tuple[int, str]:
        """How somebody who may not is answered."""
        answer = await self.http.get(f"{draft.path}/changes", params=params, headers=headers)
        return answer.status_code, answer.json()["code"]

    async def nobody_follows(self) -> None:
        """As soon as everybody is gone."""

        async def gone() -> bool:
            return self.following.tail.following == 0

        await eventually_async(gone)


def address_of(listening: socket.socket) -> str:
    """Where somebody who listens is asked."""
    return f"http://127.0.0.1:{listening.getsockname()[1]}"


@asynccontextmanager
async def followers(app: FastAPI) -> AsyncIterator[Followers]:
    """The application, whose lifespan is another's, on a port of this machine."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_level="critical"))
    serving = asyncio.create_task(server.serve([listening]))

    async def is_up() -> bool:
        return bool(server.started)

    following: Following = app.state.reporting.following
    try:
        await eventually_async(is_up)
        async with httpx.AsyncClient(base_url=address_of(listening), timeout=LONGEST) as http:
            yield Followers(http, following)
    finally:
        following.tail.end()
        server.should_exit = True
        await serving
