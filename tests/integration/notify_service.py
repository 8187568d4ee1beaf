"""Notify as it runs: the whole application, hearing three speakers over a real NATS, sending to its own sink."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, closing, contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from fastapi import FastAPI
from pydantic import SecretBytes, SecretStr
from sqlalchemy import select

from services.notify.app import build
from services.notify.settings import Settings
from services.notify.views.tables import CARDS
from shared.bus import Bus
from shared.contracts import Contract
from shared.loops import running
from shared.settings import Environment
from tests.eventually import eventually_async
from tests.facts import made_up
from tests.integration.notify import PORTAL, SENDER, Hands, address_of
from tests.integration.registry import Client
from tests.integration.speaker import Speaker
from tests.servers import NatsServer
from tests.servers.ports import free_port
from tests.stores import Databases
from tests.tokens import Tokens

SPEAKERS = ("registry", "reporting", "review")


@dataclass
class Service:
    """The running service, and those it hears."""

    app: FastAPI
    http: httpx.AsyncClient
    tokens: Tokens
    clock: Hands
    bus: Bus
    speakers: dict[str, Speaker] = field(default_factory=dict)

    def say(self, *contracts: Contract) -> None:
        for contract in contracts:
            self.speakers[contract.NAME.split(".", 1)[0]].say(contract, self.clock.now())

    async def cards(self, *names: str) -> None:
        """The registry put everybody's card into the bucket, and it has come; else a message finds no address, and
        waits for a time that this clock does not come to.
        """
        bucket, store = self.bus.bucket("persons"), self.app.state.notify.store
        for name in names:
            card = {"name": f"{name.title()} Eksempel", "email": address_of(name), "phone": None}
            await bucket.put(str(made_up(name)), json.dumps(card).encode())
        await eventually_async(lambda: len(store.rows(select(CARDS))) == len(names))

    def caller(self, subject: object) -> Client:
        """Somebody with a token; a name of ours stands for that person."""
        known = str(made_up(subject)) if isinstance(subject, str) and ":" not in subject else subject
        return Client(self.http, self.tokens.bearer(known, "notify"), str(known))


def told(databases: Databases, tokens: Tokens, nats_url: str, **more: Any) -> Settings:
    """What notify is told in tests."""
    nowhere: dict[str, Any] = {f"{name}_url": "http://127.0.0.1:9" for name in ("registry", "reporting", "review")}
    said: dict[str, Any] = {
        "environment": Environment.TEST,
        "clock_file": None,
        "database_url": databases("notify"),
        "vault_url": databases("notify-vault"),
        "vault_key": SecretBytes(b"v" * 32),
        "nats_url": nats_url,
        "token_issuers": tokens.issuers_file,
        "signing_key": tokens.signing_key("notify"),
        "smtp_host": "127.0.0.1",
        "smtp_port": free_port(),
        "smtp_password": SecretStr(""),
        "smtp_starttls": False,
        "smtp_sink": True,
        "sender": SENDER,
        "portal_url": PORTAL,
    }
    return Settings(**{**nowhere, **said, **more})


@asynccontextmanager
async def notify(databases: Databases, tokens: Tokens, broker: NatsServer) -> AsyncIterator[Service]:
    """Notify with everything it hears from."""
    clock = Hands()
    bus = Bus()
    await bus.connect(broker.url, "speakers")
    async with AsyncExitStack() as stack:
        stack.push_async_callback(bus.close)
        speakers = {name: stack.enter_context(speaker(databases, name)) for name in SPEAKERS}
        feeds = {name: one.feed for name, one in speakers.items()}
        app = build(told(databases, tokens, broker.url), clock=clock, feeds=feeds)
        await bus.up()
        await bus.bucket("persons").ensure()
        await stack.enter_async_context(running({name: one.outbox(bus).run for name, one in speakers.items()}))
        await stack.enter_async_context(app.router.lifespan_context(app))
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        http = await stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url="http://notify"))
        yield Service(app, http, tokens, clock, bus, speakers)


@contextmanager
def speaker(databases: Databases, name: str) -> Iterator[Speaker]:
    """One of those whom notify hears."""
    one = Speaker(databases(f"{name}-said"), name)
    with closing(one.store):
        yield one
