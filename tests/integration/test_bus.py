"""The connection to the bus: tried for ever, strict about what the server took, and its buckets of values."""

from __future__ import annotations

import asyncio
from itertools import count
from typing import Any

import pytest

from shared.bus import Bus, BusFault, Fenced, NoSuchThing, Pipeline, Pull, Unsuitable
from tests.eventually import eventually_async
from tests.integration.row import taken
from tests.integration.talk import at_work, on_bus
from tests.servers import NatsServer

pytestmark = [pytest.mark.integration, pytest.mark.anyio]

FROM_THE_START = {"deliver_policy": "all"}


async def make(bus: Bus, name: str, **settings: Any) -> None:
    """A small stream, for the server is shared."""
    await bus.ensure_stream(name, [f"ev.{name.lower()}.>"], **{"max_bytes": 1 << 20, **settings})


async def fill(bus: Bus, stream: str, numbers: range) -> None:
    """Publish each number, fenced by the stream's last sequence."""
    sequence = (await bus.state(stream)).last_seq
    async with Pipeline(bus, 0) as pipeline:
        for number in numbers:
            headers = {"Nats-Expected-Last-Sequence": str(sequence), "Position": str(number)}
            await pipeline.publish(number, f"ev.{stream.lower()}.said.v1", str(number).encode(), headers)
            sequence += 1
        await pipeline.settled()


async def test_a_service_starts_while_the_bus_is_away(broker: NatsServer) -> None:
    broker.stop()
    async with on_bus(broker.url) as bus:
        assert not bus.is_up
        with pytest.raises(BusFault):
            await bus.state("ANY")
        broker.start()
        await bus.up()
        with pytest.raises(NoSuchThing):
            await bus.state("ANY")


async def test_the_connection_comes_back_after_the_broker_was_killed(broker: NatsServer) -> None:
    async with on_bus(broker.url) as bus:
        await bus.up()
        broker.kill()
        await eventually_async(lambda: not bus.is_up)
        broker.start()
        await bus.up()
        assert bus.connections == 2


async def test_a_stream_is_made_once_and_kept_up_to_its_settings(nats_server: NatsServer) -> None:
    async with on_bus(nats_server.url) as bus:
        await bus.up()
        await make(bus, "MADE")
        await make(bus, "MADE", max_bytes=2 << 20)
        config = (await bus.ask("STREAM.INFO.MADE"))["config"]
        assert (config["max_bytes"], config["discard"], config["deny_delete"]) == (2 << 20, "old", True)


async def test_a_setting_the_server_does_not_know_is_not_left_out_in_silence(nats_server: NatsServer) -> None:
    async with on_bus(nats_server.url) as bus:
        await bus.up()
        # Old servers ignore it, new ones refuse it; either way we hear of it.
        with pytest.raises((Unsuitable, BusFault)):
            await bus.ensure_stream("STRICT", ["ev.strict.>"], no_such_setting=True)


async def test_publishing_in_a_row_keeps_order_and_is_acknowledged(nats_server: NatsServer) -> None:
    async with on_bus(nats_server.url) as bus:
        await bus.up()
        await make(bus, "ROW")
        await fill(bus, "ROW", range(1, 1001))
        async with Pull(bus, "ROW", "reader", FROM_THE_START) as pull:
            came = [message.data for message in await taken(pull, 1000)]
        assert came == [str(number).encode() for number in range(1, 1001)]
        last = await bus.last("ROW", "ev.row.>")
        assert last is not None
        assert (last.seq, last.headers["Position"], last.data) == (1000, "1000", b"1000")


async def test_who_publishes_beside_another_is_fenced_off(nats_server: NatsServer) -> None:
    async with on_bus(nats_server.url) as bus:
        await bus.up()
        await make(bus, "FENCE")
        async with Pipeline(bus, 0) as late:
            await fill(bus, "FENCE", range(1, 3))
            await late.publish(1, "ev.fence.said.v1", b"1", {"Nats-Expected-Last-Sequence": "0"})
            with pytest.raises(Fenced):
                await late.settled()
        assert (await bus.state("FENCE")).messages == 2


async def test_nobody_takes_a_subject_without_a_stream(nats_server: NatsServer) -> None:
    async with on_bus(nats_server.url) as bus:
        await bus.up()
        async with Pipeline(bus, 0) as pipeline:
            await pipeline.publish(1, "ev.nowhere.said.v1", b"", {})
            with pytest.raises(BusFault, match="no stream"):
                await pipeline.settled()


async def test_a_message_is_found_from_a_place_on(nats_server: NatsServer) -> None:
    async with on_bus(nats_server.url) as bus:
        await bus.up()
        await make(bus, "PLACE", deny_delete=False)
        await fill(bus, "PLACE", range(1, 6))
        await bus.ask("STREAM.MSG.DELETE.PLACE", {"seq": 3})
        kept = await bus.get("PLACE", 3, "ev.place.>")
        assert kept is not None
        assert kept.seq == 4
        assert await bus.get("PLACE", 6, "ev.place.>") is None


async def test_a_session_ends_when_another_takes_its_place(nats_server: NatsServer) -> None:
    async with on_bus(nats_server.url) as bus:
        await bus.up()
        await make(bus, "SESSION")
        async with Pull(bus, "SESSION", "reader", FROM_THE_START) as first:
            assert await first.batch(wait=0.05) == []
            async with Pull(bus, "SESSION", "reader", FROM_THE_START):
                with pytest.raises(BusFault, match="lost"):
                    await eventually_async(lambda: first.batch(wait=0.1))


async def test_a_frozen_broker_ends_the_session(broker: NatsServer) -> None:
    async with on_bus(broker.url) as bus:
        await bus.up()
        await make(bus, "FROZEN")
        async with Pull(bus, "FROZEN", "reader", FROM_THE_START) as pull:
            assert await pull.batch(wait=0.05) == []
            broker.pause()
            with pytest.raises(BusFault, match="lost"):
                await eventually_async(lambda: pull.batch(wait=0.1))
            broker.resume()


async def test_a_bucket_holds_the_newest_values(nats_server: NatsServer) -> None:
    async with on_bus(nats_server.url) as bus:
        await bus.up()
        bucket = bus.bucket("values")
        await bucket.ensure()
        assert await bucket.keys() == []
        await bucket.put("a", b"1")
        await bucket.put("a", b"2")
        await bucket.put("b", b"3")
        await bucket.delete("b")
        assert (await bucket.get("a"), await bucket.get("b"), await bucket.get("c")) == (b"2", None, None)
        assert await bucket.keys() == ["a"]


async def test_the_keys_are_read_to_their_end_while_they_change(nats_server: NatsServer) -> None:
    async with on_bus(nats_server.url) as bus:
        await bus.up()
        bucket = bus.bucket("moving")
        await bucket.ensure()

        async def change() -> None:
            for number in count():
                await bucket.put("kari", str(number).encode())

        async with at_work(change), asyncio.timeout(60):
            await eventually_async(bucket.keys)
            for _ in range(100):
                assert await bucket.keys() == ["kari"]


async def test_what_was_deleted_is_gone_from_the_bucket(nats_server: NatsServer) -> None:
    async with on_bus(nats_server.url) as bus:
        await bus.up()
        bucket = bus.bucket("erased")
        await bucket.ensure()
        await bucket.put("person", b"Kari Example")
        await bucket.delete("person")
        state = await bus.state("KV_erased")
        kept = [await bus.get("KV_erased", seq, ">") for seq in range(state.first_seq, state.last_seq + 1)]
        assert [message.data for message in kept if message] == [b""]


async def test_a_deletion_takes_no_news_of_other_keys_from_one_who_has_not_asked_yet(nats_server: NatsServer) -> None:
    async with on_bus(nats_server.url) as bus:
        await bus.up()
        bucket = bus.bucket("slow")
        await bucket.ensure()
        await bucket.put("kari", b"1")
        await bucket.put("ola", b"1")
        # As a watcher between two of its requests: it has had what was there, and the next has yet to be sent.
        news = {"deliver_policy": "new", "filter_subject": "$KV.slow.>"}
        async with Pull(bus, "KV_slow", "watcher", news) as pull:
            await bucket.put("kari", b"2")
            await bucket.delete("ola")
            assert [message.data for message in await taken(pull, 2)] == [b"2", b""]


async def test_a_watcher_sees_all_values_then_each_change_also_after_a_restart(broker: NatsServer) -> None:
    mirror: dict[str, bytes] = {}
    complete: list[frozenset[str]] = []

    async def changed(key: str, value: bytes | None) -> None:
        if value is None:
            mirror.pop(key, None)
        else:
            mirror[key] = value

    async def read_all(keys: frozenset[str]) -> None:
        complete.append(keys)

    async with on_bus(broker.url) as bus:
        await bus.up()
        bucket = bus.bucket("persons")
        await bucket.ensure()
        await bucket.put("kari", b"1")
        await bucket.put("ola", b"1")
        async with at_work(lambda: bucket.watch(changed, read_all)):
            await eventually_async(lambda: complete == [frozenset({"kari", "ola"})])
            await bucket.put("kari", b"2")
            await bucket.delete("ola")
            await eventually_async(lambda: mirror == {"kari": b"2"})
            broker.restart()
            await eventually_async(lambda: len(complete) > 1)
            assert complete[-1] == frozenset({"kari"})
            await bucket.put("ola", b"3")
            await eventually_async(lambda: mirror == {"kari": b"2", "ola": b"3"})
