"""Whatever befalls the broker and its disk, people go on writing, and in the end all was said and heard once."""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from shared.bus import Bus
from shared.inbox import Inbox
from shared.outbox import Outbox
from tests.eventually import eventually_async
from tests.integration.damage import BrokerStore
from tests.integration.killed import process
from tests.integration.talk import HearingService, Shelving, Speaking, at_work, on_bus, published, said_on
from tests.servers import NatsServer
from tests.servers.engines import containers_wanted
from tests.stores import Databases, sqlite_databases

pytestmark = [pytest.mark.integration, pytest.mark.anyio]
on_disk = pytest.mark.skipif(containers_wanted(), reason="the broker's store is inside its container")
STREAM = "SPEAKING"


@pytest.fixture
def databases(tmp_path: Path) -> Databases:
    """These faults are the broker's: one kind of database is enough."""
    return sqlite_databases(tmp_path)


@pytest.fixture
def disk(tmp_path: Path) -> BrokerStore:
    return BrokerStore(tmp_path / "broker")


@dataclass
class Talk:
    """Speaker and hearer at work, each with a connection of its own."""

    bus: Bus
    outbox: Outbox
    inbox: Inbox
    speaking: Speaking
    hearing: HearingService

    async def all_is_said(self) -> None:
        await published(self.speaking, self.outbox)

    async def all_is_heard(self) -> None:
        head = self.speaking.publications.head
        await eventually_async(lambda: self.hearing.store.tracked("speaking") == head())
        assert self.hearing.placed() == self.speaking.for_shelves()

    async def write(self, kind: str, times: int = 40) -> None:
        for n in range(times):
            await asyncio.to_thread(self.speaking.write, kind, *(f"{n}-{m}" for m in range(10)))

    async def says(self) -> list[int]:
        return await said_on(self.bus)


@pytest.fixture
async def talk(broker: NatsServer, speaking: Speaking, hearing: HearingService) -> AsyncIterator[Talk]:
    async with talking(broker, speaking, hearing) as both:
        yield both


@asynccontextmanager
async def talking(broker: NatsServer, speaking: Speaking, hearing: HearingService) -> AsyncIterator[Talk]:
    async with on_bus(broker.url, "speaking") as bus, on_bus(broker.url, "hearing") as other:
        outbox, inbox = speaking.outbox(bus), hearing.inbox(other, speaking.feed, Shelving())
        async with at_work(outbox.run, inbox.run):
            yield Talk(bus, outbox, inbox, speaking, hearing)


async def test_a_stream_deleted_under_both_is_filled_again_and_nothing_is_heard_twice(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.outbox.CHECK", 0.1)
    await talk.write("bills", 5)
    await talk.all_is_heard()
    await talk.bus.ask(f"STREAM.DELETE.{STREAM}")
    await talk.write("love", 5)
    await talk.all_is_heard()
    await eventually_async(lambda: talk.outbox.status().resyncs > 0)
    await talk.all_is_said()
    assert await talk.says() == talk.speaking.said()


async def test_a_stream_purged_under_an_open_connection_is_filled_again(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The broker remembers the ids of what it purged, and would take none of it again for two minutes."""
    monkeypatch.setattr("shared.outbox.CHECK", 0.1)
    await talk.write("bills", 5)
    await talk.all_is_said()
    await talk.bus.ask(f"STREAM.PURGE.{STREAM}")
    await eventually_async(lambda: talk.outbox.status().remade > 0)
    await talk.all_is_said()
    assert await talk.says() == talk.speaking.said()


@on_disk
@pytest.mark.parametrize("put_back", [BrokerStore.put_back, BrokerStore.put_back_blocks], ids=["all", "blocks"])
async def test_a_store_put_back_from_an_older_copy_gets_what_it_forgot(
    broker: NatsServer, talk: Talk, disk: BrokerStore, put_back: Callable[[BrokerStore], None]
) -> None:
    await talk.write("bills", 5)
    await talk.all_is_heard()
    disk.keep_a_copy()
    await talk.write("love", 5)
    await talk.all_is_heard()
    broker.kill()
    put_back(disk)
    broker.start()
    await talk.write("bills", 5)
    await talk.all_is_heard()
    await talk.all_is_said()
    assert await talk.says() == talk.speaking.said()


@on_disk
@pytest.mark.parametrize(
    "damage",
    [
        lambda disk: disk.flip_in_payload(STREAM, 50),
        lambda disk: disk.flip_in_length(STREAM, 50),
        lambda disk: disk.flip_in_length(STREAM, 100),
        lambda disk: disk.cut(STREAM, 0.8),
        lambda disk: disk.cut(STREAM, 0.0),
    ],
    ids=["bit-of-a-message", "bit-of-a-length", "bit-of-the-last-length", "cut", "empty"],
)
@pytest.mark.parametrize("crashed", [False, True], ids=["stopped", "crashed"])
async def test_damage_to_a_block_stops_nobody(
    broker: NatsServer, talk: Talk, disk: BrokerStore, damage: Callable[[BrokerStore], None], crashed: bool
) -> None:
    """After damage a broker may tell its sequence differently when it is asked and when it is to take a message."""
    await talk.write("bills", 10)
    await talk.all_is_heard()
    await talk.all_is_said()
    broker.kill() if crashed else broker.stop()
    damage(disk)
    broker.start()
    await eventually_async(lambda: talk.outbox.status().resyncs > 0)
    await talk.write("love", 5)
    await talk.all_is_said()
    await talk.all_is_heard()


async def test_a_broker_frozen_and_thawed_while_much_is_written_loses_nothing(broker: NatsServer, talk: Talk) -> None:
    await talk.write("bills", 2)
    await talk.all_is_heard()
    writing = asyncio.create_task(talk.write("love"))
    broker.pause()
    await eventually_async(lambda: talk.outbox.status().fault)
    broker.resume()
    await writing
    await talk.all_is_said()
    await talk.all_is_heard()
    assert await talk.says() == talk.speaking.said()


async def test_a_broker_restarted_while_much_is_written_loses_nothing(broker: NatsServer, talk: Talk) -> None:
    writing = asyncio.create_task(talk.write("love"))
    for _ in range(2):
        await asyncio.to_thread(broker.restart)
        await talk.bus.up()
    await writing
    await talk.all_is_said()
    await talk.all_is_heard()
    assert await talk.says() == talk.speaking.said()


async def test_a_broker_away_while_much_is_written_gets_all_of_it_afterwards(broker: NatsServer, talk: Talk) -> None:
    await talk.write("bills", 2)
    await talk.all_is_said()
    broker.stop()
    await eventually_async(lambda: not talk.bus.is_up)
    await talk.write("love", 300)
    await eventually_async(lambda: talk.outbox.status().unpublished == 3000)
    await talk.all_is_heard()
    broker.start()
    await talk.all_is_said()
    assert talk.outbox.status().unpublished == 0
    assert await talk.says() == talk.speaking.said()


async def test_two_relays_at_once_and_one_killed_under_load_leave_an_unbroken_stream(
    broker: NatsServer, talk: Talk
) -> None:
    await talk.write("bills", 2)
    store = talk.speaking.store.url.render_as_string(hide_password=False)
    async with process("relay", broker.url, store) as other:
        writing = asyncio.create_task(talk.write("love", 60))
        await eventually_async(lambda: talk.speaking.publications.head() > 400)
        other.kill()
        await writing
    await talk.all_is_said()
    await talk.all_is_heard()
    assert await talk.says() == talk.speaking.said()


@on_disk
async def test_a_broker_that_may_store_too_little_takes_all_once_it_may_store_more(
    broker: NatsServer, speaking: Speaking, hearing: HearingService, tmp_path: Path
) -> None:
    file = tmp_path / "broker" / "nats.conf"
    enough = file.read_text()
    file.write_text(enough.replace("max_file_store: 2GB", "max_file_store: 1MB"))
    assert file.read_text() != enough
    broker.restart()
    async with talking(broker, speaking, hearing) as talk:
        await talk.write("bills", 10)
        await eventually_async(lambda: "storage" in talk.outbox.status().fault)
        await eventually_async(lambda: talk.outbox.status().unpublished == 100)
        await talk.all_is_heard()
        file.write_text(enough)
        broker.restart()
        await talk.all_is_said()
        assert await talk.says() == talk.speaking.said()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """The broker's store on a disk of 16 MB."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a disk")
    store = tmp_path / "broker" / "store"
    store.mkdir(parents=True)
    mounted = subprocess.run(["/bin/mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", store], check=False)
    if mounted.returncode:
        pytest.skip("this machine lets nobody mount a disk")
    yield store
    subprocess.run(["/bin/umount", "--lazy", store], check=True)


@on_disk
async def test_a_full_disk_stops_the_stream_and_not_the_writing(
    small_disk: Path, broker: NatsServer, speaking: Speaking, hearing: HearingService
) -> None:
    """A broker whose disk was full may need a restart before it takes anything again; here it gets one."""
    ballast = small_disk / "ballast"
    async with talking(broker, speaking, hearing) as talk:
        await talk.write("bills", 2)
        await talk.all_is_said()
        ballast.write_bytes(bytes(14 << 20))
        await talk.write("love", 400)
        await eventually_async(lambda: talk.outbox.status().fault and talk.outbox.status().unpublished > 0)
        await talk.all_is_heard()
        ballast.unlink()
        broker.kill()
        broker.start()
        await talk.all_is_said()
        assert await talk.says() == talk.speaking.said()
