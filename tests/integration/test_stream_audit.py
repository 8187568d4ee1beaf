"""Damage that nobody would look at is found by the stream's audit, told, and mended."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from shared.bus import Bus, BusFault
from shared.outbox import Outbox
from shared.stream_audit import StreamAudit
from tests.eventually import eventually_async
from tests.integration.damage import BrokerStore
from tests.integration.talk import PATIENT, HearingService, Shelving, Speaking, at_work, on_bus, published, said_on
from tests.servers import NatsServer
from tests.servers.engines import containers_wanted
from tests.stores import Databases, sqlite_databases

pytestmark = [pytest.mark.integration, pytest.mark.anyio]
on_disk = pytest.mark.skipif(containers_wanted(), reason="the broker's store is inside its container")
STREAM, SUBJECT = "SPEAKING", "ev.speaking.letter.written.v1"


@pytest.fixture
def databases(tmp_path: Path) -> Databases:
    """The stream is the broker's business: one kind of database is enough."""
    return sqlite_databases(tmp_path)


@dataclass
class Audited:
    """A speaker whose relay is at work, and the audit of its stream."""

    bus: Bus
    outbox: Outbox
    audit: StreamAudit
    speaking: Speaking

    async def published(self) -> None:
        await published(self.speaking, self.outbox)

    async def says(self) -> list[int]:
        return await said_on(self.bus)

    async def done(self) -> None:
        """An audit that came to an end; a busy broker may cut one short."""

        async def audited() -> bool:
            try:
                await self.audit.audit()
            except BusFault:
                return False
            return True

        await eventually_async(audited)


@asynccontextmanager
async def audited(
    broker: NatsServer, speaking: Speaking, *letters: str, max_bytes: int = 256 << 20
) -> AsyncIterator[Audited]:
    speaking.write("bills", *letters)
    async with on_bus(broker.url, "speaking") as bus:
        outbox = Outbox(bus, speaking.publications, speaking.desk.recorded, max_bytes=max_bytes)
        audit = StreamAudit(bus, outbox, speaking.publications)
        async with at_work(outbox.run):
            both = Audited(bus, outbox, audit, speaking)
            await both.published()
            yield both


async def test_a_stream_that_says_what_the_log_says_is_verified(broker: NatsServer, speaking: Speaking) -> None:
    async with audited(broker, speaking, *map(str, range(1200))) as both:
        await both.done()
        status = both.audit.status()
        assert (status.breaks, status.rebuilt, status.broken, status.fault) == (0, 0, "", "")
        assert status.last_verified_position == speaking.publications.head()
        assert status.last_verified_at
        assert both.audit.check()["ok"]
        assert both.outbox.status().remade == 0


async def test_a_speaker_that_said_nothing_yet_is_verified(broker: NatsServer, speaking: Speaking) -> None:
    async with audited(broker, speaking) as both:
        await both.done()
        assert (both.audit.status().last_verified_position, both.audit.status().breaks) == (0, 0)


@on_disk
async def test_a_bit_flipped_in_a_message_is_found_and_mended(
    broker: NatsServer, speaking: Speaking, hearing: HearingService, tmp_path: Path
) -> None:
    async with audited(broker, speaking, *map(str, range(300))) as both:
        broker.stop()
        BrokerStore(tmp_path / "broker").flip_in_payload(STREAM, 150)
        broker.start()
        await eventually_async(lambda: both.outbox.status().resyncs > 0)
        await both.published()
        await both.done()
        assert both.audit.status().breaks + both.outbox.status().remade > 0
        assert both.audit.status().last_verified_position == speaking.publications.head()
        assert both.audit.check()["ok"]
        newcomer = hearing.inbox(both.bus, speaking.feed, Shelving(), quiet=PATIENT)
        async with at_work(newcomer.run):
            await eventually_async(lambda: newcomer.status().tracked == speaking.publications.head())
        assert newcomer.status().healed == 0, "the newcomer still had to ask the speaker itself"
        assert hearing.placed() == speaking.for_shelves()


async def test_a_message_missing_in_the_middle_is_found_and_mended(broker: NatsServer, speaking: Speaking) -> None:
    speaking.write("bills", *map(str, range(20)))
    async with on_bus(broker.url) as bus:
        await bus.up()
        await bus.ensure_stream(STREAM, ["ev.speaking.>"])
        for event in [event for n, event in enumerate(speaking.publications.read(0, 20)) if n != 7]:
            place = {"Nats-Msg-Id": event.id, "Position": str(event.position), "Previous": str(event.previous)}
            body = event.model_dump_json(exclude_none=True).encode()
            await bus.client.jetstream().publish(event.nats_subject, body, headers=place)
    async with audited(broker, speaking) as both:
        await both.done()
        assert (both.audit.status().breaks, both.audit.status().rebuilt) == (1, 1)
        assert await both.says() == speaking.said()


async def test_a_strangers_message_is_found_and_taken_out(broker: NatsServer, speaking: Speaking) -> None:
    async with audited(broker, speaking, "one") as both:
        await both.bus.client.jetstream().publish(SUBJECT, b"not ours")
        speaking.write("bills", "two")
        await both.published()
        await both.done()
        assert (both.audit.status().breaks, both.audit.status().rebuilt) == (1, 1)
        assert (await both.bus.state(STREAM)).messages == 2
        assert await both.says() == speaking.said()


async def test_what_an_impostor_said_in_our_name_is_found(broker: NatsServer, speaking: Speaking) -> None:
    async with audited(broker, speaking, "one", "two") as both:
        second = speaking.publications.read(1, 1)[0]
        forged = second.model_copy(update={"data": {"text": "forged"}})
        headers = {"Position": str(second.position), "Previous": str(second.previous)}
        body = forged.model_dump_json(exclude_none=True).encode()
        await both.bus.client.jetstream().publish(SUBJECT, body, headers=headers)
        await both.done()
        assert both.audit.status().breaks + both.outbox.status().remade > 0
        assert await both.says() == speaking.said()


async def test_a_stream_that_lost_its_oldest_for_room_is_not_broken(broker: NatsServer, speaking: Speaking) -> None:
    async with audited(broker, speaking, *map(str, range(900)), max_bytes=100_000) as both:
        assert (await both.bus.state(STREAM)).first_seq > 1
        await both.done()
        status = both.audit.status()
        assert (status.breaks, status.last_verified_position) == (0, speaking.publications.head())


async def test_the_audit_and_much_writing_do_not_disturb_each_other(broker: NatsServer, speaking: Speaking) -> None:
    """Also while the oldest make room under the reader's eyes."""
    async with audited(broker, speaking, *map(str, range(300)), max_bytes=200_000) as both:

        async def write() -> None:
            for n in range(30):
                await asyncio.to_thread(speaking.write, "love", *(f"{n}-{m}" for m in range(30)))

        async def look() -> None:
            for _ in range(4):
                await both.done()

        await asyncio.gather(write(), look())
        await both.published()
        await both.done()
        assert (both.audit.status().breaks, both.outbox.status().remade) == (0, 0)
        assert await both.says() == speaking.said()[-len(await both.says()) :]


async def test_audits_run_by_themselves_and_two_at_once_do_not_collide(
    broker: NatsServer, speaking: Speaking
) -> None:
    async with audited(broker, speaking, *map(str, range(100))) as both:
        often = StreamAudit(both.bus, both.outbox, speaking.publications, every=0.05)
        async with at_work(often.run):
            first = await eventually_async(lambda: often.status().last_verified_at)
            await asyncio.gather(both.done(), both.done())
            speaking.write("bills", "one more")
            await eventually_async(lambda: often.status().last_verified_position == speaking.publications.head())
        assert first
        assert often.status().breaks + both.audit.status().breaks == 0


async def test_without_a_relay_at_work_nothing_is_said_of_the_stream(broker: NatsServer, speaking: Speaking) -> None:
    async with on_bus(broker.url) as bus:
        audit = StreamAudit(bus, speaking.outbox(bus), speaking.publications, every=0.0)
        with pytest.raises(BusFault, match="not at work"):
            await audit.audit()
        assert "not at work" in audit.status().fault
        assert audit.status().last_verified_at == ""
        assert not audit.check()["ok"], "an audit that never ends is not seen"
