"""The portal as people meet it: the real application on a new database, and browsers that run no script."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from html import unescape
from typing import Any
from uuid import UUID, uuid4

import httpx
from fastapi import FastAPI
from pydantic import SecretBytes

from services.portal.app import build
from services.portal.security import FIELD, masked
from services.portal.sessions import COOKIE, Session
from services.portal.settings import Settings
from services.portal.visit import Portal
from shared.clock import Clock
from shared.settings import Environment
from tests.stores import Databases
from tests.tokens import Tokens

HOME = "https://portal.example"
NOBODY = "http://127.0.0.1:9"


@dataclass
class Browser:
    """One person's browser: it keeps cookies, and says where a form comes from."""

    http: httpx.AsyncClient
    session: Session | None = None

    @property
    def token(self) -> str:
        """What the forms of a page carry."""
        return masked(self.session.csrf) if self.session else ""

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self.http.get(path, headers=_named(headers))

    async def page(self, path: str) -> str:
        """A page that must be shown."""
        answer = await self.get(path)
        assert answer.status_code == 200, (answer.status_code, readable(answer.text))
        return answer.text

    async def post(self, path: str, fields: Mapping[str, Any] | None = None, **headers: str) -> httpx.Response:
        """A form, sent from a page of ours; ``key`` and the token are added where the fields name none."""
        sent = {FIELD: self.token, "key": str(uuid4()), **(fields or {})}
        said = {"Origin": HOME, "Sec-Fetch-Site": "same-origin", **_named(headers)}
        return await self.http.post(path, data=sent, headers=said)

    async def follow(self, answer: httpx.Response) -> str:
        """The page that a form which was taken leads to."""
        assert answer.status_code == 303, (answer.status_code, readable(answer.text))
        return await self.page(answer.headers["location"])


@dataclass
class Service:
    """The running portal."""

    app: FastAPI

    @property
    def portal(self) -> Portal:
        found: Portal = self.app.state.portal
        return found

    def browser(self) -> Browser:
        """A browser of somebody who is not logged in; closed with the test."""
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        return Browser(httpx.AsyncClient(transport=transport, base_url=HOME))

    def visitor(self, person_id: UUID | str, name: str = "Kari Eksempel") -> Browser:
        """The browser of somebody who has logged in."""
        browser = self.browser()
        cookie, browser.session = self.portal.sessions.begin(UUID(str(person_id)), name, level="high")
        browser.http.cookies.set(COOKIE, cookie)
        return browser


def settings(databases: Databases, tokens: Tokens, **other: Any) -> Settings:
    """What the portal is told in tests."""
    told = {
        "environment": Environment.TEST,
        "clock_file": None,
        "url": HOME,
        "database_url": databases("portal"),
        "signing_key": tokens.signing_key("portal"),
        "identity_issuer": NOBODY,
        "identity_client_id": "aarring-portal",
        "identity_client_key": tokens.issuer.client_key,
        "login_key": SecretBytes(b"l" * 32),
        **{f"{name}_url": NOBODY for name in ("registry", "reporting", "review", "notify")},
    }
    return Settings.model_validate(told | other)


@asynccontextmanager
async def portal(
    databases: Databases, tokens: Tokens, services: Mapping[str, FastAPI] | None = None, *, clock: Clock | None = None
) -> AsyncIterator[Service]:
    """The portal from start to end; ``services`` are those that run in this process, the others are away."""
    transports = {name: httpx.ASGITransport(app) for name, app in (services or {}).items()}
    app = build(settings(databases, tokens), clock=clock, transports=transports)
    async with app.router.lifespan_context(app):
        yield Service(app)


def readable(page: str) -> str:
    """What a page says, without its markup."""
    words = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", page, flags=re.DOTALL)
    return " ".join(unescape(words).split())


def _named(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
