"""Whatever happens on the way, a service takes in what another said once, in order, and drops nothing."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import select

from shared.contracts import CloudEvent, Contract
from shared.desk import UnitOfWork
from shared.domain import identity
from shared.feed import FeedFault, Told
from shared.inbox import Hearing, heard_by
from tests.eventually import eventually_async
from tests.integration.talk import (
    PATIENT,
    TRACE,
    HearingService,
    ShelfIsFull,
    Shelving,
    Speaking,
    at_work,
    count,
    letters,
    on_bus,
    published,
    talk,
)
from tests.servers import NatsServer
from tests.servers.engines import containers_wanted

pytestmark = [pytest.mark.integration, pytest.mark.anyio]
on_disk = pytest.mark.skipif(containers_wanted(), reason="the broker's store is inside its container")


async def test_what_is_said_is_taken_in_once_and_in_order(
    broker: NatsServer, speaking: Speaking, hearing: HearingService
) -> None:
    speaking.write("bills", *map(str, range(450)))
    async with on_bus(broker.url) as bus:
        outbox, inbox = speaking.outbox(bus), hearing.inbox(bus, speaking.feed, Shelving(), quiet=PATIENT)
        async with at_work(outbox.run):
            await published(speaking, outbox)
            async with at_work(inbox.run):
                await eventually_async(lambda: inbox.status().tracked == speaking.publications.head())
                speaking.write("love", "one", "two")
                await eventually_async(lambda: inbox.status().tracked == speaking.publications.head())
        status = inbox.status()
    assert hearing.placed() == speaking.for_shelves()
    assert hearing.shelf("love") == ["one", "two"]
    assert (status.gaps, status.healed, status.parked, status.stopped_reason) == (0, 0, 0, "")
    assert status.lag_events == 0


async def test_a_reaction_names_the_contract_that_caused_it(
    broker: NatsServer, speaking: Speaking, hearing: HearingService
) -> None:
    speaking.write("bills", "one", "two")
    async with talk(broker, speaking, hearing, Shelving()) as both:
        await both.heard_all()
    events = [recorded.event for _, recorded in hearing.store.log(0, 10)]
    causes = [identity("heard", "speaking", position) for position in speaking.said()]
    assert [event.command_id for event in events] == causes
    assert {event.trace for event in events} == {TRACE}


async def test_hearing_goes_on_where_it_stopped(
    broker: NatsServer, speaking: Speaking, hearing: HearingService
) -> None:
    for texts in (["one", "two"], ["three"], [], ["four", "five"]):
        speaking.write("bills", *texts)
        async with talk(broker, speaking, hearing, Shelving()) as both:
            await both.heard_all()
    assert hearing.placed() == speaking.for_shelves()


async def test_hearing_twice_changes_nothing(speaking: Speaking, hearing: HearingService) -> None:
    speaking.write("bills", "one", "two")
    told = speaking.publications.read(0, 10)
    listener = Hearing(hearing.desk, "speaking", Shelving())
    await listener.take(told, after=0)
    before = hearing.store.head()
    await listener.take(told, after=0)
    await listener.take(told[1:], after=told[0].position)
    assert hearing.store.head() == before
    assert hearing.placed() == speaking.for_shelves()


async def test_nothing_is_taken_in_on_a_wrong_belief_of_how_far_the_hearing_is(
    speaking: Speaking, hearing: HearingService
) -> None:
    speaking.write("bills", "one", "two", "three")
    told = speaking.publications.read(0, 10)
    listener = Hearing(hearing.desk, "speaking", Shelving())
    with pytest.raises(Exception, match="heard up to 0"):
        await listener.take(told[2:], after=told[1].position)
    assert hearing.placed() == {}


async def test_two_readers_at_once_take_in_everything_once(
    broker: NatsServer, speaking: Speaking, hearing: HearingService
) -> None:
    async with on_bus(broker.url, "one") as one, on_bus(broker.url, "two") as two:
        outbox = speaking.outbox(one)
        first = hearing.inbox(one, speaking.feed, Shelving())
        second = hearing.inbox(two, speaking.feed, Shelving())
        async with at_work(outbox.run, first.run, second.run):
            for n in range(5):
                speaking.write("bills", *(f"{n}-{m}" for m in range(20)))
                await eventually_async(lambda: hearing.store.tracked("speaking") == speaking.publications.head(), 30)
    assert hearing.placed() == speaking.for_shelves()


async def test_a_killed_broker_costs_nothing(broker: NatsServer, speaking: Speaking, hearing: HearingService) -> None:
    async with talk(broker, speaking, hearing, Shelving()) as both:
        for n in range(3):
            speaking.write("bills", *(f"{n}-{m}" for m in range(300)))
            broker.kill()
            speaking.write("love", str(n))
            broker.start()
            await both.heard_all()
    assert hearing.placed() == speaking.for_shelves()


async def test_while_the_bus_is_away_the_feed_is_heard(
    broker: NatsServer, speaking: Speaking, hearing: HearingService
) -> None:
    broker.stop()
    speaking.write("bills", "one", "two")
    async with talk(broker, speaking, hearing, Shelving()) as both:
        await both.heard_all()
        broker.start()
        await both.bus.up()
        speaking.write("bills", "three")
        await both.heard_all()
    assert hearing.placed() == speaking.for_shelves()


@on_disk
async def test_a_wiped_stream_costs_nothing(
    broker: NatsServer, speaking: Speaking, hearing: HearingService, tmp_path: Path
) -> None:
    async with talk(broker, speaking, hearing, Shelving()) as both:
        speaking.write("bills", *map(str, range(50)))
        await both.heard_all()
        broker.kill()
        shutil.rmtree(tmp_path / "broker" / "store")
        speaking.write("love", *map(str, range(50)))
        broker.start()
        await both.heard_all()
    assert hearing.placed() == speaking.for_shelves()


async def test_a_gap_is_filled_from_the_feed(broker: NatsServer, speaking: Speaking, hearing: HearingService) -> None:
    speaking.write("bills", *map(str, range(30)))
    async with on_bus(broker.url) as bus:
        outbox = speaking.outbox(bus)
        async with at_work(outbox.run):
            await eventually_async(lambda: outbox.status().position == speaking.publications.head())
            # What old servers do to a stream with one damaged block: some messages are simply not there.
            await bus.ask("STREAM.DELETE.SPEAKING")
        await bus.ensure_stream("SPEAKING", ["ev.speaking.>"])
        for event in [e for n, e in enumerate(speaking.publications.read(0, 100)) if n not in (0, 7, 8, 20)]:
            headers = {"Position": str(event.position), "Previous": str(event.previous)}
            body = event.model_dump_json().encode()
            await bus.client.jetstream().publish(event.nats_subject, body, headers=headers)
        inbox = hearing.inbox(bus, speaking.feed, Shelving())
        async with at_work(inbox.run):
            await eventually_async(lambda: inbox.status().tracked == speaking.publications.head())
    assert hearing.placed() == speaking.for_shelves()
    assert inbox.status().gaps >= 1
    assert inbox.status().healed >= 4


async def test_a_lost_tail_is_found_by_asking_the_speaker(
    broker: NatsServer, speaking: Speaking, hearing: HearingService
) -> None:
    async with talk(broker, speaking, hearing, Shelving()) as both:
        speaking.write("bills", "one")
        await both.heard_all()
    async with on_bus(broker.url) as bus:
        await bus.up()
        # No relay is at work: nothing on the stream would ever reveal that there is more.
        inbox = hearing.inbox(bus, speaking.feed, Shelving())
        async with at_work(inbox.run):
            speaking.write("bills", "two", "three")
            await eventually_async(lambda: inbox.status().tracked == speaking.publications.head())
    assert hearing.placed() == speaking.for_shelves()
    assert inbox.status().gaps == 1


async def test_a_feed_that_lies_about_a_gap_is_not_believed(
    broker: NatsServer, speaking: Speaking, hearing: HearingService
) -> None:
    speaking.write("bills", "one", "two", "three")

    class Forgetful:
        async def read(self, after: int, limit: int) -> Sequence[CloudEvent]:
            return [event for event in speaking.publications.read(after, limit) if event.position != 1]

        async def at(self, position: int) -> Told:
            return await speaking.feed.at(position)

    broker.stop()
    async with on_bus(broker.url) as bus:
        inbox = hearing.inbox(bus, Forgetful(), Shelving())  # type: ignore[arg-type]  # a list is a sequence
        async with at_work(inbox.run):
            await eventually_async(lambda: "has a gap" in inbox.status().fault)
    assert hearing.placed() == {}


async def test_a_speaker_whose_log_is_shorter_than_what_was_heard_stops_the_reader(
    broker: NatsServer, speaking: Speaking, hearing: HearingService
) -> None:
    async with talk(broker, speaking, hearing, Shelving()) as both:
        speaking.write("bills", "one", "two", "three")
        await both.heard_all()

    class Restored:
        async def read(self, after: int, limit: int) -> list[CloudEvent]:
            return speaking.publications.read(after, limit)[:1]

        async def at(self, position: int) -> Told:
            return Told(speaking.publications.at(position) if position == 1 else None, 1, 1)

    async with on_bus(broker.url) as bus:
        inbox = hearing.inbox(bus, Restored(), Shelving())  # type: ignore[arg-type]  # it tells no epochs
        async with at_work(inbox.run):
            await eventually_async(lambda: "restored from an older backup" in inbox.status().stopped_reason)


async def test_without_a_feed_the_bus_is_heard_all_the_same(
    broker: NatsServer, speaking: Speaking, hearing: HearingService
) -> None:
    class Away:
        async def read(self, after: int, limit: int) -> list[CloudEvent]:
            raise FeedFault("away")

        async def at(self, position: int) -> Told:
            raise FeedFault("away")

    async with on_bus(broker.url) as bus:
        outbox, inbox = speaking.outbox(bus), hearing.inbox(bus, Away(), Shelving())  # type: ignore[arg-type]  # it tells no epochs
        async with at_work(outbox.run, inbox.run):
            speaking.write("bills", "one", "two")
            await eventually_async(lambda: inbox.status().tracked == speaking.publications.head())
            await eventually_async(lambda: inbox.status().fault == "away")
    assert hearing.placed() == speaking.for_shelves()


async def test_a_stranger_on_the_stream_is_not_heard(
    broker: NatsServer, speaking: Speaking, hearing: HearingService
) -> None:
    async with talk(broker, speaking, hearing, Shelving()) as both:
        speaking.write("bills", "one")
        await both.heard_all()
        await both.bus.client.jetstream().publish("ev.speaking.letter.written.v1", b"not a contract")
        await eventually_async(lambda: both.inbox.status().foreign == 1)
        speaking.write("bills", "two")
        await both.heard_all()
    assert hearing.placed() == speaking.for_shelves()


async def test_what_a_rule_refuses_is_noted_and_the_view_stands(
    broker: NatsServer, speaking: Speaking, hearing: HearingService
) -> None:
    async with talk(broker, speaking, hearing, Shelving(), count) as both:
        speaking.write("bills", "one", "full", "three")
        await both.heard_all()
    assert hearing.shelf("bills") == ["one", "three"]
    assert [contract.note for contract in heard_by(hearing.store)] == ["", ShelfIsFull.code, ""]
    assert hearing.store.rows(select(letters.c.count, letters.c.text)) == [{"count": 3, "text": "three"}]


async def test_a_policy_that_reads_its_view_sees_what_was_heard_before(
    speaking: Speaking, hearing: HearingService
) -> None:
    speaking.write("bills", *map(str, range(10)))
    speaking.write("love", *map(str, range(5)))
    await Hearing(hearing.desk, "speaking", count).take(speaking.publications.read(0, 100), after=0)
    assert sorted(row["count"] for row in hearing.store.rows(select(letters))) == [5, 10]


async def test_an_unknown_contract_is_kept_without_a_reaction(speaking: Speaking, hearing: HearingService) -> None:
    speaking.write("bills", "one")
    known = speaking.publications.read(0, 1)[0]
    newer = known.model_copy(update={"type": "speaking.letter.written.v7", "data": {"more": 1}})
    await Hearing(hearing.desk, "speaking", Shelving()).take([newer], after=0)
    assert hearing.placed() == {}
    assert [contract.event for contract in heard_by(hearing.store)] == [newer]


async def test_a_database_that_is_away_delays_and_parks_nothing(speaking: Speaking, hearing: HearingService) -> None:
    speaking.write("bills", "one")

    def away(unit: UnitOfWork, heard: CloudEvent, contract: Contract) -> None:
        raise ConnectionRefusedError("no database")

    told = speaking.publications.read(0, 10)
    with pytest.raises(ConnectionRefusedError):
        await Hearing(hearing.desk, "speaking", away).take(told, after=0)
    assert (hearing.store.tracked("speaking"), list(heard_by(hearing.store))) == (0, [])


async def test_many_things_at_once_while_the_broker_suffers(
    broker: NatsServer, speaking: Speaking, hearing: HearingService
) -> None:
    async def write() -> None:
        for n in range(40):
            await asyncio.to_thread(speaking.write, f"kind-{n % 7}", *(f"{n}-{m}" for m in range(5)))

    async def hurt() -> None:
        for _ in range(2):
            await asyncio.to_thread(broker.kill)
            await asyncio.to_thread(broker.start)

    async with talk(broker, speaking, hearing, Shelving()) as both:
        await asyncio.gather(write(), hurt())
        await both.heard_all(30)
    assert hearing.placed() == speaking.for_shelves()
