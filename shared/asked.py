"""What a write request carries beside its body: who asks, when it arrived, its key, its trace, the role chosen."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Header, Request
from fastapi.openapi.models import HTTPBearer
from fastapi.security.base import SecurityBase

from shared.clock import OSLO, Clock
from shared.context import trace
from shared.desk import Command, UnitOfWork
from shared.domain import Aggregate, StaleVersion, identity
from shared.lease import Lease
from shared.problems import Fault, RequestProblem
from shared.tokens import Caller, TokenChecker

_ETAG = re.compile(r'^(?:W/)?"?(\d{1,18})"?$')


@dataclass(frozen=True)
class Asked:
    """One request to change something.  ``at`` is the instant it reached the service and decides deadlines."""

    caller: Caller
    at: datetime
    command_id: UUID
    digest: bytes
    trace: str
    acting_as: UUID | None = None

    @cached_property
    def on(self) -> date:
        """The date in Oslo when it was asked."""
        return self.at.astimezone(OSLO).date()

    def command(self, decide: Callable[[UnitOfWork], Mapping[str, Any]]) -> Command:
        """The request as a command for the desk."""
        return Command(self.command_id, self.digest, decide, self.trace)


class _Calling(SecurityBase):
    """The FastAPI dependency that says who calls; ``app.state.tokens`` checks the token.

    It is the security scheme itself, so that the token is read once and one dependency is solved instead of two.
    """

    scheme_name = "HTTPBearer"
    model = HTTPBearer(bearerFormat="JWT", description="A short-lived token (ES256) for this one service.")

    async def __call__(self, request: Request) -> Caller:
        tokens: TokenChecker = request.app.state.tokens
        return await tokens(request)


calling = _Calling()
Calling = Annotated[Caller, Depends(calling)]


async def asked(
    request: Request,
    caller: Calling,
    idempotency_key: Annotated[str | None, Header(max_length=200)] = None,
    acting_as: Annotated[UUID | None, Header()] = None,
) -> Asked:
    """The FastAPI dependency that makes :class:`Asked` of a request; 428 without an ``Idempotency-Key``.

    A process that stands by asks for nothing more: what follows would store the key of a text before it is refused.
    """
    clock: Clock = request.app.state.clock
    at = clock.now()
    lease: Lease = request.app.state.lease
    lease.must_be_held()
    if not idempotency_key:
        detail = "Send an Idempotency-Key, new for each thing you want done."
        place = Fault(code="idempotency_key_missing", pointer="header:idempotency-key", detail=detail)
        raise RequestProblem(428, "idempotency_key_missing", detail, errors=[place])
    command_id = identity("command", caller.subject, idempotency_key)
    return Asked(caller, at, command_id, _digest(request, acting_as, await request.body()), trace(), acting_as)


def _digest(request: Request, acting_as: UUID | None, body: bytes) -> bytes:
    """What tells one request from another that was sent with the same key."""
    path, query = request.scope["path"], request.scope["query_string"].decode("latin-1")
    told = (request.method, path, query, str(acting_as), request.headers.get("if-match", ""))
    return hashlib.sha256("".join(f"{part}\n" for part in told).encode() + body).digest()


Asking = Annotated[Asked, Depends(asked)]


async def seen_version(if_match: Annotated[str | None, Header(max_length=40)] = None) -> int:
    """The FastAPI dependency that reads the version a change is based on; 428 without ``If-Match``."""
    if not if_match:
        detail = "Send the version you have seen in If-Match."
        place = Fault(code="version_missing", pointer="header:if-match", detail=detail)
        raise RequestProblem(428, "version_missing", detail, errors=[place])
    found = _ETAG.match(if_match)
    if not found:
        raise RequestProblem(
            422,
            "malformed",
            "If-Match holds a version as the ETag gave it.",
            errors=[Fault(code="etag", pointer="header:if-match", detail='a number in quotes, as in "7"')],
        )
    return int(found.group(1))


Seen = Annotated[int, Depends(seen_version)]


def must_be_as_seen(thing: Aggregate[Any], seen: int) -> None:
    """Refuse a change that is based on an older version of the thing."""
    if thing.version != seen:
        raise StaleVersion(
            f"it is at version {thing.version} now, and you have seen {seen}", seen=seen, current=thing.version
        )
