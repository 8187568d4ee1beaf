"""The registry as its users meet it: the real application on new databases, and callers with tokens."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
from fastapi import FastAPI
from pydantic import SecretBytes

from services.registry.app import build
from services.registry.settings import Settings
from shared.clock import Clock
from shared.settings import Environment
from tests.stores import Databases
from tests.tokens import Tokens

NOWHERE = "nats://127.0.0.1:9"
TRUSTS = {"ht-nord": "nord", "ht-midt": "midt", "ht-vest": "vest", "ht-ost": "sor_ost"}


@dataclass
class Client:
    """One caller."""

    http: httpx.AsyncClient
    headers: Mapping[str, str]
    person_id: str = ""
    assignment_id: str = ""

    async def get(self, path: str, **params: Any) -> httpx.Response:
        return await self.http.get(path, params=params, headers=dict(self.headers))

    async def post(self, path: str, body: Any = None, *, seen: int | None = None, **headers: str) -> httpx.Response:
        return await self.send("POST", path, json=body, seen=seen, **headers)

    async def send(self, method: str, path: str, *, seen: int | None = None, **more: Any) -> httpx.Response:
        body = {name: more.pop(name) for name in ("json", "content") if name in more}
        headers = {"Idempotency-Key": str(uuid4()), **self.headers}
        headers |= {name.replace("_", "-"): value for name, value in more.items()}
        if seen is not None:
            headers["If-Match"] = f'"{seen}"'
        return await self.http.request(method, path, headers=headers, **body)

    async def made(self, path: str, body: Any = None, **more: Any) -> dict[str, Any]:
        """The answer to a write that must succeed."""
        answer = await self.post(path, body, **more)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found


@dataclass
class Service:
    """The running registry, with a first person of the joint desk."""

    app: FastAPI
    http: httpx.AsyncClient
    tokens: Tokens
    settings: Settings
    desk: Client

    def caller(self, subject: object, **claims: Any) -> Client:
        return Client(self.http, self.tokens.bearer(subject, "registry", **claims), str(subject))

    async def person(self, name: str = "Kari Eksempel", **card: Any) -> Client:
        """Somebody known, without a role."""
        made = await self.desk.made("/persons", {"name": name, **card})
        return self.caller(made["person_id"])

    async def holder(self, role: str, **where: Any) -> Client:
        """Somebody new who holds a role from the beginning of 2020."""
        person = await self.person(trust=where.pop("employer", None))
        body = {"person_id": person.person_id, "role": role, "since": "2020-01-01", **where}
        person.assignment_id = (await self.desk.made("/roles", body))["assignment_id"]
        return person

    async def unit(self, code: str = "L-1", kind: str = "national_treatment_service", **more: Any) -> str:
        body = {
            "code": code,
            "kind": kind,
            "name_nb": f"Eksempel {code}",
            "trusts": ["ht-vest"],
            "active_from": "2020-01-01",
            **more,
        }
        return str((await self.desk.made("/units", body))["unit_id"])


def settings(databases: Databases, tokens: Tokens, nats_url: str = NOWHERE) -> Settings:
    """What the registry is told in tests."""
    return Settings(
        environment=Environment.TEST,
        clock_file=None,
        database_url=databases("registry"),
        vault_url=databases("registry-vault"),
        vault_key=SecretBytes(b"v" * 32),
        login_key=SecretBytes(b"l" * 32),
        nats_url=nats_url,
        token_issuers=tokens.issuers_file,
        signing_key=tokens.signing_key("registry"),
    )


@asynccontextmanager
async def serving(told: Settings, clock: Clock | None = None) -> AsyncIterator[httpx.AsyncClient]:
    """The application from start to end, and a client of it."""
    app = build(told, clock=clock)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://registry") as http:
            http.app = app  # type: ignore[attr-defined]  # for tests that look behind the routes
            yield http


@asynccontextmanager
async def registry(
    databases: Databases, tokens: Tokens, *, clock: Clock | None = None, nats_url: str = NOWHERE
) -> AsyncIterator[Service]:
    """A registry with its first person and four trusts."""
    told = settings(databases, tokens, nats_url)
    async with serving(told, clock) as http:
        operator = Client(http, tokens.bearer("operator", "registry"))
        first = {"name": "Olav Eksempel", "email": "olav@desk.example"}
        made = await operator.made("/bootstrap", first)
        desk = Client(http, tokens.bearer(made["person_id"], "registry"), made["person_id"])
        desk.assignment_id = made["assignment_id"]
        for code, region in TRUSTS.items():
            await desk.made("/trusts", {"code": code, "name": f"Helseforetak {region}", "region": region})
        yield Service(http.app, http, tokens, told, desk)  # type: ignore[attr-defined]  # set by serving
