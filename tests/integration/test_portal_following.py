"""The stream of changes to a page that is open: it ends rather than break or grow, and the page loses nothing."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from fastapi import Request
from fastapi.responses import StreamingResponse

from services.portal.pages.report import changes
from services.portal.sessions import COOKIE
from services.portal.visit import Visit
from tests.integration.portal import Service, portal
from tests.stores import sqlite_databases
from tests.tokens import Tokens

pytestmark = [pytest.mark.integration, pytest.mark.anyio]
KARI, REPORT = uuid4(), uuid4()
PATIENCE = 60


@dataclass
class Reporting(httpx.AsyncBaseTransport):
    """Tells of ``changes`` at once, after the one its reader had last, and then of no more."""

    changes: int
    left: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when its reader has left."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        seen = int(request.headers.get("last-event-id", "0"))
        return httpx.Response(200, stream=Told(range(seen + 1, seen + 1 + self.changes), self.left))


@dataclass
class Told(httpx.AsyncByteStream):
    """A stream of changes that goes on until its reader leaves."""

    versions: range
    left: asyncio.Event

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for version in self.versions:
            yield b'id: %d\ndata: {"kind": "extended"}\n\n' % version
            await asyncio.sleep(0)
        await self.left.wait()

    async def aclose(self) -> None:
        self.left.set()


@pytest.fixture
async def service(tmp_path: Path, tokens: Tokens) -> AsyncIterator[Service]:
    async with portal(sqlite_databases(tmp_path), tokens) as made:
        yield made


async def _followed(service: Service, reporting: Reporting, last: str = "") -> AsyncGenerator[str, None]:
    """What a page of somebody who is logged in is told."""
    connection = service.portal.connections.open["reporting"]
    connection.http = httpx.AsyncClient(transport=reporting, base_url="http://reporting")
    cookie, session = service.portal.sessions.begin(KARI, "Kari Eksempel")
    headers = [(b"cookie", f"{COOKIE}={cookie}".encode())]
    asked = Request({"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": headers})
    visit = Visit(service.portal, asked, "nb", session)
    answer = await changes.changes(visit, REPORT, here="om", after=None, last_event_id=last)
    assert isinstance(answer, StreamingResponse)
    async for said in answer.body_iterator:
        yield str(said)


def _ids(said: list[str]) -> list[int]:
    return [int(id) for id in re.findall(r"^id: (\d+)$", "".join(said), re.MULTILINE)]


async def test_a_reader_who_is_slow_comes_again_and_misses_nothing(service: Service) -> None:
    reporting = Reporting(5 * changes.WAITING)
    reading = _followed(service, reporting)
    async with asyncio.timeout(PATIENCE):
        said = [await anext(reading), await anext(reading)]
        await reporting.left.wait()
        said += [each async for each in reading]
        first = _ids(said)
        assert first == list(range(1, len(first) + 1))
        assert changes.OVER not in said
        again = _followed(service, Reporting(1), str(first[-1]))
        assert _ids([await anext(again), await anext(again)]) == [first[-1] + 1]
        await again.aclose()


async def test_what_happened_while_a_reader_was_away_is_told_at_once(service: Service) -> None:
    reading = _followed(service, Reporting(200))
    async with asyncio.timeout(PATIENCE):
        assert _ids([await anext(reading) for _ in range(201)]) == list(range(1, 201))
    await reading.aclose()


async def test_a_stream_ends_where_nobody_can_say_who_listens(service: Service) -> None:
    reporting = Reporting(2)
    reading = _followed(service, reporting)
    async with asyncio.timeout(PATIENCE):
        said = [await anext(reading), await anext(reading)]
        with service.portal.database.begin() as connection:
            connection.exec_driver_sql("DROP TABLE sessions")
        assert _ids(said) == [1]
        assert [each async for each in reading] == []
        await reporting.left.wait()
    service.portal.sessions.prepare()


async def test_a_stream_is_over_with_its_session(service: Service) -> None:
    reading = _followed(service, Reporting(2))
    async with asyncio.timeout(PATIENCE):
        assert _ids([await anext(reading), await anext(reading)]) == [1]
        service.portal.sessions.end_all_of(KARI)
        assert [each async for each in reading] == [changes.OVER]
