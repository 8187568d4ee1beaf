"""The composition root of the registry: everything it is made of is put together here and nowhere else."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass

from fastapi import FastAPI

from services.registry.api import ROUTERS, Registry, services_only
from services.registry.application.groups import Groups
from services.registry.application.imports import Imports
from services.registry.application.people import People
from services.registry.application.roles import Roles
from services.registry.application.units import Units
from services.registry.cards import Cards
from services.registry.person import key_subject
from services.registry.publish import PUBLISHED
from services.registry.settings import Settings
from services.registry.views import METADATA, lookups, rows
from shared.bus import Bus
from shared.checks import checks_of
from shared.clock import Clock
from shared.desk import Desk
from shared.eventstore import EventStore
from shared.feed import Publications, feed_router
from shared.health import Check
from shared.logs import configure
from shared.outbox import Outbox
from shared.shredder import Shredder
from shared.tokens import TokenChecker
from shared.vault import Vault
from shared.web import application

SERVICE = "registry"


def create() -> FastAPI:
    """The service as the environment says, for ``uvicorn --factory``."""
    configure(SERVICE)
    return build(Settings())


@dataclass(frozen=True)
class Parts:
    """What runs behind the routes."""

    settings: Settings
    store: EventStore
    vault: Vault
    desk: Desk
    bus: Bus
    outbox: Outbox
    cards: Cards
    shredder: Shredder

    async def start(self) -> None:
        """Claim the store, destroy again what was erased, and begin to connect."""
        self.store.claim()
        await asyncio.to_thread(self.shredder.shred)
        await self.bus.connect(self.settings.nats_url, SERVICE)

    async def close(self) -> None:
        await self.bus.close()
        await asyncio.to_thread(self.desk.close)
        self.store.close()
        self.vault.close()

    def loops(self) -> Mapping[str, Callable[[], Awaitable[None]]]:
        return {"outbox": self.outbox.run, "cards": self.cards.run, "shredder": self.shredder.run}

    def checks(self) -> Mapping[str, Check]:
        return {
            **checks_of(self.store, self.bus, self.desk, self.outbox),
            "cards": self.cards.status,
        }


def build(settings: Settings, *, clock: Clock | None = None) -> FastAPI:
    """Everything the registry is made of, put together."""
    clock = clock or Clock(settings.clock_file)
    store = EventStore(settings.database_url, [METADATA])
    vault = Vault(settings.vault_url, settings.vault_key.get_secret_value())
    desk, bus = Desk(store, rows), Bus()
    publications = Publications(store, SERVICE, PUBLISHED)
    outbox, cards = Outbox(bus, publications, desk.recorded), Cards(bus, store, vault)
    shredder = Shredder(vault, lambda: _erased(store))
    parts = Parts(settings, store, vault, desk, bus, outbox, cards, shredder)
    app = application(
        SERVICE,
        routers=[*ROUTERS, feed_router(publications, services_only)],
        checks=parts.checks(),
        loops=parts.loops(),
        start=parts.start,
        close=parts.close,
    )
    app.state.clock = clock
    app.state.tokens = TokenChecker.from_file(settings.token_issuers, SERVICE, settings.environment)
    app.state.registry = _routed(parts, clock)
    return app


def _routed(parts: Parts, clock: Clock) -> Registry:
    """What the routes use."""
    people = People(parts.desk, parts.vault, parts.settings.login_key.get_secret_value())
    return Registry(
        store=parts.store,
        vault=parts.vault,
        clock=clock,
        units=Units(parts.desk),
        people=people,
        roles=Roles(parts.desk, people),
        groups=Groups(parts.desk, people),
        imports=Imports(parts.desk),
    )


def _erased(store: EventStore) -> Iterable[tuple[str, int | None]]:
    return [(key_subject(person_id), None) for person_id in lookups.persons_erased(store)]
