"""What every service is made of, put together once; a service adds what is its own before it is served."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial

from fastapi import APIRouter, FastAPI

from shared.bus import Bus
from shared.callers import services_and_operator, services_only
from shared.checks import checks_of, while_writing
from shared.clock import Clock
from shared.contracts import Contract
from shared.desk import Desk
from shared.domain import Event, Recorded
from shared.epochs.heard_routes import heard_router
from shared.epochs.log import EpochLog
from shared.epochs.opening import Epochs
from shared.epochs.parting import Parting
from shared.epochs.routes import epochs_router
from shared.eventstore import EventStore, WritersLock
from shared.feed import Feed, FeedClient, Publications, feed_router
from shared.health import Check
from shared.inbox import Forget, Inbox, Policy, Views
from shared.lease import Lease
from shared.loops import Breaks
from shared.outbox import Outbox
from shared.parking import Parking, parking_router
from shared.rebuild import ReadModels, every_table
from shared.settings import ServiceSettings
from shared.shredder import Shredder
from shared.stream_audit import StreamAudit
from shared.tokens import OwnTokens, TokenChecker
from shared.vault import Vault
from shared.web import application

Loop = Callable[[], Awaitable[None]]
Step = Callable[[], Awaitable[object]]


@dataclass(frozen=True)
class Listening:
    """How a service listens to one speaker: where that answers, and what is done about what it says.

    ``fold`` writes the rows that follow from a contract alone, ``policy`` is what the service does about it, and
    ``forget`` what it does when the speaker was put back and has lost it.
    """

    url: str
    policy: Policy
    fold: Policy | None = None
    forget: Forget | None = None


@dataclass(frozen=True)
class Parts:
    """What runs behind the routes of a service.

    ``loops`` run while it holds the lease, ``checks`` say how it is; ``at_start`` is done each time the lease was
    taken, ``at_end`` when the process is asked to end and still answers, and ``at_close`` while the database is still
    there.  ``followers`` act on what was heard in its turn.
    """

    name: str
    settings: ServiceSettings
    clock: Clock
    models: ReadModels
    store: EventStore
    vault: Vault
    desk: Desk
    lease: Lease
    bus: Bus
    publications: Publications
    outbox: Outbox
    audit: StreamAudit
    epochs: Epochs
    tokens: OwnTokens
    feeds: Mapping[str, FeedClient]
    inboxes: Mapping[str, Inbox]
    loops: dict[str, Loop] = field(default_factory=dict)
    checks: dict[str, Check] = field(default_factory=dict)
    at_start: list[Step] = field(default_factory=list)
    at_end: list[Callable[[], None]] = field(default_factory=list)
    at_close: list[Step] = field(default_factory=list)
    followers: list[str] = field(default_factory=list)

    def destroy_keys(self, decided: Callable[[], Iterable[tuple[str, int | None]]]) -> None:
        """Have the keys destroyed that redactions and erasures name: when writing begins, and soon after each."""
        shredder = Shredder(self.vault, decided)
        self.at_start.append(partial(asyncio.to_thread, shredder.shred))
        self.loops["shredder"] = shredder.run
        self.checks["shredder"] = shredder.status

    async def start(self) -> None:
        """Write if nobody else does, else stand by; begin to connect."""
        await self.lease.take()
        await self.bus.connect(self.settings.nats_url, self.name)

    async def close(self) -> None:
        """End what was opened, the database last."""
        await self.bus.close()
        for feed in self.feeds.values():
            await feed.close()
        for step in self.at_close:
            await step()
        await asyncio.to_thread(self.desk.close)
        await self.lease.release()
        await asyncio.to_thread(self.store.close)
        self.vault.close()

    def end(self) -> None:
        """Tell what would go on for ever that it is time; requests are still answered."""
        for step in self.at_end:
            step()

    def application(self, *routers: APIRouter) -> FastAPI:
        """The service's HTTP side: its own routes and the feed."""
        breaks = Breaks()
        self.loops.update(breaks.watching(self.loops))
        loops = breaks.watching({"lease": self.lease.run})
        app = application(
            self.name,
            routers=[*routers, *self._routers()],
            checks=while_writing(self.lease, {**self.checks, **breaks.checks()}),
            loops=loops,
            start=self.start,
            end=self.end,
            close=self.close,
        )
        app.state.parts = self
        app.state.clock = self.clock
        app.state.lease = self.lease
        app.state.tokens = TokenChecker.from_file(self.settings.token_issuers, self.name, self.settings.environment)
        return app

    def _routers(self) -> list[APIRouter]:
        """The routes every service has beside its own, for the other services and for the operator."""
        return [
            feed_router(self.publications, services_only, services_and_operator),
            epochs_router(self.epochs),
            heard_router(self.store, self.feeds, self.followers),
            *([parking_router(Parking(self.desk, self.inboxes))] if self.inboxes else []),
        ]


def parts_of(
    name: str,
    settings: ServiceSettings,
    models: ReadModels,
    published: Mapping[type[Event], Callable[[Recorded], Contract]],
    hears: Mapping[str, Listening] | None = None,
    *,
    clock: Clock | None = None,
    feeds: Mapping[str, FeedClient] | None = None,
) -> Parts:
    """The parts of a service that writes ``models``, tells others what is ``published``, and ``hears`` others."""
    hears = hears or {}
    store, vault, lock = _databases(settings, models)
    desk, bus = Desk(store, models.own, lambda: lock.is_held, [event.TOPIC for event in published]), Bus()
    publications, outbox, audit, epochs = _speaking(name, settings, store, desk, bus, published)
    tokens = OwnTokens(name, settings.signing_key)
    feeds = feeds or {speaker: FeedClient(one.url, tokens.for_service(speaker)) for speaker, one in hears.items()}
    inboxes = {s: _inbox(bus, desk, models, name, s, feeds[s], one) for s, one in hears.items()}
    at_start: list[Step] = [partial(asyncio.to_thread, _prepare, store, vault)]
    lease = Lease(lock, loops := _loops(outbox, audit, inboxes), begin=at_start, end=[desk.forget])
    return Parts(
        name=name,
        settings=settings,
        clock=clock or Clock(settings.clock_file),
        models=models,
        store=store,
        vault=vault,
        desk=desk,
        lease=lease,
        bus=bus,
        publications=publications,
        outbox=outbox,
        audit=audit,
        epochs=epochs,
        tokens=tokens,
        feeds=feeds,
        inboxes=inboxes,
        loops=loops,
        checks={"lease": lease.status, **checks_of(store, vault, bus, desk, outbox, audit, inboxes.values())},
        at_start=at_start,
    )


def _loops(outbox: Outbox, audit: StreamAudit, inboxes: Mapping[str, Inbox]) -> dict[str, Loop]:
    listening: dict[str, Loop] = {f"inbox:{speaker}": inbox.run for speaker, inbox in inboxes.items()}
    return {"outbox": outbox.run, "audit": audit.run, **listening}


def _speaking(
    name: str,
    settings: ServiceSettings,
    store: EventStore,
    desk: Desk,
    bus: Bus,
    published: Mapping[type[Event], Callable[[Recorded], Contract]],
) -> tuple[Publications, Outbox, StreamAudit, Epochs]:
    """What tells others of our log, and what begins a new epoch when that was put back."""
    own = EpochLog(store)
    publications = Publications(store, name, published, own.known)
    outbox = Outbox(bus, publications, desk.recorded, is_kept=own.is_kept, stopped=desk.stop_adding)
    audit = StreamAudit(bus, outbox, publications, settings.stream_audit_seconds)
    return publications, outbox, audit, Epochs(desk, own, Parting(bus, publications), outbox.look_again)


def _inbox(bus: Bus, desk: Desk, models: ReadModels, name: str, speaker: str, feed: Feed, one: Listening) -> Inbox:
    views = Views(models.of_others, models.heard)
    return Inbox(bus, desk, name, speaker, feed, one.policy, one.fold, views=views, forget=one.forget)


def _databases(settings: ServiceSettings, models: ReadModels) -> tuple[EventStore, Vault, WritersLock]:
    """The log and the keys, and the lock of whoever writes, who makes what is missing in them."""
    store = EventStore(settings.database_url, every_table(models), at_once=False)
    vault = Vault(settings.vault_url, settings.vault_key.get_secret_value(), at_once=False)
    return store, vault, store.lock()


def _prepare(store: EventStore, vault: Vault) -> None:
    """Make what is missing in the databases of a service that begins to write; only a new one has no keys."""
    store.prepare()
    vault.prepare(must_be_there=store.head() > 0)
