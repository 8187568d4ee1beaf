"""Hundreds of messages are stored as one where the server can do that, or not at all; elsewhere one by one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from shared.bus import Bus, BusFault, Pipeline
from tests.eventually import eventually_async
from tests.integration.row import fenced, headers_in, published, row
from tests.integration.talk import on_bus
from tests.servers import NatsServer
from tests.servers.versions import Version, versions

pytestmark = [pytest.mark.integration, pytest.mark.anyio, pytest.mark.parametrize("version", versions())]


@pytest.fixture
def broker(version: Version, tmp_path: Path) -> Iterator[NatsServer]:
    with version.server(tmp_path / "broker") as server:
        yield server


async def test_a_stream_is_filled_in_batches_where_the_server_takes_them(
    broker: NatsServer, version: Version
) -> None:
    async with on_bus(broker.url) as bus:
        await bus.up()
        await published(bus, range(600), batches=True)
        came = await headers_in(bus, "ROW")
        assert [int(headers["Position"]) for headers in came] == list(range(600))
        assert all(("Nats-Batch-Id" in headers) == version.takes_batches for headers in came)


async def test_what_is_sent_again_is_not_stored_again(broker: NatsServer) -> None:
    """Older servers call it a duplicate, newer ones see first that it comes too late; to us it is the same."""
    async with on_bus(broker.url) as bus:
        await bus.up()
        await published(bus, range(20), batches=True)
        for numbers in (range(19, 20), range(10, 20)):
            for batches in (True, False):
                with pytest.raises(BusFault, match=r"duplicate|wrong last sequence"):
                    await published(bus, numbers, batches=batches, expected=numbers[0])
        assert await row(bus) == list(range(20))


async def test_a_batch_at_the_wrong_place_is_refused_whole(broker: NatsServer) -> None:
    async with on_bus(broker.url) as bus:
        await bus.up()
        await published(bus, range(20), batches=True)
        with pytest.raises(BusFault, match="wrong last sequence"):
            await published(bus, range(20, 40), batches=True, expected=10)
        assert await row(bus) == list(range(20))


async def test_where_batches_are_not_taken_each_is_published_alone(broker: NatsServer, version: Version) -> None:
    async with on_bus(broker.url) as bus:
        await bus.up()
        await bus.ensure_stream("ROW", ["ev.row.>"])
        async with Pipeline(bus, 0, batches=version.takes_batches) as pipeline:
            for number in range(600):
                await pipeline.publish(number, "ev.row.said.v1", b"", fenced(number, number))
            await pipeline.settled()
            assert pipeline.acknowledged == 599
        came = await headers_in(bus, "ROW")
        assert [int(headers["Position"]) for headers in came] == list(range(600))
        assert not any("Nats-Batch-Id" in headers for headers in came)


@asynccontextmanager
async def cut_after(url: str, size: int) -> AsyncIterator[str]:
    """A way to the broker that breaks once, when so many bytes have gone to it; its URL."""
    host, port = url.removeprefix("nats://").split(":")
    left, pipes = [size], set[asyncio.Task[None]]()

    async def carry(source: asyncio.StreamReader, to: asyncio.StreamWriter, counted: bool) -> None:
        while data := await source.read(1024):
            if counted and left[0] > 0:
                left[0] -= len(data)
                if left[0] <= 0:
                    break
            to.write(data)
        to.close()

    async def opened(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            inward, outward = await asyncio.open_connection(host, int(port))
        except OSError:
            writer.close()
            return
        there = asyncio.create_task(carry(reader, outward, counted=True))
        back = asyncio.create_task(carry(inward, writer, counted=False))
        pipes.update((there, back))
        await asyncio.gather(there, back, return_exceptions=True)

    server = await asyncio.start_server(opened, "127.0.0.1", 0)
    try:
        yield f"nats://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for pipe in pipes:
            pipe.cancel()
        await asyncio.gather(*pipes, return_exceptions=True)


async def known(bus: Bus) -> list[int]:
    """The last sequence of the stream; nothing while the broker does not answer."""
    try:
        return [(await bus.state("ROW")).last_seq]
    except BusFault:
        return []


@pytest.mark.parametrize("killed", [False, True], ids=["broker lives", "broker killed"])
async def test_a_batch_lost_half_way_stores_nothing(broker: NatsServer, version: Version, killed: bool) -> None:
    must_take_batches(version)
    async with cut_after(broker.url, 100_000) as way, on_bus(way) as bus, on_bus(broker.url, "witness") as witness:
        await bus.up()
        await witness.up()
        with pytest.raises(BusFault):
            await published(bus, range(200), batches=True)
        if killed:
            broker.kill()
            broker.start()
        # What the client held back has gone out before this is answered.
        await eventually_async(lambda: bus.connections > 1)
        assert await eventually_async(lambda: known(bus)) == [0]
        await published(bus, range(200), batches=True)
        assert await row(witness) == list(range(200))


async def test_a_batch_is_not_begun_over_another_connection(broker: NatsServer, version: Version) -> None:
    """The broker at its other end may be another, with an older store."""
    must_take_batches(version)
    async with on_bus(broker.url) as bus:
        await bus.up()
        await published(bus, range(10), batches=True)
        async with Pipeline(bus, 9, batches=True) as pipeline:
            broker.kill()
            broker.start()
            await eventually_async(lambda: bus.connections > 1 and bus.is_up)
            for number in range(10, 20):
                await pipeline.publish(number, "ev.row.said.v1", b"", fenced(number, number))
            with pytest.raises(BusFault, match="the connection broke"):
                await pipeline.settled()
        assert await row(bus) == list(range(10))


def must_take_batches(version: Version) -> None:
    if not version.takes_batches:
        pytest.skip("this version of nats-server takes no batches")
