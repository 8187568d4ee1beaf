"""The composition root of reporting: everything it is made of is put together here and nowhere else."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from fastapi import FastAPI

from services.reporting.api import ROUTERS, Reporting, services_only
from services.reporting.application import hearing
from services.reporting.application.cycles import Cycles
from services.reporting.application.descriptions import Descriptions
from services.reporting.application.handing_in import HandingIn
from services.reporting.application.lists import Lists
from services.reporting.application.reading import Reading
from services.reporting.application.redaction import Redacting
from services.reporting.application.templates import publish_shipped
from services.reporting.application.writing import Writing
from services.reporting.publish import PUBLISHED_EVENTS
from services.reporting.settings import Settings
from services.reporting.views import queries
from services.reporting.views.cards import CardMirror
from services.reporting.views.rows import own
from services.reporting.views.tables import HEARD, MIRROR, OWN
from shared.bus import Bus
from shared.checks import checks_of
from shared.clock import Clock
from shared.desk import Desk
from shared.eventstore import EventStore
from shared.feed import FeedClient, Publications, feed_router
from shared.health import Check
from shared.inbox import INBOX_TABLES, Inbox
from shared.logs import configure
from shared.outbox import Outbox
from shared.schedule import Schedule
from shared.shredder import Shredder
from shared.tokens import OwnTokens, TokenChecker
from shared.vault import Vault
from shared.web import application

SERVICE = "reporting"


def create() -> FastAPI:
    """The service as the environment says, for ``uvicorn --factory``."""
    configure(SERVICE)
    return build(Settings())


@dataclass(frozen=True)
class Parts:
    """What runs behind the routes."""

    settings: Settings
    clock: Clock
    store: EventStore
    vault: Vault
    desk: Desk
    bus: Bus
    outbox: Outbox
    inboxes: tuple[Inbox, ...]
    feeds: tuple[FeedClient, ...]
    schedule: Schedule
    shredder: Shredder

    async def start(self) -> None:
        """Claim the store, destroy again what was redacted, publish the shipped templates, begin to connect."""
        self.store.claim()
        await asyncio.to_thread(self.shredder.shred)
        await publish_shipped(self.desk, self.clock.now())
        await self.bus.connect(str(self.settings.nats_url), SERVICE)

    async def close(self) -> None:
        await self.bus.close()
        for feed in self.feeds:
            await feed.close()
        await asyncio.to_thread(self.desk.close)
        await asyncio.to_thread(self.store.close)
        self.vault.close()

    def loops(self) -> Mapping[str, Callable[[], Awaitable[None]]]:
        mirror = CardMirror(self.desk)
        cards = self.bus.bucket("persons")
        return {
            "outbox": self.outbox.run,
            "cards": lambda: cards.watch(mirror.changed, mirror.complete),
            "schedule": self.schedule.run,
            "shredder": self.shredder.run,
            **{f"inbox:{inbox.speaker}": inbox.run for inbox in self.inboxes},
        }

    def checks(self) -> Mapping[str, Check]:
        return checks_of(self.store, self.bus, self.desk, self.outbox, self.inboxes)


def build(settings: Settings, *, clock: Clock | None = None) -> FastAPI:
    """Everything reporting is made of, put together."""
    parts = _parts(settings, clock or Clock(settings.clock_file))
    desk, store, vault = parts.desk, parts.store, parts.vault
    publications = Publications(store, SERVICE, PUBLISHED_EVENTS)
    app = application(
        SERVICE,
        routers=[*ROUTERS, feed_router(publications, services_only)],
        checks=parts.checks(),
        loops=parts.loops(),
        start=parts.start,
        close=parts.close,
    )
    app.state.parts = parts
    app.state.clock = parts.clock
    app.state.tokens = TokenChecker.from_file(settings.token_issuers, SERVICE, settings.environment)
    app.state.reporting = Reporting(
        store=store,
        clock=parts.clock,
        cycles=Cycles(desk, store),
        writing=Writing(desk, store, vault),
        lists=Lists(desk, store, vault),
        handing_in=HandingIn(desk, store, vault),
        redacting=Redacting(desk, store, vault),
        reading=Reading(store, vault),
    )
    return app


def _parts(settings: Settings, clock: Clock) -> Parts:
    store = EventStore(settings.database_url, [OWN, HEARD, MIRROR, INBOX_TABLES])
    vault = Vault(settings.vault_url, settings.vault_key.get_secret_value())
    desk, bus = Desk(store, own), Bus()
    own_tokens = OwnTokens(SERVICE, settings.signing_key)
    heard = {"registry": settings.registry_url, "review": settings.review_url}
    feeds = {speaker: FeedClient(str(url), own_tokens.for_service(speaker)) for speaker, url in heard.items()}
    return Parts(
        settings=settings,
        clock=clock,
        store=store,
        vault=vault,
        desk=desk,
        bus=bus,
        outbox=Outbox(bus, Publications(store, SERVICE, PUBLISHED_EVENTS), desk.recorded),
        inboxes=tuple(
            Inbox(bus, desk, SERVICE, speaker, feed, hearing.react, hearing.keep) for speaker, feed in feeds.items()
        ),
        feeds=tuple(feeds.values()),
        schedule=Schedule(desk, clock, [Cycles(desk, store).due, Descriptions(store).due]),
        shredder=Shredder(vault, lambda: queries.keys_to_destroy(store.rows)),
    )
