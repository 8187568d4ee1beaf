"""The composition root of notify: everything it is made of is put together here and nowhere else."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from fastapi import FastAPI

from services.notify.api import ROUTERS, Notify, services_only, sink_router
from services.notify.application import hearing
from services.notify.application.addressing import Addressing
from services.notify.application.choosing import Choosing
from services.notify.application.concerning import CaughtUp, Concerning
from services.notify.application.log import Log
from services.notify.application.reminding import Digests, Reminders
from services.notify.application.sending import Sender
from services.notify.application.timing import Timing
from services.notify.channels import Mail
from services.notify.publish import PUBLISHED_EVENTS
from services.notify.settings import Settings
from services.notify.sink import Sink
from services.notify.views import queries
from services.notify.views.cards import CardMirror
from services.notify.views.rows import own
from services.notify.views.tables import HEARD, MIRROR, OWN
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

SERVICE = "notify"


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
    feeds: Mapping[str, FeedClient]
    inboxes: Mapping[str, Inbox]
    concerning: Concerning
    sender: Sender
    timing: Timing
    shredder: Shredder
    sink: Sink | None

    async def start(self) -> None:
        """Claim the store, destroy again the keys of erased persons, begin to connect."""
        self.store.claim()
        await asyncio.to_thread(self.shredder.shred)
        await self.bus.connect(str(self.settings.nats_url), SERVICE)

    async def close(self) -> None:
        await self.bus.close()
        for feed in self.feeds.values():
            await feed.close()
        await asyncio.to_thread(self.desk.close)
        await asyncio.to_thread(self.store.close)
        self.vault.close()

    def loops(self) -> Mapping[str, Callable[[], Awaitable[None]]]:
        mirror = CardMirror(self.desk)
        cards = self.bus.bucket("persons")
        loops: dict[str, Callable[[], Awaitable[None]]] = {
            "outbox": self.outbox.run,
            **{f"inbox:{speaker}": inbox.run for speaker, inbox in self.inboxes.items()},
            "cards": lambda: cards.watch(mirror.changed, mirror.complete),
            "rules": self.concerning.run,
            "sender": self.sender.run,
            "schedule": self.timing.run,
            "shredder": self.shredder.run,
        }
        if self.sink:
            loops["sink"] = self.sink.run
        return loops

    def checks(self) -> Mapping[str, Check]:
        return {
            **checks_of(self.store, self.bus, self.desk, self.outbox, self.inboxes.values()),
            "rules": self.concerning.status,
            "sender": self.sender.status,
        }


def build(
    settings: Settings, *, clock: Clock | None = None, feeds: Mapping[str, FeedClient] | None = None
) -> FastAPI:
    """Everything notify is made of, put together."""
    parts = _parts(settings, clock or Clock(settings.clock_file), feeds or _feeds(settings))
    publications = Publications(parts.store, SERVICE, PUBLISHED_EVENTS)
    routers = [*ROUTERS, feed_router(publications, services_only)]
    app = application(
        SERVICE,
        routers=[*routers, sink_router(parts.sink)] if parts.sink else routers,
        checks=parts.checks(),
        loops=parts.loops(),
        start=parts.start,
        close=parts.close,
    )
    app.state.clock = parts.clock
    app.state.tokens = TokenChecker.from_file(settings.token_issuers, SERVICE, settings.environment)
    app.state.notify = Notify(
        store=parts.store,
        clock=parts.clock,
        log=Log(parts.desk, parts.store, parts.vault),
        choosing=Choosing(parts.desk, parts.store),
        portal=str(settings.portal_url),
    )
    return app


def _parts(settings: Settings, clock: Clock, feeds: Mapping[str, FeedClient]) -> Parts:
    store = EventStore(settings.database_url, [OWN, HEARD, MIRROR, INBOX_TABLES])
    vault = Vault(settings.vault_url, settings.vault_key.get_secret_value())
    desk, bus = Desk(store, own), Bus()
    caught_up = {speaker: CaughtUp(speaker, feed, store) for speaker, feed in feeds.items()}
    schedule = Schedule(desk, clock, [Reminders(store).due, Digests(store).due])
    addressing = Addressing(store, str(settings.portal_url), settings.trial)
    return Parts(
        settings=settings,
        clock=clock,
        store=store,
        vault=vault,
        desk=desk,
        bus=bus,
        outbox=Outbox(bus, Publications(store, SERVICE, PUBLISHED_EVENTS), desk.recorded),
        feeds=feeds,
        inboxes={name: Inbox(bus, desk, SERVICE, name, feed, hearing.keep) for name, feed in feeds.items()},
        concerning=Concerning(desk, clock, caught_up),
        sender=Sender(desk, clock, vault, addressing, _mail(settings), settings.sender),
        timing=Timing(schedule, caught_up.values()),
        shredder=Shredder(vault, lambda: queries.erased_keys(store.rows)),
        sink=Sink(settings.smtp_host, settings.smtp_port, clock) if settings.smtp_sink else None,
    )


def _feeds(settings: Settings) -> dict[str, FeedClient]:
    tokens = OwnTokens(SERVICE, settings.signing_key)
    urls = {"registry": settings.registry_url, "reporting": settings.reporting_url, "review": settings.review_url}
    return {speaker: FeedClient(str(url), tokens.for_service(speaker)) for speaker, url in urls.items()}


def _mail(settings: Settings) -> Mail:
    return Mail(
        host=settings.smtp_host,
        port=settings.smtp_port,
        sender=settings.sender,
        username=settings.smtp_username,
        password=settings.smtp_password.get_secret_value(),
        starttls=settings.smtp_starttls,
        timeout=settings.smtp_timeout,
    )
