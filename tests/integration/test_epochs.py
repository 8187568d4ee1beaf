"""A speaker's store is put back from an older copy: it is noticed by all, nothing is thrown away, and all goes on."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Column, MetaData, Table, Text, select

from shared.asked import Asked
from shared.bus import Bus
from shared.contracts import CloudEvent, Contract
from shared.desk import Command, Done, HistoryBehind, UnitOfWork
from shared.domain import identity
from shared.epochs.log import Epoch
from shared.epochs.opening import Epochs, NotOurs, PartedElsewhere, Wanted
from shared.epochs.parting import HistoryAgrees, Parting, PartingUnknown
from shared.eventstore import Change, EventStore, Put
from shared.inbox import INBOX_TABLES, Inbox, Views, heard_by, heard_upto
from shared.inbox.adopting import Adopting
from shared.inbox.heard import heard
from shared.inbox.views import differences
from shared.outbox import Outbox
from shared.tokens import Caller
from tests.eventually import eventually_async
from tests.integration.talk import NOON, HearingService, LetterWrittenV1, Shelving, Speaking, at_work, on_bus
from tests.servers import NatsServer
from tests.stores import Databases

pytestmark = [pytest.mark.integration, pytest.mark.anyio]

TEXTS = MetaData()
texts = Table("texts", TEXTS, Column("text", Text, primary_key=True))
OPERATOR = Caller("operator", "operator")


def text_rows(contract: Contract) -> Iterable[Change]:
    assert isinstance(contract, LetterWrittenV1)
    return [Put(texts, {"text": contract.text})]


def fold(unit: UnitOfWork, event: CloudEvent, contract: Contract) -> None:
    unit.change(*text_rows(contract))


VIEWS = Views([TEXTS], text_rows)


class Reader(HearingService):
    """The hearing service with a view of the texts it heard, and a note of those that were lost again."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.store.close()
        self.store = self.desk.store = EventStore(url, [INBOX_TABLES, TEXTS])
        self.forgotten: list[str] = []

    def forget(self, unit: UnitOfWork, event: CloudEvent, contract: Contract) -> None:
        assert isinstance(contract, LetterWrittenV1)
        if contract.text == "torn":
            raise ValueError("cannot be forgotten")
        self.forgotten.append(contract.text)

    def reading(self, bus: Bus, speaking: Speaking) -> Inbox:
        return self.inbox(bus, speaking.feed, Shelving(), fold, views=VIEWS, forget=self.forget)

    def texts(self) -> list[str]:
        return sorted(row["text"] for row in self.store.rows(select(texts)))

    def notes(self) -> list[tuple[str, str]]:
        """What is noted about each contract that was heard."""
        return [(kept.event.id, kept.note) for kept in heard_by(self.store)]


@pytest.fixture
def reader(databases: Databases, language: None) -> Iterator[Reader]:
    service = Reader(databases("hearing"))
    yield service
    service.close()


@pytest.fixture
def restored(databases: Databases, language: None) -> Iterator[Speaking]:
    """The speaker with its store as it was after its first two letters."""
    service = Speaking(databases("restored"))
    service.write("bills", "one", "two")
    yield service
    service.close()


@dataclass
class Life:
    """A speaker and its hearer at work on one broker."""

    speaking: Speaking
    outbox: Outbox
    inbox: Inbox
    epochs: Epochs
    reader: Reader

    async def all_heard(self) -> None:
        """All the speaker has said, in the epoch it is in, was heard."""
        publications = self.speaking.publications
        upto = (publications.epochs()[-1].number, publications.head())
        await eventually_async(lambda: heard_upto(self.reader.store, "speaking") == upto)
        await eventually_async(lambda: self.outbox.status().position == publications.head())
        await eventually_async(lambda: self.inbox.status().stopped_reason == "")

    async def alarmed(self) -> None:
        await eventually_async(lambda: "restored from an older backup" in self.outbox.status().stopped_reason)
        await eventually_async(lambda: "restored from an older backup" in self.inbox.status().stopped_reason)

    async def open(self, after: int, key: str = "once", **more: Any) -> Done:
        return await self.epochs.open(asked(key), Wanted(after=after, reason="the disk broke", **more))


def asked(key: str) -> Asked:
    return Asked(OPERATOR, NOON, identity("command", "operator", key), key.encode(), "")


@asynccontextmanager
async def life(bus: Bus, speaking: Speaking, reader: Reader, relays: bool = True) -> AsyncIterator[Life]:
    outbox, inbox = speaking.outbox(bus), reader.reading(bus, speaking)
    parting = Parting(bus, speaking.publications)
    epochs = Epochs(speaking.desk, speaking.epochs, parting, outbox.look_again)
    async with at_work(*([outbox.run] if relays else []), inbox.run):
        yield Life(speaking, outbox, inbox, epochs, reader)


async def say_what_is_lost(bus: Bus, speaking: Speaking, reader: Reader) -> None:
    """Five letters are written and heard; the last three of them are not in the copy."""
    speaking.write("bills", "one", "two", "three", "four")
    speaking.write("love", "five")
    async with life(bus, speaking, reader) as before:
        await before.all_heard()


async def test_all_are_alarmed_until_the_operator_opens_an_epoch(
    broker: NatsServer, speaking: Speaking, restored: Speaking, reader: Reader
) -> None:
    async with on_bus(broker.url) as bus:
        await say_what_is_lost(bus, speaking, reader)
        async with life(bus, restored, reader) as after:
            await after.alarmed()
            with pytest.raises(HistoryBehind, match="speaking:9"):
                await restored.desk.do(Command(uuid4(), b"", lambda unit: {}))
            proposal = await after.epochs.propose()
            assert (proposal.number, proposal.after) == (2, 3)
            assert [event.id for event in proposal.lost] == ["speaking:5", "speaking:7", "speaking:9"]
            with pytest.raises(PartedElsewhere):
                await after.open(1)
            assert (await after.open(3)).answer == {"number": 2, "after": 3, "lost": 3}
            await after.all_heard()
            restored.write("love", "anew")
            await after.all_heard()
            await restored.desk.do(Command(uuid4(), b"", lambda unit: {}))
    assert [row["id"] for row in restored.epochs.lost()] == ["speaking:5", "speaking:7", "speaking:9"]
    assert reader.texts() == ["anew", "one", "two"]
    assert differences(reader.store, VIEWS) == []
    assert reader.forgotten == ["five", "four", "three"]
    kept = [("speaking:1", ""), ("speaking:3", ""), *((f"speaking:{n}", "lost: ") for n in (5, 7, 9))]
    assert reader.notes() == [*kept, ("speaking@2:5", "")]


async def test_opening_twice_with_one_key_opens_one(
    broker: NatsServer, speaking: Speaking, restored: Speaking, reader: Reader
) -> None:
    async with on_bus(broker.url) as bus:
        await say_what_is_lost(bus, speaking, reader)
        async with life(bus, restored, reader) as after:
            await after.alarmed()
            first, second = await after.open(3), await after.open(3)
            await after.all_heard()
            third = await after.open(3)
            with pytest.raises(HistoryAgrees):
                await after.open(3, key="another")
    assert (first.repeated, second.repeated, third.repeated) == (False, True, True)
    assert [epoch.number for epoch in restored.epochs.known()] == [1, 2]


async def test_positions_given_out_twice_are_told_apart(
    broker: NatsServer, speaking: Speaking, restored: Speaking, reader: Reader
) -> None:
    async with on_bus(broker.url) as bus:
        await say_what_is_lost(bus, speaking, reader)
        # Written while nobody could know: further than what was lost, at the same positions.
        restored.write("other", *map(str, range(6)))
        async with life(bus, restored, reader) as after:
            await after.alarmed()
            assert reader.texts() == ["five", "four", "one", "three", "two"]
            await after.open(3)
            await after.all_heard()
    assert reader.texts() == [*map(str, range(6)), "one", "two"]
    assert reader.shelf("other") == [*map(str, range(6))]
    assert reader.shelf("bills") == ["one", "two", "three", "four"], "what the hearer itself did stands"


async def test_a_hearer_tells_that_the_stream_was_lost_with_the_store(
    broker: NatsServer, speaking: Speaking, restored: Speaking, reader: Reader
) -> None:
    async with on_bus(broker.url) as bus:
        await say_what_is_lost(bus, speaking, reader)
        await bus.ask("STREAM.DELETE.SPEAKING")
        restored.write("other", *map(str, range(6)))
        async with life(bus, restored, reader) as after:
            await eventually_async(lambda: "agrees up to 3" in after.inbox.status().stopped_reason)
            assert after.outbox.status().stopped_reason == ""
            with pytest.raises(HistoryAgrees):
                await after.epochs.propose()
            assert (await after.epochs.propose(agreed=3)).after == 3
            evidence = tuple(speaking.publications.read(3, 1))
            await after.open(3, agreed=3, heard=evidence)
            await after.all_heard()
    assert [row["id"] for row in restored.epochs.lost()] == ["speaking:5"]
    assert reader.texts() == [*map(str, range(6)), "one", "two"]
    assert differences(reader.store, VIEWS) == []


async def test_a_hearer_that_was_behind_goes_on_where_it_was(
    broker: NatsServer, speaking: Speaking, restored: Speaking, reader: Reader
) -> None:
    async with on_bus(broker.url) as bus:
        speaking.write("bills", "one")
        async with life(bus, speaking, reader) as before:
            await before.all_heard()
        speaking.write("bills", "two", "three", "four")
        outbox = speaking.outbox(bus)
        async with at_work(outbox.run):
            await eventually_async(lambda: outbox.status().position == speaking.publications.head())
        outbox = restored.outbox(bus)
        epochs = Epochs(restored.desk, restored.epochs, Parting(bus, restored.publications), outbox.look_again)
        async with at_work(outbox.run):
            await eventually_async(lambda: outbox.status().stopped_reason)
            await epochs.open(asked("once"), Wanted(after=3, reason="the disk broke"))
            await eventually_async(lambda: outbox.status().position == 3)
        restored.write("bills", "anew")
        async with life(bus, restored, reader) as after:
            await after.all_heard()
    assert reader.notes() == [("speaking:1", ""), ("speaking:3", ""), ("speaking@2:5", "")]
    assert reader.shelf("bills") == ["one", "two", "anew"]


async def test_a_hearer_that_ends_between_two_steps_takes_the_second_at_its_start(
    broker: NatsServer, speaking: Speaking, restored: Speaking, reader: Reader
) -> None:
    async with on_bus(broker.url) as bus:
        await say_what_is_lost(bus, speaking, reader)
        adopting = Adopting(reader.desk, "speaking", VIEWS, reader.forget)
        await adopting.adopt([Epoch(1, 0), Epoch(2, 3)])
        assert reader.texts() == ["five", "four", "one", "three", "two"]
        async with life(bus, restored, reader) as after:
            await eventually_async(lambda: after.outbox.status().stopped_reason)
            await after.open(3)
            await after.all_heard()
    assert reader.texts() == ["one", "two"]
    assert reader.forgotten == ["five", "four", "three"]


async def test_following_an_epoch_twice_changes_nothing(
    broker: NatsServer, speaking: Speaking, reader: Reader
) -> None:
    async with on_bus(broker.url) as bus:
        await say_what_is_lost(bus, speaking, reader)
    adopting, told = Adopting(reader.desk, "speaking", VIEWS, reader.forget), [Epoch(1, 0), Epoch(2, 3)]
    await adopting.adopt(told)
    await adopting.settle()
    before = (reader.store.head(), reader.store.rows(select(heard)), reader.texts(), list(reader.forgotten))
    for _ in range(2):
        await adopting.adopt(told)
        await adopting.settle()
    assert (reader.store.head(), reader.store.rows(select(heard)), reader.texts(), reader.forgotten) == before


async def test_what_our_own_things_cannot_follow_is_noted_for_a_person(
    broker: NatsServer, speaking: Speaking, reader: Reader
) -> None:
    speaking.write("bills", "one")
    async with on_bus(broker.url) as bus, life(bus, speaking, reader) as before:
        await before.all_heard()
    torn = speaking.publications.read(0, 1)[0].model_copy(update={"data": {"text": "torn"}})
    adopting = Adopting(reader.desk, "speaking", VIEWS, reader.forget)
    await reader.desk.keep(
        *(Put(heard, {**row, "body": torn.model_dump_json()}) for row in reader.store.rows(select(heard)))
    )
    await adopting.adopt([Epoch(1, 0), Epoch(2, 0)])
    await adopting.settle()
    assert [note.split(" ")[:2] for _, note in reader.notes()] == [["lost:", "ValueError:"]]


async def test_evidence_is_of_the_speaker_itself(
    broker: NatsServer, speaking: Speaking, restored: Speaking, reader: Reader
) -> None:
    async with on_bus(broker.url) as bus:
        await say_what_is_lost(bus, speaking, reader)
        other = speaking.publications.read(0, 1)[0].model_copy(update={"type": "hearing.shelf.placed.v1"})
        async with life(bus, restored, reader) as after:
            await after.alarmed()
            with pytest.raises(NotOurs):
                await after.open(3, heard=(other,))


async def test_a_stream_that_begins_too_late_cannot_say_where_the_histories_part(
    broker: NatsServer, speaking: Speaking, restored: Speaking
) -> None:
    speaking.write("bills", "one", "two", "three", "four")
    async with on_bus(broker.url) as bus:
        await bus.up()
        await bus.ensure_stream("SPEAKING", ["ev.speaking.>"])
        for event in speaking.publications.read(5, 1):
            body = event.model_dump_json(exclude_none=True).encode()
            await bus.client.jetstream().publish(event.nats_subject, body)
        parting = Parting(bus, restored.publications)
        with pytest.raises(PartingUnknown):
            await parting.propose()
        proposal = await parting.propose(agreed=4)
    assert (proposal.after, [event.position for event in proposal.lost]) == (3, [7])


async def test_what_was_parked_and_is_lost_waits_for_nobody(
    broker: NatsServer, speaking: Speaking, restored: Speaking, reader: Reader
) -> None:
    async with on_bus(broker.url) as bus:
        speaking.write("bills", "one", "two", "torn", "four")
        async with life(bus, speaking, reader) as before:
            await before.all_heard()
            await eventually_async(lambda: before.inbox.status().parked == 2)
        async with life(bus, restored, reader) as after:
            await after.alarmed()
            await after.open(3)
            restored.write("bills", "anew")
            await after.all_heard()
            await eventually_async(lambda: after.inbox.status().parked == 0)
    assert reader.shelf("bills") == ["one", "two", "anew"]
    assert [note.split(":")[:2] for _, note in reader.notes()[2:4]] == [["lost", " parked"]] * 2


async def test_a_second_copy_put_back_begins_a_third_epoch(
    broker: NatsServer, speaking: Speaking, restored: Speaking, reader: Reader, databases: Databases
) -> None:
    async with on_bus(broker.url) as bus:
        await say_what_is_lost(bus, speaking, reader)
        async with life(bus, restored, reader) as after:
            await after.alarmed()
            await after.open(3)
            restored.write("love", "anew")
            await after.all_heard()
        # A copy of the time before the first accident: it knows nothing of epoch 2, and one letter of the lost.
        third = Speaking(databases("third"))
        third.write("bills", "one", "two", "three")
        async with life(bus, third, reader) as again:
            await again.alarmed()
            proposal = await again.epochs.propose()
            assert (proposal.number, proposal.after, [event.id for event in proposal.lost]) == (
                3,
                3,
                ["speaking@2:5"],
            )
            await again.open(3)
            await again.all_heard()
        third.close()
    assert reader.texts() == ["one", "three", "two"]
    assert reader.notes()[-1] == ("speaking@3:5", "")
