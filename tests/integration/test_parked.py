"""What cannot be taken in waits with all that follows it, in sight, until a person releases it; the rest goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterator

import pytest
from sqlalchemy import select

from shared.bus import Bus
from shared.contracts import PUBLISHED, CloudEvent, Contract
from shared.desk import Command, Done, UnitOfWork
from shared.domain import Recorded, identity
from shared.epochs.log import FIRST, Epoch
from shared.inbox import Hearing, Inbox, heard_by, in_order
from shared.inbox.adopting import Adopting
from shared.inbox.heard import parked
from shared.inbox.parked import Released, releases
from tests.eventually import eventually_async
from tests.integration.talk import (
    HearingService,
    LetterWrittenV1,
    Placed,
    ShelfIsFull,
    Shelving,
    Speaking,
    at_work,
    on_bus,
    talk,
    written,
)
from tests.servers import NatsServer
from tests.stores import Databases

pytestmark = [pytest.mark.integration, pytest.mark.anyio]

BILLS = str(identity("letter", "bills"))
LOVE = str(identity("letter", "love"))
BY = "operator"


class Picky(Shelving):
    """Places letters on their shelves, but for those whose texts it cannot read."""

    def __init__(self, *unreadable: str) -> None:
        super().__init__()
        self.torn_can_be_read = True
        self.unreadable: Collection[str] = unreadable

    def __call__(self, unit: UnitOfWork, heard: CloudEvent, contract: Contract) -> None:
        assert isinstance(contract, LetterWrittenV1)
        super().__call__(unit, heard, contract)
        if contract.text in self.unreadable:
            raise ValueError(f"cannot read {contract.text}")


@pytest.fixture
def picky() -> Picky:
    return Picky("torn")


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> int:
    """So many may be parked in this test before a reader stops."""
    monkeypatch.setattr("shared.inbox.reader.MOST_PARKED", 2)
    return 2


class LetterWhisperedV1(LetterWrittenV1):
    NAME = "whispering.letter.written.v1"


def whispered(recorded: Recorded) -> Contract:
    return LetterWhisperedV1.model_validate(written(recorded).model_dump())


@pytest.fixture
def whispering(databases: Databases, monkeypatch: pytest.MonkeyPatch) -> Iterator[Speaking]:
    """Another service that writes letters."""
    monkeypatch.setitem(PUBLISHED, LetterWhisperedV1.NAME, LetterWhisperedV1)
    service = Speaking(databases("whispering"), "whispering", whispered)
    yield service
    service.close()


@pytest.fixture
def listener(hearing: HearingService, picky: Picky) -> Hearing:
    return Hearing(hearing.desk, "speaking", picky)


async def hear(listener: Hearing, speaking: Speaking, hearing: HearingService) -> None:
    """All that was said and not heard yet, as one batch."""
    tracked = hearing.store.tracked("speaking")
    await listener.take(speaking.publications.read(tracked, 1_000), after=tracked)


def waiting(hearing: HearingService) -> list[tuple[str, str]]:
    """The things and the kinds of fault of what is parked, in order."""
    rows = hearing.store.rows(select(parked).order_by(parked.c.position))
    return [(row["subject"], row["error"].partition(":")[0]) for row in rows]


async def test_what_breaks_is_parked_with_what_follows_it_and_released_in_order(
    broker: NatsServer, speaking: Speaking, hearing: HearingService, picky: Picky
) -> None:
    async with talk(broker, speaking, hearing, picky) as both:
        speaking.write("bills", "one", "torn", "three")
        speaking.write("love", "other")
        speaking.write("bills", "four")
        await both.heard_all()
        await eventually_async(lambda: both.inbox.status().parked == 3)
        assert (hearing.shelf("bills"), hearing.shelf("love")) == (["one"], ["other"])
        assert waiting(hearing) == [(BILLS, "ValueError"), (BILLS, "an earlier one"), (BILLS, "an earlier one")]
        again = await both.inbox.release(BY, BILLS)
        assert (again.handled, [each.subject for each in again.broken]) == (0, [BILLS])
        assert both.inbox.status().parked == 3
        picky.unreadable = ()
        assert await both.inbox.release(BY, BILLS) == Released(3)
        assert both.inbox.status().parked == 0
        assert await both.inbox.release(BY, BILLS) == Released(0)
        speaking.write("bills", "five")
        await both.heard_all()
    assert hearing.shelf("bills") == ["one", "torn", "three", "four", "five"]
    assert all(contract.is_handled for contract in heard_by(hearing.store))


@pytest.mark.parametrize("place", [0, 3, 6], ids=["first", "middle", "last"])
async def test_wherever_in_a_batch_it_breaks_only_its_own_thing_waits(
    speaking: Speaking, hearing: HearingService, picky: Picky, listener: Hearing, place: int
) -> None:
    for n in range(7):
        speaking.write("bills" if n == place else f"kind-{n % 2}", "torn" if n == place else str(n))
    speaking.write("bills", "behind")
    await hear(listener, speaking, hearing)
    assert waiting(hearing) == [(BILLS, "ValueError"), (BILLS, "an earlier one")]
    expected = speaking.for_shelves()
    held_back = expected.pop(identity("shelf", BILLS))
    assert hearing.placed() == expected
    picky.unreadable = ()
    assert await listener.parked.release(BY, BILLS) == Released(2)
    assert hearing.placed() == expected | {identity("shelf", BILLS): held_back}


async def test_what_comes_much_later_waits_too_and_after_the_release_nothing_does(
    speaking: Speaking, hearing: HearingService, picky: Picky, listener: Hearing
) -> None:
    speaking.write("bills", "torn")
    await hear(listener, speaking, hearing)
    for n in range(3):
        speaking.write("love", *map(str, range(20 * n, 20 * n + 20)))
        await hear(listener, speaking, hearing)
    speaking.write("bills", "late")
    speaking.write("love", "last")
    await hear(listener, speaking, hearing)
    assert waiting(hearing) == [(BILLS, "ValueError"), (BILLS, "an earlier one")]
    assert hearing.shelf("love")[-1] == "last"
    picky.unreadable = ()
    await listener.parked.release(BY, BILLS)
    speaking.write("bills", "later")
    await hear(listener, speaking, hearing)
    assert hearing.shelf("bills") == ["torn", "late", "later"]
    assert waiting(hearing) == []


async def test_hearing_what_is_parked_again_changes_nothing(
    speaking: Speaking, hearing: HearingService, picky: Picky, listener: Hearing
) -> None:
    speaking.write("bills", "one", "torn", "three")
    told = speaking.publications.read(0, 10)
    await listener.take(told, after=0)
    before = waiting(hearing)
    for start in (0, told[0].position, told[1].position):
        await listener.take([event for event in told if event.position > start], after=start)
    assert waiting(hearing) == before
    picky.unreadable = ()
    await listener.parked.release(BY, BILLS)
    await listener.take(told, after=0)
    assert waiting(hearing) == []
    assert hearing.placed() == speaking.for_shelves()


async def test_a_service_that_ends_in_between_finds_everything_as_it_was(
    databases: Databases, language: None, speaking: Speaking, picky: Picky
) -> None:
    url = databases("hearing")
    speaking.write("bills", "one", "torn", "three")
    first = HearingService(url)
    await hear(Hearing(first.desk, "speaking", picky), speaking, first)
    first.close()
    speaking.write("bills", "four")
    second = HearingService(url)
    await hear(Hearing(second.desk, "speaking", picky), speaking, second)
    assert [error for _, error in waiting(second)] == ["ValueError", "an earlier one", "an earlier one"]
    second.close()
    third = HearingService(url)
    picky.unreadable = ()
    assert await Hearing(third.desk, "speaking", picky).parked.release(BY) == Released(3)
    assert third.placed() == speaking.for_shelves()
    third.close()


async def test_a_release_that_breaks_keeps_what_it_did_and_leaves_the_rest_in_order(
    speaking: Speaking, hearing: HearingService, picky: Picky, listener: Hearing
) -> None:
    picky.unreadable = ("torn", "wet")
    speaking.write("bills", "torn", "two", "wet", "four")
    await hear(listener, speaking, hearing)
    picky.unreadable = ("wet",)
    done = await listener.parked.release(BY, BILLS)
    wet = speaking.said()[2]
    assert (done.handled, [(each.subject, each.position) for each in done.broken]) == (2, [(BILLS, wet)])
    assert "ValueError" in done.broken[0].error
    assert "cannot read" not in done.broken[0].error, "a fault's own words may be somebody's"
    assert hearing.shelf("bills") == ["torn", "two"]
    picky.unreadable = ()
    assert await listener.parked.release(BY, BILLS) == Released(2)
    assert hearing.placed() == speaking.for_shelves()


async def test_a_release_interrupted_by_its_database_is_finished_by_the_next(
    speaking: Speaking, hearing: HearingService
) -> None:
    fault: list[Exception] = [ValueError("not yet")]
    placing = Shelving()

    def policy(unit: UnitOfWork, heard: CloudEvent, contract: Contract) -> None:
        if fault and getattr(contract, "text", "") in ("one", "three"):
            raise fault[0]
        placing(unit, heard, contract)

    listener = Hearing(hearing.desk, "speaking", policy)
    speaking.write("bills", "one", "two", "three")
    await hear(listener, speaking, hearing)
    fault[0] = ConnectionRefusedError("no database")
    with pytest.raises(ConnectionRefusedError):
        await listener.parked.release(BY, BILLS)
    assert len(waiting(hearing)) == 3
    fault.clear()
    assert await listener.parked.release(BY, BILLS) == Released(3)
    assert hearing.placed() == speaking.for_shelves()


async def test_all_of_a_speaker_are_released_in_the_order_they_were_said(
    speaking: Speaking, hearing: HearingService, picky: Picky, listener: Hearing
) -> None:
    picky.unreadable = ("torn", "wet", "burnt")
    speaking.write("bills", "torn", "two")
    speaking.write("love", "burnt", "yours")
    speaking.write("bills", "three")
    speaking.write("news", "wet")
    await hear(listener, speaking, hearing)
    picky.unreadable = ("burnt",)
    done = await listener.parked.release(BY)
    assert (done.handled, [each.subject for each in done.broken]) == (4, [LOVE])
    assert [subject for subject, _ in waiting(hearing)] == [LOVE, LOVE]
    placed = [recorded.event.text for _, recorded in hearing.store.log(0, 10) if isinstance(recorded.event, Placed)]
    assert placed == ["torn", "two", "three", "wet"]


async def test_releases_at_the_same_time_take_everything_in_once(
    speaking: Speaking, hearing: HearingService, picky: Picky, listener: Hearing
) -> None:
    speaking.write("bills", "torn", *map(str, range(20)))
    await hear(listener, speaking, hearing)
    picky.unreadable = ()
    done = await asyncio.gather(*(listener.parked.release(BY, BILLS) for _ in range(3)))
    assert sum(each.handled for each in done) == 21
    assert hearing.placed() == speaking.for_shelves()


async def test_a_release_while_the_reader_goes_on_keeps_the_order(
    broker: NatsServer, speaking: Speaking, hearing: HearingService, picky: Picky
) -> None:
    async with talk(broker, speaking, hearing, picky) as both:
        speaking.write("bills", "torn", "two")
        await eventually_async(lambda: both.inbox.status().parked == 2)
        picky.unreadable = ()

        async def write() -> None:
            for n in range(40):
                await asyncio.to_thread(speaking.write, "bills", f"{n}-one", f"{n}-two")

        async def release() -> None:
            while hearing.store.tracked("speaking") < speaking.publications.head() or both.inbox.status().parked:
                await both.inbox.release(BY, BILLS)

        await asyncio.gather(write(), release())
        await both.heard_all()
        await both.inbox.release(BY, BILLS)
        assert both.inbox.status().parked == 0
    assert hearing.placed() == speaking.for_shelves()


async def test_what_its_speaker_loses_while_it_is_released_stays_lost(
    speaking: Speaking, hearing: HearingService, picky: Picky, listener: Hearing, monkeypatch: pytest.MonkeyPatch
) -> None:
    speaking.write("bills", "torn")
    await hear(listener, speaking, hearing)
    picky.unreadable = ()
    do = hearing.desk.do

    async def lost_first(command: Command) -> Done:
        monkeypatch.setattr(hearing.desk, "do", do)
        await Adopting(hearing.desk, "speaking", None, None).adopt([FIRST, Epoch(2, 0)])
        return await do(command)

    monkeypatch.setattr(hearing.desk, "do", lost_first)
    assert await listener.parked.release(BY) == Released(0)
    assert [contract.is_lost for contract in heard_by(hearing.store)] == [True]
    assert (hearing.shelf("bills"), hearing.store.rows(select(releases))) == ([], [])


async def test_what_a_rule_refuses_when_released_is_noted(speaking: Speaking, hearing: HearingService) -> None:
    room = [False]

    def policy(unit: UnitOfWork, heard: CloudEvent, contract: Contract) -> None:
        if not room[0]:
            raise ValueError("nobody knows")
        raise ShelfIsFull("no more room")

    listener = Hearing(hearing.desk, "speaking", policy)
    speaking.write("bills", "one")
    await hear(listener, speaking, hearing)
    room[0] = True
    assert await listener.parked.release(BY, BILLS) == Released(1)
    assert [contract.note for contract in heard_by(hearing.store)] == [ShelfIsFull.code]
    assert [row["result"] for row in hearing.store.rows(select(releases))] == ["without_effect"]


async def test_who_released_what_and_when_is_kept(
    speaking: Speaking, hearing: HearingService, picky: Picky, listener: Hearing
) -> None:
    speaking.write("bills", "torn", "two")
    await hear(listener, speaking, hearing)
    since = hearing.store.rows(select(parked.c.parked_at).order_by(parked.c.position))
    await listener.parked.release("one operator", BILLS)
    picky.unreadable = ()
    await listener.parked.release("another", BILLS)
    kept = hearing.store.rows(select(releases).order_by(releases.c.released_at))
    first, second = speaking.said()
    assert [(row["position"], row["released_by"], row["result"]) for row in kept] == [
        (first, "one operator", "broken"),
        (first, "another", "handled"),
        (second, "another", "handled"),
    ]
    assert [row["parked_at"] for row in kept[1:]] == [row["parked_at"] for row in since]
    assert all(row["released_at"] > row["parked_at"] for row in kept)


async def test_a_contract_that_is_not_what_it_should_be_is_parked_with_the_place_of_the_fault(
    speaking: Speaking, hearing: HearingService, listener: Hearing
) -> None:
    speaking.write("bills", "one", "two")
    first, second = speaking.publications.read(0, 10)
    malformed = first.model_copy(update={"data": {"text": ["what", "somebody", "wrote"]}})
    await listener.take([malformed, second], after=0)
    assert listener.parked.count() == 2
    assert hearing.store.tracked("speaking") == second.position
    assert [contract.note for contract in heard_by(hearing.store)] == [
        "parked: ValidationError: text is string_type",
        "parked: an earlier one",
    ]


async def test_the_past_is_told_again_in_the_order_it_was_taken_in(
    speaking: Speaking, hearing: HearingService, picky: Picky, listener: Hearing
) -> None:
    speaking.write("bills", "one", "torn")
    speaking.write("love", "first")
    told = speaking.publications.read(0, 10)
    await listener.take(told[:1], after=0)
    await listener.take(told[1:], after=told[0].position)
    picky.unreadable = ()
    await listener.parked.release(BY, told[1].subject)
    past = [
        entry[1].event.text if isinstance(entry, tuple) and isinstance(entry[1].event, Placed) else "heard"
        for entry in in_order(hearing.store)
    ]
    assert past == ["heard", "one", "heard", "first", "heard", "torn"]
    assert [contract.event.data["text"] for contract in heard_by(hearing.store)] == ["one", "first", "torn"]
    causes = [recorded.event.command_id for _, recorded in hearing.store.log(0, 10)]
    assert set(causes) == {identity("heard", "speaking", event.position) for event in told}


async def test_too_many_parked_stop_the_reader_until_some_are_released(
    broker: NatsServer, speaking: Speaking, hearing: HearingService, picky: Picky, few: int
) -> None:
    async with talk(broker, speaking, hearing, picky) as both:
        speaking.write("bills", "torn", *map(str, range(few)))
        await eventually_async(lambda: "are parked" in both.inbox.status().stopped_reason)
        speaking.write("love", "one")
        picky.unreadable = ()
        assert await both.inbox.release(BY, BILLS) == Released(few + 1)
        await both.heard_all()
        assert both.inbox.status().stopped_reason == ""
    assert hearing.placed() == speaking.for_shelves()


async def test_too_many_parked_stop_a_reader_also_while_it_reads_the_feed(
    speaking: Speaking, hearing: HearingService, picky: Picky, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.inbox.reader.PAGE", 1)
    speaking.write("bills", "torn", *map(str, range(10 * few)))
    inbox = hearing.inbox(Bus(), speaking.feed, picky)
    async with at_work(inbox.run):
        await eventually_async(lambda: "are parked" in inbox.status().stopped_reason)
        assert inbox.status().parked == few + 1
        picky.unreadable = ()
        assert await inbox.release(BY, BILLS) == Released(few + 1)
        await eventually_async(lambda: hearing.store.tracked("speaking") == speaking.publications.head())
    assert hearing.placed() == speaking.for_shelves()


async def test_a_reader_that_stopped_is_still_stopped_after_a_restart_and_hears_of_a_release_elsewhere(
    broker: NatsServer, speaking: Speaking, hearing: HearingService, picky: Picky, few: int
) -> None:
    async with talk(broker, speaking, hearing, picky) as both:
        speaking.write("bills", "torn", *map(str, range(few)))
        await eventually_async(lambda: both.inbox.status().stopped_reason)
    async with talk(broker, speaking, hearing, picky) as both:
        speaking.write("love", "one")
        await eventually_async(lambda: "are parked" in both.inbox.status().stopped_reason)
        assert hearing.shelf("love") == []
        picky.unreadable = ()
        await Hearing(hearing.desk, "speaking", picky).parked.release(BY)
        await both.heard_all()
        await eventually_async(lambda: both.inbox.status().stopped_reason == "")
    assert hearing.placed() == speaking.for_shelves()


async def test_only_the_reader_of_the_speaker_in_question_stops(
    broker: NatsServer, speaking: Speaking, whispering: Speaking, hearing: HearingService, picky: Picky, few: int
) -> None:
    async with on_bus(broker.url) as bus:
        loud = hearing.inbox(bus, speaking.feed, picky)
        low = Inbox(bus, hearing.desk, "hearing", "whispering", whispering.feed, Picky(), quiet=0.2)
        async with at_work(speaking.outbox(bus).run, whispering.outbox(bus).run, loud.run, low.run):
            speaking.write("bills", "torn", *map(str, range(few)))
            await eventually_async(lambda: "are parked" in loud.status().stopped_reason)
            whispering.write("bills", "one", "two")
            await eventually_async(lambda: low.status().tracked == whispering.publications.head())
            assert (low.status().parked, low.status().stopped_reason) == (0, "")
    assert hearing.shelf("bills") == ["one", "two"]
