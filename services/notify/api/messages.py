"""The log of messages over HTTP."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel

from services.notify.api.parts import Parts
from services.notify.message import Status
from services.notify.occasion import Occasion
from shared.asked import Asking, Calling
from shared.inputs import ANYTHING, Year
from shared.problems import PROBLEMS

router = APIRouter(tags=["messages"], responses=PROBLEMS)
MessageId = Annotated[UUID, Path()]


class MessageRow(BaseModel):
    """One message; instants are in UTC.  Name and address are today's, and missing when erased or not known yet."""

    message_id: UUID
    fact: str
    rule: str
    occasion: Occasion
    receiver: UUID
    name: str | None
    email: str | None
    duty: bool
    unit_id: UUID | None
    report_id: UUID | None
    year: int | None
    status: Status
    reason: str | None
    attempts: int
    due_at: str | None
    edition: int
    intended_at: str
    settled_at: str | None
    gathered_into: UUID | None
    version: int
    allowed_operations: list[str]


class MessagePage(BaseModel):
    """One page of the log; ``next`` is the cursor of the following page."""

    items: list[MessageRow]
    next: str | None


class Resent(BaseModel):
    """A message will be sent again."""

    message_id: UUID
    status: Status
    edition: int
    version: int
    position: int | None


@router.get("/messages")
async def messages(
    caller: Calling,
    parts: Parts,
    person_id: Annotated[UUID | None, Query(description="whom it was to")] = None,
    unit_id: Annotated[UUID | None, Query()] = None,
    report_id: Annotated[UUID | None, Query()] = None,
    occasion: Annotated[Occasion | None, Query()] = None,
    status: Annotated[Status | None, Query()] = None,
    year: Annotated[Year | None, Query()] = None,
    cursor: Annotated[str | None, Query(max_length=200, pattern=ANYTHING)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> MessagePage:
    """Who was told of what, newest first; any service desk reads all, everybody reads what they got themselves."""
    filters = {
        "receiver": str(person_id) if person_id else None,
        "unit_id": str(unit_id) if unit_id else None,
        "report_id": str(report_id) if report_id else None,
        "occasion": occasion.value if occasion else None,
        "status": status.value if status else None,
        "year": year,
    }
    found = await asyncio.to_thread(parts.log.page, caller, parts.today(), filters, cursor, limit + 1)
    more = found[limit - 1]["cursor"] if len(found) > limit else None
    return MessagePage(items=[MessageRow(**row) for row in found[:limit]], next=more)


@router.get("/messages/{message_id}")
async def message(message_id: MessageId, caller: Calling, parts: Parts, response: Response) -> MessageRow:
    """One message: delivered, or why not."""
    row = await asyncio.to_thread(parts.log.message, caller, parts.today(), message_id)
    response.headers["ETag"] = f'"{row["version"]}"'
    return MessageRow(**row)


@router.get("/messages/{message_id}/history")
async def message_history(message_id: MessageId, caller: Calling, parts: Parts) -> list[dict[str, Any]]:
    """Everything that happened to a message, with the addresses used and what the mail server said."""
    return await asyncio.to_thread(parts.log.history, caller, parts.today(), message_id)


@router.post("/messages/{message_id}/resendings", status_code=201)
async def resend(message_id: MessageId, asked: Asking, parts: Parts) -> Resent:
    """Have a message that has ended sent again, or after all; for service desks."""
    done = await parts.log.resend(asked, message_id)
    return Resent(**done.answer, position=done.position)
