"""Callers of the suite's HTTP APIs: who asks, with tokens of their own, each write under a new idempotency key."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self, TypeVar
from uuid import uuid4

import httpx

from deploy.demo.replies import Reply
from deploy.environment import Addresses
from deploy.issuer import LONGEST_LIFE, Issuer

T = TypeVar("T")
AT_ONCE = 12
PATIENCE = 60.0
RENEWED_BEFORE = 30.0
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 1.0
AWAY = (httpx.NetworkError, httpx.RemoteProtocolError, httpx.TimeoutException)


class Unexpected(Exception):
    """The suite answered something else than the story needs."""


class Suite:
    """The services of a running suite; ``problems`` counts refusals by code, ``repeated`` requests sent again."""

    def __init__(self, addresses: Addresses, issuer: Issuer) -> None:
        self._addresses, self._issuer = addresses, issuer
        limits = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)
        self._http = httpx.AsyncClient(timeout=PATIENCE, limits=limits, trust_env=False)
        self._tokens: dict[tuple[str, str], tuple[float, str]] = {}
        self._room = asyncio.Semaphore(AT_ONCE)
        self.problems: Counter[str] = Counter()
        self.repeated = 0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    def registry(self, subject: str) -> Caller:
        return Caller(self, "registry", subject)

    def reporting(self, subject: str) -> Caller:
        return Caller(self, "reporting", subject)

    def review(self, subject: str) -> Caller:
        return Caller(self, "review", subject)

    def notify(self, subject: str) -> Caller:
        return Caller(self, "notify", subject)

    async def mail(self) -> list[dict[str, Any]]:
        """What came to the mail server of a local suite, newest first."""
        answer = await self._http.get(f"{self._addresses.service('notify')}/dev/mail/messages")
        came: list[dict[str, Any]] = answer.json()
        return came

    async def health(self, service: str) -> dict[str, Any]:
        """What each part of a service says of itself."""
        answer = await self._http.get(f"{self._addresses.service(service)}/health")
        checks: dict[str, Any] = answer.json()["checks"]
        return checks

    async def reporting_knows(self) -> None:
        """Returns when reporting has heard all that registry had told by now."""
        await self.knows("reporting", "registry")

    async def knows(self, hearer: str, speaker: str) -> None:
        """Returns when one service has heard all that another had told by now."""
        told = await Caller(self, speaker, f"service:{hearer}").send("GET", "/feed", params={"limit": "0"})
        head = int(told.headers["Feed-Head"])

        async def heard() -> bool:
            with suppress(*AWAY):
                inbox = (await self.health(hearer))[f"inbox:{speaker}"]
                return bool(inbox["tracked"] >= head)
            return False

        await eventually(heard, f"{hearer} hears position {head} of {speaker}")

    async def ask(self, service: str, subject: str, method: str, path: str, **more: Any) -> Reply:
        """One request, repeated under the same key while the service is briefly away."""
        headers = {"Authorization": f"Bearer {self._token(subject, service)}", **more.pop("headers", {})}
        if method != "GET":
            headers.setdefault("Idempotency-Key", str(uuid4()))
        url = self._addresses.service(service) + path
        async with self._room:
            answer = await self._patiently(method, url, headers=headers, **more)
        reply = Reply.of(answer)
        if reply.code:
            self.problems[reply.code] += 1
        return reply

    async def _patiently(self, method: str, url: str, **more: Any) -> httpx.Response:
        until, pause = time.monotonic() + PATIENCE, FIRST_PAUSE
        while time.monotonic() < until:
            with suppress(*AWAY):
                answer = await self._http.request(method, url, **more)
                if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                    return answer
            self.repeated += 1
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
        raise Unexpected(f"{method} {url} is not answered within {PATIENCE:.0f} s")

    def _token(self, subject: str, service: str) -> str:
        until, token = self._tokens.get((subject, service), (0.0, ""))
        if until < time.monotonic():
            token = self._issuer.mint(subject, service)
            self._tokens[subject, service] = (time.monotonic() + LONGEST_LIFE - RENEWED_BEFORE, token)
        return token


@dataclass(frozen=True)
class Caller:
    """One person at one service."""

    suite: Suite
    service: str
    subject: str

    async def send(self, method: str, path: str, **more: Any) -> Reply:
        """Whatever the answer is."""
        return await self.suite.ask(self.service, self.subject, method, path, **more)

    async def get(self, path: str, **params: str) -> Any:
        return self._well(await self.send("GET", path, params=params), f"GET {path}")

    async def fetch(self, path: str) -> bytes:
        """A file, as it came."""
        content: bytes = self._well(await self.send("GET", path), f"GET {path}")
        return content

    async def post(self, path: str, body: Any = None, **more: Any) -> Any:
        return self._well(await self.send("POST", path, json=body, **more), f"POST {path}")

    async def put(self, path: str, body: Any, **more: Any) -> Any:
        return self._well(await self.send("PUT", path, json=body, **more), f"PUT {path}")

    async def change(self, path: str, body: Any, seen: int) -> Any:
        """A change based on the version seen of the whole thing."""
        return await self.post(path, body, headers={"If-Match": f'"{seen}"'})

    async def listed(self, path: str, **params: str) -> list[dict[str, Any]]:
        """All pages of a list."""
        items: list[dict[str, Any]] = []
        while True:
            page = await self.get(path, limit="200", **params)
            items += page["items"]
            if not page["next"]:
                return items
            params["cursor"] = page["next"]

    def _well(self, reply: Reply, asked: str) -> Any:
        if reply.status >= 400:
            raise Unexpected(f"{asked} at {self.service} was answered {reply.refused}: {reply.body}")
        return reply.body


async def eventually(holds: Callable[[], Awaitable[bool]], what: str, patience: float = PATIENCE) -> None:
    """Returns when it holds; :class:`Unexpected` when it does not within reasonable time."""
    until = time.monotonic() + patience
    while not await holds():
        if time.monotonic() > until:
            raise Unexpected(f"not within {patience:.0f} s: {what}")
        await asyncio.sleep(0.05)


async def together(each: Iterable[Awaitable[T]]) -> list[T]:
    """All at once; how many requests are under way at a time is the suite's affair."""
    return list(await asyncio.gather(*each))
