"""The relay is at work beside whoever writes: it looks when there is something to tell, at once, and only then."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from shared.bus import Fenced, Pipeline
from shared.contracts import CloudEvent
from shared.desk import Desk, UnitOfWork
from shared.domain import Recorded, identity
from shared.eventstore import EventStore, Work
from tests.eventually import eventually_async
from tests.integration.row import fenced, row
from tests.integration.talk import NOON, SOMEBODY, Speaking, Written, at_work, on_bus, published, said_on
from tests.servers import NatsServer
from tests.stores import Databases, sqlite_databases
from tests.tally import METADATA, Tally, adding, command, on_tally, row_of

pytestmark = [pytest.mark.integration, pytest.mark.anyio]
NEVER = 3600.0


@pytest.fixture
def databases(tmp_path: Path) -> Databases:
    """What wakes the relay is the same on either database."""
    return sqlite_databases(tmp_path)


@pytest.fixture
def desk(databases: Databases) -> Iterator[Desk]:
    """A desk whose followers care for the closing of tallies."""
    desk = Desk(EventStore(databases("tallies"), [METADATA]), row_of, followed=[Tally.Closed.TOPIC])
    yield desk
    desk.close()
    desk.store.close()


def close(unit: UnitOfWork) -> Mapping[str, Any]:
    on_tally(unit).close()
    return {}


async def test_only_what_they_follow_wakes_those_who_follow_the_log(desk: Desk) -> None:
    await desk.do(adding(1))
    await desk.hear("registry", 1, lambda unit: on_tally(unit).add(1))
    assert not desk.recorded.is_set()
    await desk.do(command(close))
    assert desk.recorded.is_set()


async def test_what_a_heard_fact_led_to_wakes_them_too(desk: Desk) -> None:
    await desk.hear("registry", 1, lambda unit: on_tally(unit).close())
    assert desk.recorded.is_set()


async def test_the_relay_reads_the_log_when_it_is_woken_and_at_no_other_time(
    broker: NatsServer, speaking: Speaking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.relay.POLL", NEVER)
    monkeypatch.setattr("shared.outbox.CHECK", NEVER)
    reads, following = list[int](), speaking.publications.following

    def noted(told: int, limit: int) -> list[CloudEvent]:
        reads.append(told)
        return following(told, limit)

    monkeypatch.setattr(speaking.publications, "following", noted)
    async with on_bus(broker.url) as bus:
        outbox = speaking.outbox(bus)
        async with at_work(outbox.run):
            for number in range(5):
                speaking.write("bills", str(number))
                await published(speaking, outbox)
        assert await said_on(bus) == speaking.said()
    assert 5 <= len(reads) <= 7  # one for each, and where it began


async def test_what_another_process_wrote_is_told_soon(
    broker: NatsServer, speaking: Speaking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.relay.POLL", 0.1)
    async with on_bus(broker.url) as bus:
        outbox = speaking.outbox(bus)
        async with at_work(outbox.run):
            await published(speaking, outbox)
            letter = Recorded(identity("letter", "theirs"), 1, Written(at=NOON, by=SOMEBODY, text="theirs"))
            speaking.store.record([Work(speaking.store.stored([letter]))])
            await published(speaking, outbox)
        assert await said_on(bus) == speaking.said() == [1]


async def test_who_does_not_wait_for_acknowledgements_learns_of_a_refusal(broker: NatsServer) -> None:
    failed = asyncio.Event()
    async with on_bus(broker.url) as bus:
        await bus.up()
        await bus.ensure_stream("ROW", ["ev.row.>"])
        async with Pipeline(bus, 0, failed=failed.set) as pipeline:
            await pipeline.publish(1, "ev.row.said.v1", b"", fenced(1, 0))
            await eventually_async(lambda: pipeline.acknowledged == 1)
            pipeline.check()
            await pipeline.publish(2, "ev.row.said.v1", b"", fenced(2, 7))
            await pipeline.flush()
            await eventually_async(failed.is_set)
            with pytest.raises(Fenced):
                pipeline.check()
        assert await row(bus) == [1]


async def test_a_frozen_broker_is_noticed_by_who_does_not_wait(
    broker: NatsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.bus.publisher.PATIENCE", 0.0)
    async with on_bus(broker.url) as bus:
        await bus.up()
        await bus.ensure_stream("ROW", ["ev.row.>"])
        async with Pipeline(bus, 0) as pipeline:
            broker.pause()
            try:
                await pipeline.publish(1, "ev.row.said.v1", b"", fenced(1, 0))
                with pytest.raises(OSError, match="1 messages were not acknowledged"):
                    await eventually_async(pipeline.check)
            finally:
                broker.resume()
