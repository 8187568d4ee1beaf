"""Two small services for the tests of speaking and hearing: one writes letters, the other puts them on shelves."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import UUID

import httpx
import msgspec
from fastapi import FastAPI, HTTPException, Request
from sqlalchemy import Column, Integer, MetaData, Table, Text, select

from shared.bus import Bus, Pull, delivered
from shared.contracts import CloudEvent, Contract
from shared.desk import Desk, UnitOfWork
from shared.domain import Acting, Aggregate, Event, Recorded, Refused, State, identity
from shared.epochs.log import EPOCH_TABLES, EpochLog
from shared.eventstore import EventStore, Put, Work
from shared.feed import Feed, FeedClient, Publications, feed_router
from shared.inbox import INBOX_TABLES, Inbox, Policy
from shared.loops import running
from shared.outbox import Outbox
from shared.stream_copy import contract_in
from tests.eventually import eventually_async
from tests.integration.row import FROM_THE_START, taken
from tests.servers import NatsServer

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SOMEBODY = Acting(subject="service:speaking", role="service")
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
PATIENT = 60.0
"""Seconds of quiet after which one asks the speaker who is not to do so while a busy machine lets messages wait."""


class LetterState(State):
    pages: int = 0


class Written(Event, frozen=True, kw_only=True):
    TOPIC = "speaking.Letter.Written"
    text: str

    def begin(self) -> LetterState:
        return LetterState(pages=1)

    def apply(self, state: LetterState) -> None:
        state.pages += 1


class Reread(Event, frozen=True, kw_only=True):
    """Happens, and is nobody else's business."""

    TOPIC = "speaking.Letter.Reread"


class LetterWrittenV1(Contract):
    NAME: ClassVar[str] = "speaking.letter.written.v1"
    text: str


def written(recorded: Recorded) -> Contract:
    assert isinstance(recorded.event, Written)
    return LetterWrittenV1(text=recorded.event.text)


class ShelfState(State):
    texts: list[str] = msgspec.field(default_factory=list)


class Placed(Event, frozen=True, kw_only=True):
    TOPIC = "hearing.Shelf.Placed"
    position: int
    text: str

    def begin(self) -> ShelfState:
        return ShelfState(texts=[self.text])

    def apply(self, state: ShelfState) -> None:
        state.texts.append(self.text)


class Shelf(Aggregate[ShelfState]):
    TOPIC = "hearing.Shelf"
    STATE = ShelfState


class ShelfIsFull(Refused):
    code = "shelf_is_full"


VIEWS = MetaData()
letters = Table(
    "letters",
    VIEWS,
    Column("subject", Text, primary_key=True),
    Column("count", Integer, nullable=False),
    Column("text", Text, nullable=False),
)


class Shelving:
    """Each letter is placed on the shelf of its kind; its text says what goes wrong with it."""

    def __init__(self) -> None:
        self.torn_can_be_read = False

    def __call__(self, unit: UnitOfWork, heard: CloudEvent, contract: Contract) -> None:
        assert isinstance(contract, LetterWrittenV1)
        shelf_id = identity("shelf", heard.subject)
        placed = Placed(at=NOON, by=SOMEBODY, position=heard.position, text=contract.text)
        shelf = unit.find(Shelf, shelf_id)
        if shelf is None:
            unit.add(Shelf.begin(shelf_id, placed))
        else:
            shelf.trigger(placed)
        if contract.text == "full":
            raise ShelfIsFull("no more room")
        if contract.text == "torn" and not self.torn_can_be_read:
            raise ValueError("cannot be read")


def count(unit: UnitOfWork, heard: CloudEvent, contract: Contract) -> None:
    """A view that reads its own row: how many letters of each kind, and the last."""
    assert isinstance(contract, LetterWrittenV1)
    found = unit.rows(select(letters).where(letters.c.subject == heard.subject))
    number = found[0]["count"] + 1 if found else 1
    unit.change(Put(letters, {"subject": heard.subject, "count": number, "text": contract.text}))


class Speaking:
    """The speaking service: its store, its feed and its relay."""

    def __init__(self, url: str, name: str = "speaking", tell: Callable[[Recorded], Contract] = written) -> None:
        self.store = EventStore(url, [EPOCH_TABLES])
        self.desk = Desk(self.store, lambda _: ())
        self.epochs = EpochLog(self.store)
        self.publications = Publications(self.store, name, {Written: tell}, self.epochs.known)
        self._versions: dict[UUID, int] = {}
        self.app = FastAPI()
        self.app.include_router(feed_router(self.publications, _services_only))
        self.feed = FeedClient(f"http://{name}", lambda: "let-me-in", self.http())

    def http(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.ASGITransport(self.app))

    def write(self, kind: str, *texts: str) -> None:
        """Letters of one kind, each reread once by its writer."""
        events: list[Event] = []
        for text in texts:
            events += [
                Written(at=NOON, by=SOMEBODY, text=text, trace=TRACE),
                Reread(at=NOON, by=SOMEBODY),
            ]
        letter = identity("letter", kind)
        version = self._versions.get(letter, 0)
        recorded = [Recorded(letter, version + n, event) for n, event in enumerate(events, start=1)]
        self._versions[letter] = version + len(events)
        self.store.record([Work(self.store.stored(recorded))])
        self.desk.recorded.set()

    def said(self) -> list[int]:
        """The positions of everything told to others."""
        return [event.position for event in self.publications.read(0, 100_000)]

    def for_shelves(self) -> dict[UUID, list[int]]:
        """The positions of everything told to others, as they belong on the shelves of who hears it."""
        shelves: dict[UUID, list[int]] = {}
        for event in self.publications.read(0, 100_000):
            shelves.setdefault(identity("shelf", event.subject), []).append(event.position)
        return shelves

    def outbox(self, bus: Bus) -> Outbox:
        return Outbox(
            bus, self.publications, self.desk.recorded, is_kept=self.epochs.is_kept, stopped=self.desk.stop_adding
        )

    def close(self) -> None:
        self.desk.close()
        self.store.close()


class HearingService:
    """The hearing service: its store and its reader of the speaking one."""

    def __init__(self, url: str, rows: Callable[[Aggregate[Any]], Iterable[Put]] = lambda _: ()) -> None:
        self.store = EventStore(url, [INBOX_TABLES, VIEWS])
        self.desk = Desk(self.store, rows)

    def inbox(
        self, bus: Bus, feed: Feed, policy: Policy, fold: Policy | None = None, *, quiet: float = 0.2, **more: Any
    ) -> Inbox:
        return Inbox(bus, self.desk, "hearing", "speaking", feed, policy, fold, quiet=quiet, **more)

    def shelf(self, kind: str) -> list[str]:
        """The texts on the shelf of one kind."""
        shelf = self.store.load(Shelf, identity("shelf", identity("letter", kind)))
        return shelf.state.texts if shelf else []

    def placed(self) -> dict[UUID, list[int]]:
        """The positions of the letters on each shelf, in the order they were placed there."""
        shelves: dict[UUID, list[int]] = {}
        for _, recorded in self.store.log(0, 100_000):
            if isinstance(recorded.event, Placed):
                shelves.setdefault(recorded.originator_id, []).append(recorded.event.position)
        return shelves

    def close(self) -> None:
        self.desk.close()
        self.store.close()


async def _services_only(request: Request) -> None:
    if request.headers.get("Authorization") != "Bearer let-me-in":
        raise HTTPException(403)


@asynccontextmanager
async def on_bus(url: str, name: str = "test") -> AsyncIterator[Bus]:
    """A connection that stands."""
    bus = Bus()
    await bus.connect(url, name)
    try:
        yield bus
    finally:
        await bus.close()


@asynccontextmanager
async def at_work(*loops: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    """The loops run while the block does."""
    async with running({f"{n}": loop for n, loop in enumerate(loops)}):
        yield


async def published(speaking: Speaking, outbox: Outbox) -> None:
    """Wait until the relay has told everything."""
    head = speaking.publications.head
    await eventually_async(lambda: (at := outbox.standing()) and at.position == head())


async def said_on(bus: Bus) -> list[int]:
    """The positions a newcomer gets from the stream of the speaking one."""
    waiting = (await bus.state("SPEAKING")).messages
    async with Pull(bus, "SPEAKING", "newcomer", FROM_THE_START) as pull:
        contracts = [contract_in(delivered(message)) for message in await taken(pull, waiting)]
    return [contract.position for contract in contracts if contract]


@dataclass
class Talk:
    """Both services at work on one broker."""

    bus: Bus
    outbox: Outbox
    inbox: Inbox
    speaking: Speaking
    hearing: HearingService

    async def heard_all(self, within: float = 60.0) -> None:
        await eventually_async(
            lambda: self.hearing.store.tracked("speaking") == self.speaking.publications.head(), within
        )


@asynccontextmanager
async def talk(
    broker: NatsServer, speaking: Speaking, hearing: HearingService, policy: Policy, fold: Policy | None = None
) -> AsyncIterator[Talk]:
    async with on_bus(broker.url) as bus:
        outbox, inbox = speaking.outbox(bus), hearing.inbox(bus, speaking.feed, policy, fold)
        async with at_work(outbox.run, inbox.run):
            yield Talk(bus, outbox, inbox, speaking, hearing)
