"""What the writers asked of the suite: each command sent under one key until it is answered, and written down."""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx

from deploy.demo.client import AWAY
from deploy.demo.replies import Reply
from deploy.environment import Addresses
from deploy.issuer import Issuer
from shared.domain import identity

TIMEOUT = 2.0
"""Seconds a writer waits before asking again: shorter than a service may be frozen, so that both requests meet."""
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 0.5
THINKING = 0.02
"""Seconds between two commands of one writer: without them the writers, not the faults, would starve the suite."""
PATIENCE = 300.0


class Astray(Exception):
    """A command was answered as it never should be; what its writer would do next makes no sense any more."""


@dataclass(frozen=True)
class Effect:
    """What an acknowledged command must have left: one such event in a history, with these values in it."""

    history: str
    """The path of the history, with the names of what the answer holds in braces."""
    event: str
    holds: dict[str, Any] = field(default_factory=dict)


@dataclass
class Command:
    """One thing somebody wanted done; ``refusal`` is the code it was meant to be refused with."""

    service: str
    subject: str
    method: str
    path: str
    body: Any
    effect: Effect | None
    refusal: str
    headers: dict[str, str]
    tries: int = 0
    status: int = 0
    answer: Any = None

    @property
    def id(self) -> UUID:
        """The id the service knows it by."""
        return identity("command", self.subject, self.headers["Idempotency-Key"])

    @property
    def is_acknowledged(self) -> bool:
        return 200 <= self.status < 300

    @property
    def history(self) -> str:
        """Where its effect can be read."""
        assert self.effect is not None
        return self.effect.history.format(**self.answer)

    def __str__(self) -> str:
        return f"{self.method} {self.service}{self.path} (command {self.id})"


class Ledger:
    """Callers of the suite who do not give up; ``surprises`` are answers that no fault excuses."""

    def __init__(self, addresses: Addresses, issuer: Issuer) -> None:
        self._addresses, self._issuer = addresses, issuer
        self._http = httpx.AsyncClient(timeout=TIMEOUT, trust_env=False)
        self.commands: list[Command] = []
        self.surprises: list[str] = []

    async def close(self) -> None:
        await self._http.aclose()

    async def do(
        self,
        service: str,
        subject: str,
        method: str,
        path: str,
        body: Any = None,
        *,
        leaves: Effect | None = None,
        refused: str = "",
        seen: int | None = None,
    ) -> dict[str, Any]:
        """Have something done, or refused with the code that is expected; the answer."""
        headers = {"Idempotency-Key": str(uuid4())} | ({"If-Match": f'"{seen}"'} if seen is not None else {})
        command = Command(service, subject, method, path, body, leaves, refused, headers)
        self.commands.append(command)
        await asyncio.sleep(THINKING)
        reply = await self._until_answered(command)
        command.status, command.answer = reply.status, reply.body
        if command.is_acknowledged == bool(refused) or (reply.code or "") != refused:
            wanted = refused or "done"
            what = f"{command}, try {command.tries}, was answered {reply.refused}, not {wanted}: {reply.body}"
            raise self._astray(what)
        answer: dict[str, Any] = reply.body
        return answer

    async def read(self, service: str, subject: str, path: str, **params: str) -> Reply:
        """What a service shows."""
        return await self._until_answered(Command(service, subject, "GET", path, None, None, "", {}), params)

    async def shown(self, service: str, subject: str, path: str, **params: str) -> Any:
        """What a service shows, which must be there."""
        reply = await self.read(service, subject, path, **params)
        assert reply.status == 200, f"GET {service}{path} was answered {reply.refused}"
        return reply.body

    async def _until_answered(self, command: Command, params: dict[str, str] | None = None) -> Reply:
        until, pause = time.monotonic() + PATIENCE, FIRST_PAUSE
        while time.monotonic() < until:
            command.tries += 1
            with suppress(*AWAY):
                reply = await self._once(command, params)
                if reply.status < 500:
                    return reply
                if reply.status != httpx.codes.SERVICE_UNAVAILABLE:
                    self.surprises.append(f"{command} was answered {reply.refused}: {reply.body}")
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
        raise self._astray(f"{command} is not answered within {PATIENCE:.0f} s")

    def _astray(self, what: str) -> Astray:
        self.surprises.append(what)
        return Astray(what)

    async def _once(self, command: Command, params: dict[str, str] | None) -> Reply:
        token = self._issuer.mint(command.subject, command.service)
        url = self._addresses.service(command.service) + command.path
        headers = {"Authorization": f"Bearer {token}", **command.headers}
        return Reply.of(
            await self._http.request(command.method, url, json=command.body, params=params, headers=headers)
        )

    def write(self, file: Path) -> None:
        """All commands, one on each line."""
        lines = (json.dumps({"id": str(each.id), **asdict(each)}, default=str) for each in self.commands)
        file.write_text("\n".join(lines) + "\n")
