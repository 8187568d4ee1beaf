"""The portal, the identity provider and a registry in one process, and a browser that goes between them."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
from fastapi import FastAPI
from pydantic import AnyHttpUrl, HttpUrl, SecretBytes

from deploy.identity_provider.app import build as build_provider
from deploy.identity_provider.settings import Settings as ProviderSettings
from services.portal.app import build
from services.portal.settings import Settings
from shared.settings import Environment
from tests.integration.registry import Service as Registry
from tests.integration.registry import registry
from tests.stores import Databases
from tests.tokens import Tokens

PORTAL, IDENTITY, NOWHERE = "https://portal.example", "http://identity.example", "http://127.0.0.1:9"
CLIENT_ID = "aarring-portal"
KARI, NILS, WEAK = "01817012345", "02826523456", "03837534567"
PEOPLE = [
    {"name": "Kari Eksempel", "pid": KARI, "description": {"nb": "Faglig ansvarlig"}, "group": "writers"},
    {"name": "Nils Ukjent", "pid": NILS, "description": {"nb": "Ikke registrert", "en": "Not registered"}},
    {"name": "Svein Svak", "pid": WEAK, "level": 3},
]
Change = Callable[[httpx.Response], httpx.Response]


@dataclass
class Wire(httpx.AsyncBaseTransport):
    """The way to an application of this process; it remembers what was sent, and a test may change what returns."""

    app: FastAPI
    sent: list[httpx.Request] = field(default_factory=list)
    changes: dict[str, Change] = field(default_factory=dict)
    broken: bool = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.broken:
            raise httpx.ConnectError("nobody there")
        self.sent.append(request)
        answer = await httpx.ASGITransport(self.app, raise_app_exceptions=False).handle_async_request(request)
        await answer.aread()
        change = self.changes.get(request.url.path)
        return change(answer) if change else answer

    def last(self, path: str) -> httpx.Request:
        """The latest request for a path."""
        return [request for request in self.sent if request.url.path == path][-1]


@dataclass
class Browser:
    """A browser: it keeps cookies, and follows links and redirects between the two sites."""

    http: httpx.AsyncClient

    async def open(self, address: str) -> httpx.Response:
        return await self.http.get(address, follow_redirects=True)

    async def look(self, address: str) -> httpx.Response:
        """One step, without going where it leads."""
        return await self.http.get(address)

    async def send(self, address: str, **fields: str) -> httpx.Response:
        """A form of the portal's own pages."""
        return await self.http.post(address, data=fields, headers={"Origin": PORTAL})

    async def begin(self, wanted: str = "/") -> httpx.Response:
        """The page on which one chooses who to be."""
        page = await self.open(f"/login?next={wanted}")
        assert page.status_code == 200, page.text
        return page

    async def choose(self, page: httpx.Response, pid: str) -> httpx.Response:
        """The provider's redirect back, not yet followed."""
        (found,) = re.findall(r'name="request_uri" value="([^"]+)"', page.text)
        return await self.http.post(f"{IDENTITY}/authorize", data={"request_uri": found, "person": pid})

    async def log_in(self, pid: str, wanted: str = "/") -> httpx.Response:
        """The whole way, to the portal's answer to whoever comes back."""
        back = await self.choose(await self.begin(wanted), pid)
        return await self.look(back.headers["Location"])


@dataclass
class Suite:
    """All three, and whose login the registry knows."""

    portal: FastAPI
    provider: FastAPI
    registry: Registry
    to_provider: Wire
    to_registry: Wire
    person_id: str

    def browser(self) -> Browser:
        """A new one, that nobody has used."""
        ways = {"all://portal.example": Wire(self.portal), "all://identity.example": self.to_provider}
        return Browser(httpx.AsyncClient(base_url=PORTAL, mounts=ways))


def provider_of(tokens: Tokens, folder: Path, issuer: str = IDENTITY) -> FastAPI:
    """An identity provider that knows the portal and three people."""
    people = folder / "people.json"
    people.write_text(json.dumps(PEOPLE))
    told = ProviderSettings(
        issuer=AnyHttpUrl(issuer),
        portal_url=AnyHttpUrl(PORTAL),
        people=people,
        client_keys=tokens.issuer.client_keys,
    )
    return build_provider(told)


@asynccontextmanager
async def suite(databases: Databases, tokens: Tokens, folder: Path) -> AsyncIterator[Suite]:
    """Everything running; Kari is registered and her login is linked."""
    provider = provider_of(tokens, folder)
    async with registry(databases, tokens) as known:
        kari = await known.person("Kari Eksempel")
        await known.desk.made(f"/persons/{kari.person_id}/logins", {"issuer": IDENTITY, "national_id": KARI})
        wires = {"identity": Wire(provider), "registry": Wire(known.app)}
        app = build(settings(databases, tokens), transports=wires)
        async with app.router.lifespan_context(app):
            yield Suite(app, provider, known, wires["identity"], wires["registry"], kari.person_id)


def settings(databases: Databases, tokens: Tokens, **other: Any) -> Settings:
    """What the portal is told in tests."""
    said: dict[str, Any] = {
        "environment": Environment.TEST,
        "url": HttpUrl(PORTAL),
        "database_url": databases("portal"),
        "signing_key": tokens.signing_key("portal"),
        "identity_issuer": IDENTITY,
        "identity_client_id": CLIENT_ID,
        "identity_client_key": tokens.issuer.client_key,
        "login_key": SecretBytes(b"l" * 32),
        **{f"{name}_url": HttpUrl(NOWHERE) for name in ("registry", "reporting", "review", "notify")},
    }
    return Settings(**{**said, **other})


def query_of(address: str) -> dict[str, str]:
    """What an address says behind its question mark."""
    return dict(parse_qsl(urlsplit(address).query))
