"""What happens in a report while it is open: told in the reader's own language, and who else is there."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

import httpx
import structlog
from fastapi import APIRouter, Form, Header, Query
from fastapi.responses import Response, StreamingResponse

from services.portal.clients import Away, Problem
from services.portal.database import DatabaseAway
from services.portal.pages.report.happenings import Happenings
from services.portal.sessions import COOKIE
from services.portal.visit import Visit, Visiting

router = APIRouter()
log = structlog.get_logger()
STREAM = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
BEGUN = ": begun\n\n"
PATIENCE = 5.0
"""Seconds a page waits before it asks again where reporting is away: many pages would ask at once."""
WAITING = 1_000
"""Lines that may wait for a slow reader: more than reporting says at once to who comes back after a while."""
OVER = "event: over\ndata: \n\n"
"""Tells the page to ask no more: the session ended, or the report is not the reader's to follow any longer."""


@router.get("/reports/{report_id}/endringer")
async def changes(
    visit: Visiting,
    report_id: UUID,
    here: Annotated[str, Query(max_length=40, pattern="^[a-z]+$")] = "om",
    after: Annotated[int | None, Query(ge=0, le=2**31 - 1)] = None,
    last_event_id: Annotated[str, Header(max_length=20, pattern="^[0-9]*$")] = "",
) -> Response:
    """The changes since the page was made, and those to come, as pieces of it."""
    told = Happenings(visit, str(report_id), here)
    stream = _stream(visit, report_id, told, last_event_id, None if last_event_id else after)
    return StreamingResponse(stream, media_type="text/event-stream", headers=STREAM)


@router.post("/reports/{report_id}/tilstede")
async def present(
    visit: Visiting,
    report_id: UUID,
    tab: Annotated[UUID, Form()],
    here: Annotated[str, Form(max_length=40, pattern="^[a-z]+$")],
    question: Annotated[str, Form(max_length=100)] = "",
    gone: Annotated[bool, Form()] = False,
) -> Response:
    """Somebody is here, or leaves; others see it on their own pages."""
    path = f"/reports/{report_id}/presence"
    try:
        if gone:
            await visit.services.reporting.send("DELETE", f"{path}?tab={tab}")
        else:
            body = {"tab": str(tab), "place": here, "question_id": question or None}
            await visit.services.reporting.send("PUT", path, body)
    except (Away, Problem):
        pass  # that somebody is there is said again in a while, and is never worth a fault
    return Response(status_code=204)


async def _stream(
    visit: Visit, report_id: UUID, told: Happenings, last_event_id: str, after: int | None
) -> AsyncIterator[str]:
    yield BEGUN
    heard: asyncio.Queue[str | None] = asyncio.Queue()
    listening = asyncio.create_task(_listen(visit, report_id, last_event_id, after, heard))
    try:
        async for event_id, data in _events(_until(visit.portal.ending, heard)):
            if not await _is_here(visit) or (data and data.get("reason") == "not_allowed"):
                yield OVER
                return
            yield ": ping\n\n" if data is None else _message(event_id, told.fragment(data))
        if listening.done() and not listening.result():
            yield OVER
    except DatabaseAway as fault:
        log.warning("stream_ended", fault=str(fault))  # the page comes again, and finds out who it is for
    finally:
        listening.cancel()


async def _listen(
    visit: Visit, report_id: UUID, last_event_id: str, after: int | None, heard: asyncio.Queue[str | None]
) -> bool:
    """Put what reporting says into ``heard``, at last None; False where there is nothing to come back for.

    A task of its own: a reader who leaves must not break off a read that somebody else's request comes after.  It
    does not wait for one who is slow: who has taken in what waits comes again, and goes on from there.
    """
    path = f"/reports/{report_id}/changes"
    try:
        async with visit.services.reporting.stream(path, last_event_id=last_event_id, after=after) as upstream:
            async for line in upstream.aiter_lines():
                if heard.qsize() >= WAITING:
                    return True
                heard.put_nowait(line)
    except Problem as problem:
        return problem.status not in (401, 403, 404)
    except (Away, httpx.HTTPError):
        await asyncio.sleep(PATIENCE)
    finally:
        heard.put_nowait(None)
    return True


async def _until(ending: asyncio.Event, heard: asyncio.Queue[str | None]) -> AsyncIterator[str]:
    """The lines that come before the process is asked to end: it waits for all its answers."""
    over = asyncio.ensure_future(ending.wait())
    try:
        while not over.done():
            line = asyncio.ensure_future(heard.get())
            try:
                await asyncio.wait((line, over), return_when=asyncio.FIRST_COMPLETED)
                found = line.result() if line.done() else None
            finally:
                line.cancel()
            if found is None:
                return
            yield found
    finally:
        over.cancel()


async def _events(lines: AsyncIterator[str]) -> AsyncIterator[tuple[str, dict[str, Any] | None]]:
    """Each message with its id, and None for the sign that the stream is still there."""
    event_id, data = "", ""
    async for line in lines:
        if line.startswith(":"):
            yield "", None
        elif line.startswith("id:"):
            event_id = line[3:].strip()
        elif line.startswith("data:"):
            data += line[5:].strip()
        elif not line and data:
            yield event_id, json.loads(data)
            event_id, data = "", ""


def _message(event_id: str, fragment: str) -> str:
    """One event; without anything to show its id is still worth telling, to go on from there."""
    head = f"id: {event_id}\n" if event_id else ""
    body = "".join(f"data: {line}\n" for line in fragment.splitlines() if line.strip())
    return f"{head}{body}\n" if head or body else ""


async def _is_here(visit: Visit) -> bool:
    """Whether the session that began to listen is still one; listening is no sign that anybody is there."""
    cookie = visit.request.cookies.get(COOKIE, "")
    found = await asyncio.to_thread(visit.portal.sessions.find, cookie, seen=False)
    return found is not None and found.person_id == visit.person_id
