"""A speaker that is silent for longer than its stream keeps anything: an empty stream is no damage then."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from nats.aio.msg import Msg

from shared.bus import Bus
from shared.outbox import Outbox
from shared.stream_audit import StreamAudit
from tests.eventually import eventually_async
from tests.integration.talk import HearingService, Shelving, Speaking, at_work, on_bus, published, said_on
from tests.servers import NatsServer
from tests.servers.versions import Version, versions
from tests.stores import Databases, sqlite_databases

pytestmark = [pytest.mark.integration, pytest.mark.anyio, pytest.mark.parametrize("version", versions())]
STREAM = "SPEAKING"
KEPT_FOR = 2.0


@pytest.fixture
def broker(version: Version, tmp_path: Path) -> Iterator[NatsServer]:
    with version.server(tmp_path / "broker") as server:
        yield server


@pytest.fixture
def databases(tmp_path: Path) -> Databases:
    """The stream is the broker's business: one kind of database is enough."""
    return sqlite_databases(tmp_path)


@asynccontextmanager
async def relaying(bus: Bus, speaking: Speaking) -> AsyncIterator[Outbox]:
    outbox = Outbox(bus, speaking.publications, speaking.desk.recorded, kept_for=KEPT_FOR)
    async with at_work(outbox.run):
        await published(speaking, outbox)
        yield outbox


@asynccontextmanager
async def overheard(bus: Bus) -> AsyncIterator[list[int]]:
    """The positions of what is said from now on; by the time one looks the stream may have let go of it again."""
    positions: list[int] = []

    async def said(message: Msg) -> None:
        positions.append(int((message.headers or {})["Position"]))

    listening = await bus.client.subscribe("ev.speaking.>", cb=said)
    await bus.client.flush()
    yield positions
    await listening.unsubscribe()


async def until_silent(bus: Bus) -> int:
    """Wait until everything is too old; the sequence of what came last."""

    async def empty() -> bool:
        return (await bus.state(STREAM)).is_aged_out

    await eventually_async(empty)
    return (await bus.state(STREAM)).last_seq


async def test_what_became_too_old_is_not_said_again(
    broker: NatsServer, speaking: Speaking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.outbox.CHECK", 0.0)
    speaking.write("bills", *map(str, range(10)))
    async with on_bus(broker.url) as bus, relaying(bus, speaking) as outbox:
        audit = StreamAudit(bus, outbox, speaking.publications)
        last = await until_silent(bus)
        await audit.audit()
        async with overheard(bus) as told:
            speaking.write("bills", "after all")
            await published(speaking, outbox)
            await eventually_async(lambda: told == speaking.said()[-1:])
        assert (await bus.state(STREAM)).last_seq == last + 1
        await audit.audit()
        assert audit.status().breaks == 0
        assert (outbox.status().remade, outbox.status().resyncs) == (0, 0)


async def test_a_relay_that_begins_after_a_long_silence_says_only_what_is_new(
    broker: NatsServer, speaking: Speaking
) -> None:
    speaking.write("bills", *map(str, range(10)))
    async with on_bus(broker.url) as bus:
        async with relaying(bus, speaking):
            pass
        last = await until_silent(bus)
        broker.kill()
        broker.start()
        await eventually_async(lambda: bus.connections == 2 and bus.is_up)
        speaking.write("love", "one", "two")
        async with overheard(bus) as told, relaying(bus, speaking) as outbox:
            await eventually_async(lambda: told == speaking.said()[-2:])
            assert (await bus.state(STREAM)).last_seq == last + 2
            assert outbox.status().remade == 0


async def test_a_hearer_that_missed_what_became_too_old_reads_the_feed(
    broker: NatsServer, speaking: Speaking, hearing: HearingService
) -> None:
    speaking.write("bills", *map(str, range(10)))
    async with on_bus(broker.url) as bus, relaying(bus, speaking) as outbox:
        await until_silent(bus)
        speaking.write("bills", "after all")
        await published(speaking, outbox)
        inbox = hearing.inbox(bus, speaking.feed, Shelving())
        async with at_work(inbox.run):
            await eventually_async(lambda: hearing.store.tracked("speaking") == speaking.publications.head())
        assert hearing.placed() == speaking.for_shelves()


async def test_a_stream_that_was_emptied_too_soon_is_filled_again(
    broker: NatsServer, speaking: Speaking, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It ends where it did and holds nothing, too; only its last message is not that old."""
    monkeypatch.setattr("shared.outbox.CHECK", 0.0)
    speaking.write("bills", *map(str, range(10)))
    async with on_bus(broker.url) as bus:
        outbox = speaking.outbox(bus)
        async with at_work(outbox.run):
            await published(speaking, outbox)
            await bus.ask(f"STREAM.PURGE.{STREAM}")
            await eventually_async(lambda: outbox.status().remade)
            await published(speaking, outbox)
            assert await said_on(bus) == speaking.said()
