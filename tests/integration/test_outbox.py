"""Whatever happens to the bus, its stream ends up saying what the store says: all of it, once, in order."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from shared.bus import Bus, BusFault, Kept
from shared.contracts import CloudEvent
from shared.outbox import Outbox
from tests.eventually import eventually_async
from tests.integration.talk import Speaking, at_work, on_bus
from tests.servers import NatsServer
from tests.servers.engines import containers_wanted
from tests.stores import Databases

pytestmark = [pytest.mark.integration, pytest.mark.anyio]

on_disk = pytest.mark.skipif(containers_wanted(), reason="the broker's store is inside its container")
STREAM, SUBJECTS = "SPEAKING", "ev.speaking.>"


async def messages(bus: Bus) -> list[Kept]:
    """Everything the stream holds, in its order."""
    kept, seq = [], (await bus.state(STREAM)).first_seq
    while message := await patiently(bus, seq):
        kept.append(message)
        seq = message.seq + 1
    return kept


async def patiently(bus: Bus, seq: int) -> Kept | None:
    """The next message, asked for again when a busy machine lets the first answer come too late."""
    try:
        return await bus.get(STREAM, seq, SUBJECTS)
    except BusFault:
        return await bus.get(STREAM, seq, SUBJECTS)


async def says(bus: Bus) -> list[int]:
    """The positions the stream holds, in its order."""
    return [int(message.headers["Position"]) for message in await messages(bus)]


async def until_published(outbox: Outbox, speaking: Speaking) -> None:
    await eventually_async(lambda: outbox.status().position == speaking.publications.head())


async def test_contracts_are_published_once_and_in_order(broker: NatsServer, speaking: Speaking) -> None:
    speaking.write("bills", *map(str, range(600)))
    async with on_bus(broker.url) as bus:
        outbox = speaking.outbox(bus)
        async with at_work(outbox.run):
            await until_published(outbox, speaking)
            speaking.write("love", "one more")
            await until_published(outbox, speaking)
            assert await says(bus) == speaking.said()
        status = outbox.status()
        assert (status.unpublished, status.resyncs, status.stopped_reason) == (0, 0, "")


async def test_a_message_is_a_cloud_event_with_its_place_in_the_headers(
    broker: NatsServer, speaking: Speaking
) -> None:
    speaking.write("bills", "one", "two")
    async with on_bus(broker.url) as bus:
        outbox = speaking.outbox(bus)
        async with at_work(outbox.run):
            await until_published(outbox, speaking)
        second = (await messages(bus))[1]
    event = speaking.publications.read(1, 1)[0]
    assert second.subject == "ev.speaking.letter.written.v1"
    assert CloudEvent.model_validate_json(second.data) == event
    assert second.headers["Content-Type"] == "application/cloudevents+json"
    assert second.headers["Nats-Msg-Id"] == event.id == "speaking:3"
    assert (second.headers["Position"], second.headers["Previous"]) == ("3", "1")
    assert second.headers["traceparent"] == event.traceparent


async def test_a_relay_begins_where_the_stream_ends(broker: NatsServer, speaking: Speaking) -> None:
    async with on_bus(broker.url) as bus:
        speaking.write("bills", "one", "two")
        first = speaking.outbox(bus)
        async with at_work(first.run):
            await until_published(first, speaking)
        speaking.write("bills", "three")
        second = speaking.outbox(bus)
        async with at_work(second.run):
            await until_published(second, speaking)
        assert await says(bus) == speaking.said()


async def test_what_was_written_while_the_bus_was_away_is_told_afterwards(
    broker: NatsServer, speaking: Speaking
) -> None:
    broker.stop()
    async with on_bus(broker.url) as bus:
        outbox = speaking.outbox(bus)
        speaking.write("bills", "one", "two")
        async with at_work(outbox.run):
            await eventually_async(lambda: outbox.status().unpublished == 2)
            broker.start()
            await until_published(outbox, speaking)
            assert await says(bus) == speaking.said()


async def test_a_killed_broker_costs_nothing(broker: NatsServer, speaking: Speaking) -> None:
    async with on_bus(broker.url) as bus:
        outbox = speaking.outbox(bus)
        async with at_work(outbox.run):
            for round_ in range(3):
                speaking.write("bills", *(f"{round_}-{n}" for n in range(400)))
                await eventually_async(lambda: outbox.status().position > 0)
                broker.kill()
                speaking.write("love", f"{round_}")
                broker.start()
                await until_published(outbox, speaking)
        assert await says(bus) == speaking.said()


@on_disk
async def test_a_wiped_stream_is_filled_again(broker: NatsServer, speaking: Speaking, tmp_path: Path) -> None:
    async with on_bus(broker.url) as bus:
        outbox = speaking.outbox(bus)
        async with at_work(outbox.run):
            speaking.write("bills", *map(str, range(50)))
            await until_published(outbox, speaking)
            broker.kill()
            shutil.rmtree(tmp_path / "broker" / "store")
            broker.start()
            await eventually_async(lambda: outbox.status().resyncs > 0)
            await until_published(outbox, speaking)
            assert await says(bus) == speaking.said()


@on_disk
async def test_a_stream_that_lost_its_tail_gets_it_back(
    broker: NatsServer, speaking: Speaking, tmp_path: Path
) -> None:
    store, copy = tmp_path / "broker" / "store", tmp_path / "copy"
    async with on_bus(broker.url) as bus:
        outbox = speaking.outbox(bus)
        async with at_work(outbox.run):
            speaking.write("bills", *map(str, range(30)))
            await until_published(outbox, speaking)
            shutil.copytree(store, copy)
            speaking.write("love", *map(str, range(30)))
            await until_published(outbox, speaking)
            broker.kill()
            shutil.rmtree(store)
            shutil.copytree(copy, store)
            broker.start()
            await eventually_async(lambda: outbox.status().resyncs > 0)
            await until_published(outbox, speaking)
            assert await says(bus) == speaking.said()


async def test_a_stream_deleted_under_an_open_connection_is_noticed(
    broker: NatsServer, speaking: Speaking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.outbox.CHECK", 0.1)
    async with on_bus(broker.url) as bus:
        outbox = speaking.outbox(bus)
        async with at_work(outbox.run):
            speaking.write("bills", "one", "two")
            await until_published(outbox, speaking)
            await bus.ask(f"STREAM.DELETE.{STREAM}")
            await eventually_async(lambda: outbox.status().resyncs > 0)
            await until_published(outbox, speaking)
            assert await says(bus) == speaking.said()


async def test_two_relays_at_once_do_not_interleave(broker: NatsServer, speaking: Speaking) -> None:
    async with on_bus(broker.url, "one") as one, on_bus(broker.url, "two") as two:
        first, second = speaking.outbox(one), speaking.outbox(two)
        async with at_work(first.run, second.run):
            for n in range(20):
                speaking.write("bills", *map(str, range(n * 20, n * 20 + 20)))
                await eventually_async(
                    lambda: speaking.publications.head() in (first.status().position, second.status().position)
                )
            assert await says(one) == speaking.said()


async def test_a_message_from_a_stranger_does_not_confuse_the_relay(broker: NatsServer, speaking: Speaking) -> None:
    async with on_bus(broker.url) as bus:
        outbox = speaking.outbox(bus)
        async with at_work(outbox.run):
            speaking.write("bills", "one")
            await until_published(outbox, speaking)
            await bus.client.jetstream().publish("ev.speaking.letter.written.v1", b"not ours")
            speaking.write("bills", "two")
            await until_published(outbox, speaking)
        ours = [message for message in await messages(bus) if "Position" in message.headers]
        assert [int(message.headers["Position"]) for message in ours] == speaking.said()


async def test_a_store_older_than_its_stream_stops_the_relay(
    broker: NatsServer, speaking: Speaking, databases: Databases
) -> None:
    async with on_bus(broker.url) as bus:
        outbox = speaking.outbox(bus)
        speaking.write("bills", "one", "two", "three")
        async with at_work(outbox.run):
            await until_published(outbox, speaking)
        restored = Speaking(databases("restored"))
        restored.write("bills", "one")
        stopped = restored.outbox(bus)
        async with at_work(stopped.run):
            await eventually_async(lambda: "restored from an older backup" in stopped.status().stopped_reason)
            # Also when the restored store has grown past the stream in another way.
            restored.write("love", *map(str, range(10)))
        again = restored.outbox(bus)
        async with at_work(again.run):
            await eventually_async(lambda: again.status().stopped_reason)
        assert await says(bus) == speaking.said()
        restored.close()
