"""What a write request carries beside its body: who asks, when it arrived, its key, its trace, the role chosen."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Header, Request

from shared.clock import OSLO, Clock
from shared.context import trace
from shared.desk import Command, UnitOfWork
from shared.domain import identity
from shared.problems import RequestProblem
from shared.tokens import Caller, TokenChecker


@dataclass(frozen=True)
class Asked:
    """One request to change something.  ``at`` is the instant it reached the service and decides deadlines."""

    caller: Caller
    at: datetime
    command_id: UUID
    digest: bytes
    trace: str
    acting_as: UUID | None = None

    @property
    def on(self) -> date:
        """The date in Oslo when it was asked."""
        return self.at.astimezone(OSLO).date()

    def command(self, decide: Callable[[UnitOfWork], Mapping[str, Any]]) -> Command:
        """The request as a command for the desk."""
        return Command(self.command_id, self.digest, decide, self.trace)


def asked(tokens: TokenChecker, clock: Clock) -> Callable[..., Awaitable[Asked]]:
    """The FastAPI dependency that makes :class:`Asked` of a request; 428 without an ``Idempotency-Key``."""

    async def from_request(
        request: Request,
        caller: Annotated[Caller, Depends(tokens)],
        idempotency_key: Annotated[str | None, Header(max_length=200)] = None,
        acting_as: Annotated[UUID | None, Header()] = None,
    ) -> Asked:
        at = clock.now()
        if not idempotency_key:
            raise RequestProblem(
                428, "idempotency_key_missing", "Send an Idempotency-Key, new for each thing you want done."
            )
        digest = hashlib.sha256()
        for part in (request.method, request.url.path, request.url.query, str(acting_as)):
            digest.update(part.encode() + b"\n")
        digest.update(await request.body())
        command_id = identity("command", caller.subject, idempotency_key)
        return Asked(caller, at, command_id, digest.digest(), trace(), acting_as)

    return from_request
