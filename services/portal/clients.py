"""The services as one person may use them: the portal vouches for who asks, the services decide what is allowed."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import jwt
from cryptography.hazmat.primitives import serialization

from shared.context import trace
from shared.remembered import Remembered

ISSUER = "portal"
LIVES = 300
REUSED = 120.0
"""A token is used again for a while, so that a service need not check another signature for every word saved."""
SERVICES = ("registry", "reporting", "review", "notify")
PATIENCE = httpx.Timeout(10.0, connect=2.0)
LISTENING = httpx.Timeout(10.0, connect=2.0, read=60.0)
"""A stream says something every 15 seconds, if only that it is still there."""
AWAY = frozenset({502, 503, 504})


class Problem(Exception):
    """A service said no; ``code`` is stable, ``errors`` say what is wrong where, ``body`` is all it said."""

    def __init__(self, service: str, status: int, body: Mapping[str, Any]) -> None:
        super().__init__(f"{service}: {status} {body.get('code', '')}")
        self.service, self.status, self.body = service, status, body
        self.code = str(body.get("code", ""))
        self.detail = str(body.get("detail", ""))
        self.errors: list[Mapping[str, Any]] = list(body.get("errors") or [])


class Away(Exception):
    """A service does not answer now; what was asked may be asked again with the same key."""

    def __init__(self, service: str, retry_after: int = 5) -> None:
        super().__init__(service)
        self.service, self.retry_after = service, retry_after


class PersonTokens:
    """Short-lived tokens that say who asks, signed with the portal's own key."""

    def __init__(self, signing_key: Path) -> None:
        self._key = serialization.load_pem_private_key(signing_key.read_bytes(), password=None)
        self._minted = Remembered[tuple[str, str, str], str](REUSED, 10_000)

    def mint(self, subject: str, audience: str, level: str = "") -> str:
        """A token for a person's id, or ``login:<hash>``, to one service."""
        known = self._minted.get((subject, audience, level))
        if known is not None:
            return known
        now = int(time.time())
        claims: dict[str, Any] = {"iss": ISSUER, "sub": subject, "aud": audience, "iat": now, "exp": now + LIVES}
        claims |= {"jti": str(uuid4()), "acr": level}
        token = jwt.encode(claims, self._key, "ES256", headers={"kid": ISSUER})  # type: ignore[arg-type]  # an EC key
        self._minted.keep((subject, audience, level), token)
        return token


@dataclass
class Connection:
    """The way to one service, kept open for everybody, and how it answered last."""

    name: str
    http: httpx.AsyncClient
    fault: str = ""

    def status(self) -> Mapping[str, Any]:
        """Whether the service answered when it was last asked."""
        return {"ok": not self.fault, "fault": self.fault}

    async def ask(self, request: httpx.Request) -> httpx.Response:
        """Its answer; asked once more where the connection broke, for a key makes the two one command."""
        try:
            try:
                answer = await self.http.send(request)
            except (httpx.ConnectError, httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
                answer = await self.http.send(request)
        except httpx.HTTPError as fault:
            raise self.away(fault) from fault
        return self.checked(answer)

    def away(self, fault: httpx.HTTPError) -> Away:
        """It could not be reached."""
        self.fault = type(fault).__name__
        return Away(self.name)

    def checked(self, answer: httpx.Response) -> httpx.Response:
        """The answer if it is a good one, else :class:`Away` or :class:`Problem`; its body must have been read."""
        self.fault = f"answered {answer.status_code}" if answer.status_code in AWAY else ""
        if answer.status_code in AWAY:
            wait = answer.headers.get("Retry-After", "")
            raise Away(self.name, int(wait) if wait.isdigit() else 5)
        if answer.is_error:
            raise Problem(self.name, answer.status_code, _body(answer))
        return answer


@dataclass(frozen=True)
class Service:
    """One service as one person uses it."""

    connection: Connection
    token: str

    async def get(self, path: str, **params: Any) -> Any:
        """What is there, read; parameters that are None are left out."""
        return (await self.fetch(path, **params)).json()

    async def fetch(self, path: str, **params: Any) -> httpx.Response:
        """The same with status and headers (``ETag``)."""
        return await self.connection.ask(self._request("GET", path, params=_told(params)))

    async def send(
        self,
        method: str,
        path: str,
        json: Any = None,
        *,
        key: UUID | None = None,
        seen: int | str | None = None,
        acting_as: str | None = None,
    ) -> httpx.Response:
        """Change something; ``key`` makes what is sent twice one command, ``seen`` is the version it is based on.

        ``acting_as`` is the assignment to act in, where several of the person's allow it.
        """
        headers = {"Idempotency-Key": str(key or uuid4())} | ({"Acting-As": acting_as} if acting_as else {})
        if seen is not None:
            headers["If-Match"] = f'"{seen}"'
        body = {} if json is None else {"json": json}
        return await self.connection.ask(self._request(method, path, headers=headers, **body))

    @asynccontextmanager
    async def stream(self, path: str, *, last_event_id: str = "", **params: Any) -> AsyncIterator[httpx.Response]:
        """A stream of events while the context is open, to be read with ``aiter_lines`` or ``aiter_raw``.

        It has a connection of its own: one that was broken off in the middle must not serve another request.
        """
        headers = {"Accept": "text/event-stream", "Connection": "close"} | (
            {"Last-Event-ID": last_event_id} if last_event_id else {}
        )
        request = self._request("GET", path, params=_told(params), headers=headers, timeout=LISTENING)
        try:
            answer = await self.connection.http.send(request, stream=True)
        except httpx.HTTPError as fault:
            raise self.connection.away(fault) from fault
        try:
            if answer.is_error:
                await answer.aread()
            yield self.connection.checked(answer)
        finally:
            await answer.aclose()

    def _request(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **more: Any
    ) -> httpx.Request:
        sent = {"Authorization": f"Bearer {self.token}", "traceparent": trace(), **(headers or {})}
        return self.connection.http.build_request(method, path, headers={k: v for k, v in sent.items() if v}, **more)


@dataclass(frozen=True)
class Services:
    """All four for one person."""

    registry: Service
    reporting: Service
    review: Service
    notify: Service


@dataclass
class Connections:
    """The ways to all services."""

    tokens: PersonTokens
    open: Mapping[str, Connection] = field(default_factory=dict)

    @classmethod
    def to(
        cls,
        urls: Mapping[str, str],
        tokens: PersonTokens,
        transports: Mapping[str, httpx.AsyncBaseTransport] | None = None,
    ) -> Connections:
        """Connections to the services at ``urls``; ``transports`` reach those that run in this process."""
        given = transports or {}
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=50)
        made = {
            name: httpx.AsyncClient(
                base_url=url, timeout=PATIENCE, transport=given.get(name) or httpx.AsyncHTTPTransport(limits=limits)
            )
            for name, url in urls.items()
        }
        return cls(tokens, {name: Connection(name, http) for name, http in made.items()})

    def for_subject(self, subject: str, level: str = "") -> Services:
        """The services as this person, or this login, may use them."""
        return Services(**{n: Service(self.open[n], self.tokens.mint(subject, n, level)) for n in SERVICES})

    async def close(self) -> None:
        """Hang up."""
        for connection in self.open.values():
            await connection.http.aclose()


def _told(params: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in params.items() if value is not None}


def _body(answer: httpx.Response) -> Mapping[str, Any]:
    """What a problem says; nothing when it is not one of ours."""
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
