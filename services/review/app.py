"""The composition root of review: everything it is made of is put together here and nowhere else."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from fastapi import FastAPI

from services.review.api import ROUTERS, Reviewing, services_only
from services.review.application import hearing
from services.review.application.dossier_reading import DossierReading
from services.review.application.dossier_sending import Sending
from services.review.application.dossiers import Dossiers
from services.review.application.following_up import FollowingUp
from services.review.application.judging import Judging
from services.review.application.reading import Reading
from services.review.application.states import States
from services.review.application.summing_up import SummingUp
from services.review.application.telling import Telling
from services.review.bundle import BundleFolder, BundleKey
from services.review.clients import Submissions
from services.review.publish import PUBLISHED_EVENTS
from services.review.settings import Settings
from services.review.views.rows import own
from services.review.views.tables import HEARD, OWN
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
from shared.tokens import OwnTokens, TokenChecker
from shared.vault import Vault
from shared.web import application

SERVICE = "review"


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
    submissions: Submissions

    async def start(self) -> None:
        """Claim the store, begin to connect."""
        self.store.claim()
        await self.bus.connect(str(self.settings.nats_url), SERVICE)

    async def close(self) -> None:
        await self.bus.close()
        for feed in self.feeds:
            await feed.close()
        await self.submissions.close()
        await asyncio.to_thread(self.desk.close)
        await asyncio.to_thread(self.store.close)
        self.vault.close()

    def loops(self) -> Mapping[str, Callable[[], Awaitable[None]]]:
        return {
            "outbox": self.outbox.run,
            **{f"inbox:{inbox.speaker}": inbox.run for inbox in self.inboxes},
        }

    def checks(self) -> Mapping[str, Check]:
        return checks_of(self.store, self.bus, self.desk, self.outbox, self.inboxes)


def build(settings: Settings, *, clock: Clock | None = None) -> FastAPI:
    """Everything review is made of, put together."""
    parts = _parts(settings, clock or Clock(settings.clock_file))
    desk, store, vault = parts.desk, parts.store, parts.vault
    folder = BundleFolder(settings.bundles)
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
    app.state.reviewing = Reviewing(
        store=store,
        clock=parts.clock,
        judging=Judging(desk, store, vault),
        telling=Telling(desk, store, vault),
        reading=Reading(store, vault),
        following_up=FollowingUp(desk, store, vault),
        summing_up=SummingUp(desk, store, vault),
        states=States(store),
        submissions=parts.submissions,
        dossiers=Dossiers(desk, store, vault),
        sending=Sending(desk, store, vault, parts.submissions, folder, BundleKey.from_file(settings.bundle_key)),
        dossier_reading=DossierReading(store, vault, folder, parts.clock),
    )
    return app


def _parts(settings: Settings, clock: Clock) -> Parts:
    store = EventStore(settings.database_url, [OWN, HEARD, INBOX_TABLES])
    vault = Vault(settings.vault_url, settings.vault_key.get_secret_value())
    desk, bus = Desk(store, own), Bus()
    own_tokens = OwnTokens(SERVICE, settings.signing_key)
    heard = {"registry": settings.registry_url, "reporting": settings.reporting_url}
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
        submissions=Submissions(str(settings.reporting_url), own_tokens.for_service("reporting")),
    )
