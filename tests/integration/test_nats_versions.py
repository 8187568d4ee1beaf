"""The suite is tried on the oldest nats-server there is reason to meet; what could differ, on newer ones as well.

All of it runs as production would have it: newer servers write to disk before they acknowledge.
"""

from __future__ import annotations

import asyncio
import random
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from shared.bus import Bus, BusFault, Pull, Unsuitable
from shared.contracts import CloudEvent, Contract
from shared.desk import UnitOfWork
from shared.inbox import Inbox
from shared.outbox import Outbox
from tests.eventually import eventually_async
from tests.integration.damage import BrokerStore
from tests.integration.row import FROM_THE_START, positions_in, published, taken
from tests.integration.talk import HearingService, Shelving, Speaking, at_work, on_bus
from tests.servers import NatsServer
from tests.servers.versions import Version, versions

pytestmark = [pytest.mark.integration, pytest.mark.anyio, pytest.mark.parametrize("version", versions())]
one_database = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)

STREAM = "SPEAKING"
KINDS = ("bills", "love", "complaints")


@pytest.fixture
def broker(version: Version, tmp_path: Path) -> Iterator[NatsServer]:
    with version.server(tmp_path / "broker") as server:
        yield server


@pytest.fixture
def store(tmp_path: Path) -> BrokerStore:
    return BrokerStore(tmp_path / "broker")


async def says(bus: Bus) -> list[int]:
    return await positions_in(bus, STREAM)


async def until_published(outbox: Outbox, speaking: Speaking) -> None:
    await eventually_async(lambda: outbox.status().position == speaking.publications.head())


class Unsteady:
    """Shelves letters; now and then the database is away, and now and then the process dies at that moment."""

    def __init__(self, chance: random.Random) -> None:
        self._shelve, self._chance = Shelving(), chance
        self._loop, self.died = asyncio.get_running_loop(), asyncio.Event()

    def __call__(self, unit: UnitOfWork, heard: CloudEvent, contract: Contract) -> None:
        lot = self._chance.random()
        if lot < 0.001:
            raise ConnectionError("the database is away")
        if lot > 0.998:
            self._loop.call_soon_threadsafe(self.died.set)
        self._shelve(unit, heard, contract)

    async def keep_alive(self, inbox: Callable[[], Inbox]) -> None:
        """Begin again, remembering nothing, whenever the process has died: before its commit, or after it."""
        while True:
            self.died.clear()
            async with at_work(inbox().run):
                await self.died.wait()


async def write(speaking: Speaking, chance: random.Random) -> None:
    """Letters, a few at a time, while something happens to the bus."""
    for number in range(25):
        await asyncio.to_thread(speaking.write, chance.choice(KINDS), *(f"{number}-{n}" for n in range(10)))


async def test_both_ends_agree_whatever_befell_the_broker_between_them(
    broker: NatsServer,
    store: BrokerStore,
    speaking: Speaking,
    hearing: HearingService,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    chance = random.Random(request.node.name)
    blows = [store.put_back, store.put_back_blocks, store.wipe, None]
    chance.shuffle(blows)
    async with on_bus(broker.url, "speaking") as ours, on_bus(broker.url, "hearing") as theirs:
        outbox, policy = speaking.outbox(ours), Unsteady(chance)
        listen = partial(policy.keep_alive, lambda: hearing.inbox(theirs, speaking.feed, policy))
        async with at_work(outbox.run, listen):
            for blow in blows:
                await strike(broker, store, blow, speaking, outbox, chance)
                shutil.rmtree(tmp_path / "broker" / "copy", ignore_errors=True)
                await eventually_async(lambda: hearing.store.tracked("speaking") == speaking.publications.head())
            await until_published(outbox, speaking)
        assert await says(ours) == speaking.said()
    assert hearing.placed() == speaking.for_shelves()


async def strike(
    broker: NatsServer,
    store: BrokerStore,
    blow: Callable[[], None] | None,
    speaking: Speaking,
    outbox: Outbox,
    chance: random.Random,
) -> None:
    """Let the broker lose what it was told since the copy; without a ``blow`` it only falls silent for a while."""
    store.keep_a_copy()
    await write(speaking, chance)
    await until_published(outbox, speaking)
    async with asyncio.TaskGroup() as both:
        both.create_task(write(speaking, chance))
        if blow is None:
            broker.pause()
            await eventually_async(lambda: outbox.status().fault)
            broker.resume()
        else:
            broker.kill()
            blow()
            broker.start()


@one_database
async def test_what_is_cut_off_a_block_is_said_again(
    broker: NatsServer, store: BrokerStore, speaking: Speaking
) -> None:
    """Some servers count what they lost as deleted, others have forgotten it: the last sequence may be either."""
    speaking.write("bills", *map(str, range(300)))
    async with on_bus(broker.url) as bus:
        outbox = speaking.outbox(bus)
        async with at_work(outbox.run):
            await until_published(outbox, speaking)
        broker.kill()
        store.cut(STREAM, 0.8)
        broker.start()
        await eventually_async(lambda: bus.connections == 2)
        assert len(await says(bus)) < 300
        async with at_work(outbox.run):
            speaking.write("love", "one more")
            await until_published(outbox, speaking)
            assert await says(bus) == speaking.said()


@one_database
async def test_two_relays_at_once_do_not_interleave(broker: NatsServer, speaking: Speaking) -> None:
    async with on_bus(broker.url, "one") as one, on_bus(broker.url, "two") as two:
        first, second = speaking.outbox(one), speaking.outbox(two)
        async with at_work(first.run, second.run):
            for number in range(10):
                speaking.write("bills", *map(str, range(number * 30, number * 30 + 30)))
                await eventually_async(
                    lambda: speaking.publications.head() in (first.status().position, second.status().position)
                )
            assert await says(one) == speaking.said()


async def test_settings_the_server_leaves_out_are_noticed(broker: NatsServer, version: Version) -> None:
    """Several filters came with 2.10; a server before it would hand out everything, and say nothing."""
    filters: dict[str, Any] = {"filter_subjects": ["ev.row.said.v1", "ev.row.sung.v1"]}
    async with on_bus(broker.url) as bus:
        await bus.up()
        await published(bus, range(3), batches=False)
        if version.number < (2, 10):
            with pytest.raises(Unsuitable, match="filter_subjects"):
                await Pull(bus, "ROW", "filtered", FROM_THE_START | filters).__aenter__()
        else:
            async with Pull(bus, "ROW", "filtered", FROM_THE_START | filters) as pull:
                assert len(await taken(pull, 3)) == 3
        if version.number < (2, 11):
            with pytest.raises(Unsuitable, match="allow_msg_ttl"):
                await bus.ensure_stream("ROW", ["ev.row.>"], allow_msg_ttl=True)


async def test_a_session_ends_when_another_takes_its_place(broker: NatsServer) -> None:
    async with on_bus(broker.url) as bus:
        await bus.up()
        await published(bus, range(3), batches=False)
        async with Pull(bus, "ROW", "reader", FROM_THE_START) as first:
            assert len(await taken(first, 3)) == 3
            async with Pull(bus, "ROW", "reader", FROM_THE_START) as second:
                with pytest.raises(BusFault, match="lost"):
                    await eventually_async(lambda: first.batch(wait=0.1))
                assert len(await taken(second, 3)) == 3


async def test_a_bucket_holds_the_newest_values_also_for_who_watches(broker: NatsServer) -> None:
    seen: dict[str, bytes | None] = {}

    async def changed(key: str, value: bytes | None) -> None:
        seen[key] = value

    async with on_bus(broker.url) as bus:
        await bus.up()
        bucket = bus.bucket("cards")
        await bucket.ensure()
        await bucket.put("one", b"1")
        await bucket.put("two", b"2")
        async with at_work(lambda: bus.bucket("cards").watch(changed)):
            await bucket.put("one", b"one")
            await bucket.delete("two")
            await eventually_async(lambda: seen.get("one") == b"one" and seen.get("two", b"") is None)
        assert await bucket.keys() == ["one"]
        assert (await bucket.get("one"), await bucket.get("two")) == (b"one", None)


@pytest.fixture
def small_disk(version: Version, tmp_path: Path) -> Iterator[Path]:
    """A disk of its own for the broker's store; only who may mount one can have it."""
    disk = tmp_path / "broker" / "store"
    disk.mkdir(parents=True)
    mount, unmount = shutil.which("mount"), shutil.which("umount")
    made = mount and subprocess.run(
        [mount, "-t", "tmpfs", "-o", "size=24m", "tmpfs", disk], capture_output=True, check=False
    )
    if not (made and unmount and made.returncode == 0):
        pytest.skip("this user may not mount a small disk to fill")
    yield disk
    subprocess.run([unmount, "--lazy", disk], check=True)


@one_database
async def test_a_full_disk_is_told_and_nothing_is_lost_by_it(
    small_disk: Path, broker: NatsServer, speaking: Speaking
) -> None:
    """Some servers go on when there is room again, others only when started again; none may lose anything."""
    ballast = small_disk / "ballast"
    async with on_bus(broker.url) as bus:
        outbox = speaking.outbox(bus)
        async with at_work(outbox.run):
            speaking.write("bills", *map(str, range(50)))
            await until_published(outbox, speaking)
            with ballast.open("wb", buffering=0) as file, suppress(OSError):
                while file.write(b"x" * 4096):
                    pass
            speaking.write("love", *("x" * 4096 for _ in range(300)))
            await eventually_async(lambda: outbox.status().fault)
            broker.kill()
            ballast.unlink()
            broker.start()
            await until_published(outbox, speaking)
            assert await says(bus) == speaking.said()
