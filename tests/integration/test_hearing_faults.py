"""A hearer that dies, sleeps or finds holes has in the end taken in all that was said, once and in order."""

from __future__ import annotations

import asyncio

import psycopg
import pytest

from shared.contracts import CloudEvent
from shared.epochs.log import Epoch
from shared.feed import Feed, FeedFault, Told
from shared.outbox import Outbox
from tests.eventually import eventually_async
from tests.integration.killed import process
from tests.integration.talk import PATIENT, HearingService, Shelving, Speaking, at_work, on_bus, published
from tests.servers import NatsServer, PostgresServer
from tests.stores import postgres_databases

pytestmark = [pytest.mark.integration, pytest.mark.anyio]
LETTERS = 12
ROLLED_BACK = """
INSERT INTO stored_events (originator_id, originator_version, topic, state)
SELECT gen_random_uuid(), 1, topic, state FROM stored_events LIMIT 1"""


class Breaking:
    """A speaker's feed that is away when it is asked for the second page."""

    def __init__(self, feed: Feed) -> None:
        self._feed, self.pages = feed, 0

    async def read(self, after: int, limit: int) -> list[CloudEvent]:
        self.pages += 1
        if self.pages == 2:
            raise FeedFault("away")
        return await self._feed.read(after, limit)

    async def at(self, position: int) -> Told:
        return await self._feed.at(position)

    async def epochs(self) -> list[Epoch]:
        return await self._feed.epochs()


async def hear_the_rest(broker: NatsServer, speaking: Speaking, hearing: HearingService) -> None:
    """Another process of the same service goes on with the same database."""
    async with on_bus(broker.url, "hearing") as bus:
        inbox = hearing.inbox(bus, speaking.feed, Shelving())
        async with at_work(inbox.run):
            await eventually_async(lambda: hearing.store.tracked("speaking") == speaking.publications.head())
        assert inbox.status().parked == 0


@pytest.mark.parametrize("moment", ["deciding", "committed"])
async def test_a_hearer_killed_before_or_after_its_commit_hears_each_contract_once(
    broker: NatsServer, speaking: Speaking, hearing: HearingService, moment: str
) -> None:
    speaking.write("bills", *map(str, range(LETTERS)))
    async with on_bus(broker.url, "speaking") as bus:
        outbox = speaking.outbox(bus)
        async with at_work(outbox.run):
            await eventually_async(lambda: outbox.status().position == speaking.publications.head())
            urls = (each.store.url.render_as_string(hide_password=False) for each in (speaking, hearing))
            async with process(f"hear-{moment}", broker.url, *urls) as child:
                child.kill()
                await asyncio.to_thread(child.wait)
            heard = sum(map(len, hearing.placed().values()))
            assert (hearing.store.tracked("speaking") > 0) is (heard > 0) is (moment == "committed")
            await hear_the_rest(broker, speaking, hearing)
    assert hearing.placed() == speaking.for_shelves()
    assert hearing.shelf("bills") == [*map(str, range(LETTERS))]


async def test_a_service_that_slept_longer_than_the_stream_remembers_catches_up(
    broker: NatsServer, speaking: Speaking, hearing: HearingService
) -> None:
    async with on_bus(broker.url, "speaking") as bus:
        outbox = Outbox(bus, speaking.publications, speaking.desk.recorded, max_bytes=50_000)
        async with at_work(outbox.run):
            speaking.write("bills", *map(str, range(5)))
            await hear_the_rest(broker, speaking, hearing)
            slept_at = hearing.store.tracked("speaking")
            speaking.write("love", *map(str, range(400)))
            await eventually_async(lambda: outbox.status().position == speaking.publications.head())
            oldest = await bus.get("SPEAKING", 1, "ev.speaking.>")
            assert oldest
            assert int(oldest.headers["Previous"]) > slept_at, "the stream still holds all of it"

            async with on_bus(broker.url, "hearing") as other:
                inbox = hearing.inbox(other, speaking.feed, Shelving(), quiet=PATIENT)
                async with at_work(inbox.run):
                    await eventually_async(lambda: inbox.status().tracked == speaking.publications.head())
                    speaking.write("bills", "afterwards")
                    await eventually_async(lambda: inbox.status().tracked == speaking.publications.head())
                status = inbox.status()
    assert status.gaps == 1
    assert 0 < status.healed < 401, "what the stream still had was not asked for"
    assert hearing.placed() == speaking.for_shelves()


async def test_a_read_of_the_feed_that_breaks_off_is_taken_up_again(
    broker: NatsServer, speaking: Speaking, hearing: HearingService
) -> None:
    """The gap is longer than a page of the feed, and the speaker dies in the middle of it."""
    speaking.write("bills", *map(str, range(450)))
    feed = Breaking(speaking.feed)
    async with on_bus(broker.url, "hearing") as bus:
        await bus.up()
        inbox = hearing.inbox(bus, feed, Shelving())
        async with at_work(inbox.run):
            await eventually_async(lambda: inbox.status().healed == 450)
    assert feed.pages > 3
    assert hearing.placed() == speaking.for_shelves()


async def test_holes_in_the_positions_are_no_gaps(
    broker: NatsServer, postgres: PostgresServer, language: None
) -> None:
    databases = postgres_databases(postgres)
    speaking, hearing = Speaking(url := databases("holes")), HearingService(databases("hears-holes"))
    for n in range(6):
        speaking.write("bills", f"{n}")
        with psycopg.connect(url) as database:
            database.execute(ROLLED_BACK)
            database.rollback()
    log = [position for position, _ in speaking.store.log(0, 100)]
    assert log != list(range(1, len(log) + 1)), "the database left no holes"
    async with on_bus(broker.url) as bus:
        outbox, inbox = speaking.outbox(bus), hearing.inbox(bus, speaking.feed, Shelving(), quiet=PATIENT)
        async with at_work(outbox.run):
            await published(speaking, outbox)
            async with at_work(inbox.run):
                await eventually_async(lambda: inbox.status().tracked == speaking.publications.head())
        status = inbox.status()
    assert (status.gaps, status.healed) == (0, 0)
    assert hearing.shelf("bills") == [*map(str, range(6))]
    speaking.close()
    hearing.close()
