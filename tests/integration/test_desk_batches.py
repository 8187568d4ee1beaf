"""Commands that wait share a transaction, and nobody who asks can tell."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from random import Random
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from eventsourcing.persistence import IntegrityError, PersistenceError
from sqlalchemy import Column, MetaData, Select, Table, Text, func, select

from shared.desk import Command, Desk, Done, HeardElsewhere, KeyReused, StandingBy, Unavailable, UnitOfWork
from shared.desk import batch as batch_module
from shared.desk import desk as desk_module
from shared.domain import Recorded, Refused
from shared.eventstore import Drop, EventStore, Put, Receipt, Verdict, Work
from shared.eventstore.postgres import PostgresEventRecorder
from tests.eventually import eventually_async
from tests.integration.cutting import Cut, Way
from tests.integration.load import Load, must_be_kept
from tests.servers import PostgresServer
from tests.stores import Databases, postgres_databases
from tests.tally import METADATA, TALLIES, Tally, TallyIsClosed, adding, command, facts, on_tally, row_of, tally_id

pytestmark = [pytest.mark.integration, pytest.mark.anyio]

OTHERS = MetaData()
NAMES = Table("names", OTHERS, Column("id", Text, primary_key=True))
LIMIT = 5


class TallyIsFull(Refused):
    """More does not fit in."""

    code = "tally_is_full"


class Noting(EventStore):
    """Tells how many works shared each transaction."""

    def __init__(self, url: str) -> None:
        self.sizes: list[int] = []
        super().__init__(url, [METADATA, OTHERS])

    def record(self, works: Sequence[Work]) -> list[Receipt]:
        self.sizes.append(len(works))
        return super().record(works)


OpenDesk = Callable[[str], Desk]


@pytest.fixture
async def open_desk() -> AsyncIterator[OpenDesk]:
    """Desks of as many processes as one likes, on the same database."""
    desks: list[Desk] = []

    def open_on(url: str) -> Desk:
        desks.append(Desk(Noting(url), row_of))
        return desks[-1]

    yield open_on
    for desk in desks:
        desk.close()
        desk.store.close()


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that is busy with other things does not end a batch."""
    monkeypatch.setattr(batch_module, "SECONDS", 60.0)


@pytest.fixture
def url(databases: Databases) -> str:
    return databases("batches")


@pytest.fixture
def desk(open_desk: OpenDesk, url: str) -> Desk:
    return open_desk(url)


def sizes(desk: Desk) -> list[int]:
    assert isinstance(desk.store, Noting)
    return desk.store.sizes


def rows(desk: Desk) -> dict[str, int]:
    return {row["id"]: row["total"] for row in desk.store.rows(select(TALLIES))}


@asynccontextmanager
async def busy(desk: Desk) -> AsyncIterator[None]:
    """The writer is busy until the block ends, so that whatever is asked in it waits together."""
    hold, held = threading.Event(), threading.Event()

    def wait(unit: UnitOfWork) -> Mapping[str, Any]:
        held.set()
        hold.wait(120)
        raise TallyIsClosed("nothing is recorded of it")

    first = asyncio.create_task(desk.do(command(wait)))
    await eventually_async(held.is_set)
    yield
    hold.set()
    with pytest.raises(TallyIsClosed):
        await first


async def together(desk: Desk, *asked: Command | Awaitable[Any]) -> list[Any]:
    """What each is told, of those that wait at the same time."""
    async with busy(desk):
        waiting = [asyncio.ensure_future(desk.do(a) if isinstance(a, Command) else a) for a in asked]
        await eventually_async(lambda: len(desk.waiting) == 1 + len(waiting))
        sizes(desk).clear()
    return await asyncio.gather(*waiting, return_exceptions=True)


def filling(amount: int, name: str = "one") -> Command:
    """Add, unless more than the limit is there."""

    def decide(unit: UnitOfWork) -> Mapping[str, Any]:
        tally = on_tally(unit, name)
        if tally.state.total > LIMIT:
            raise TallyIsFull(f"there are {tally.state.total}")
        tally.add(amount)
        return {"total": tally.state.total}

    return command(decide)


def copying(source: str, to: str) -> Command:
    """Add to one tally what stands in another."""

    def decide(unit: UnitOfWork) -> Mapping[str, Any]:
        amount = on_tally(unit, source).state.total
        on_tally(unit, to).add(amount)
        return {"copied": amount}

    return command(decide)


def reading(query: Select[Any]) -> Command:
    return command(lambda unit: {"read": unit.rows(query)})


# Together.


async def test_those_who_wait_share_a_transaction_and_each_is_told_its_own(desk: Desk) -> None:
    done = await together(desk, *(adding(1, str(n), f"t{n % 3}") for n in range(30)))
    assert [d.answer["total"] for d in done] == [1 + n // 3 for n in range(30)]
    assert sizes(desk) == [30]
    assert [d.position for d in done] == [2, 4, 6, *range(7, 34)]
    assert rows(desk) == {str(tally_id(f"t{n}")): 10 for n in range(3)}
    assert [position for position, _ in desk.store.log(0, 100)] == list(range(1, 34))


async def test_who_comes_alone_waits_for_nobody(desk: Desk) -> None:
    for n in range(3):
        await desk.do(adding(1, str(n)))
    assert sizes(desk) == [1, 1, 1]


async def test_what_is_heard_and_kept_goes_with_the_commands(desk: Desk) -> None:
    told = await together(
        desk,
        adding(1),
        desk.hear("registry", 7, lambda unit: on_tally(unit).add(2), after=0),
        desk.keep(Put(NAMES, {"id": "a"})),
        desk.hear("review", 3, lambda unit: on_tally(unit).add(4)),
        adding(8),
    )
    assert [told[1], told[3], told[4].answer["total"]] == [True, True, 15]
    assert sizes(desk) == [5]
    assert (desk.store.tracked("registry"), desk.store.tracked("review")) == (7, 3)
    assert desk.store.rows(select(NAMES)) == [{"id": "a"}]


async def test_a_batch_is_bounded_in_number(desk: Desk) -> None:
    await together(desk, *(adding(1, str(n), f"t{n}") for n in range(150)))
    assert max(sizes(desk)) == batch_module.WORKS
    assert sum(sizes(desk)) == 150


async def test_a_batch_is_bounded_in_bytes(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_module, "BYTES", 3_000)
    await together(desk, *(adding(1, "x" * 1_000) for _ in range(10)))
    assert sizes(desk) == [3, 3, 3, 1]


async def test_a_slow_decision_ends_the_batch(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_module, "SECONDS", 0.05)

    def slow(unit: UnitOfWork) -> Mapping[str, Any]:
        threading.Event().wait(0.1)
        return {}

    await together(desk, command(slow), *(adding(1) for _ in range(10)))
    assert sizes(desk)[0] == 1
    assert rows(desk) == {str(tally_id()): 10}


async def test_a_thing_of_many_events_in_one_batch_gets_the_snapshot_of_the_mark(desk: Desk) -> None:
    await together(desk, *(adding(1, str(n)) for n in range(210)))
    again = desk.store.load(Tally, tally_id())
    at_mark = desk.store.load(Tally, tally_id(), version=100)
    assert again
    assert at_mark
    assert (again.version, again.state.total, at_mark.state.total) == (211, 210, 99)
    snapshots = desk.store._snapshots.select_events(tally_id())
    assert [s.originator_version for s in snapshots] == [100, 200]


async def test_nobody_is_written_for_once_another_process_writes(url: str) -> None:
    mine = [True]
    desk = Desk(Noting(url), row_of, lambda: mine[0])

    def lose(unit: UnitOfWork) -> Mapping[str, Any]:
        mine[0] = False
        return {}

    told = await together(desk, adding(1), command(lose), adding(1), desk.keep(Put(NAMES, {"id": "a"})))
    assert [type(t) for t in told] == [Done, Done, StandingBy, StandingBy]
    assert rows(desk) == {str(tally_id()): 1}
    desk.close()
    desk.store.close()


async def test_whoever_gives_up_waiting_is_not_carried_out(desk: Desk) -> None:
    async with busy(desk):
        waiting = asyncio.create_task(desk.do(adding(1)))
        other = asyncio.create_task(desk.do(adding(2)))
        await eventually_async(lambda: len(desk.waiting) == 3)
        waiting.cancel()
        await eventually_async(lambda: len(desk.waiting) == 2)
    assert (await other).answer["total"] == 2


# The same asked twice.


async def test_two_with_one_id_are_one_execution(desk: Desk) -> None:
    key = uuid4()
    told = await together(desk, adding(1), *(adding(3, key=key) for _ in range(4)), adding(1))
    assert [t.answer["total"] for t in told] == [1, 4, 4, 4, 4, 5]
    assert [t.repeated for t in told] == [False, False, True, True, True, False]


async def test_the_second_with_an_id_but_another_request_is_refused(desk: Desk) -> None:
    key = uuid4()
    told = await together(desk, adding(3, key=key, request="three"), adding(4, key=key, request="four"), adding(1))
    assert [type(t) for t in told] == [Done, KeyReused, Done]
    assert rows(desk) == {str(tally_id()): 4}


async def test_what_is_heard_twice_in_one_batch_is_heard_once(desk: Desk) -> None:
    told = await together(
        desk,
        *(desk.hear("registry", 7, lambda unit: on_tally(unit).add(1)) for _ in range(3)),
        desk.hear("registry", 9, lambda unit: on_tally(unit).add(1), after=7),
        desk.hear("registry", 12, lambda unit: on_tally(unit).add(1), after=7),
    )
    assert told[:4] == [True, False, False, True]
    assert isinstance(told[4], HeardElsewhere)
    assert (rows(desk), desk.store.tracked("registry")) == ({str(tally_id()): 2}, 9)


# One that breaks.


def breaking(unit: UnitOfWork) -> Mapping[str, Any]:
    on_tally(unit).add(100)
    raise ZeroDivisionError


def unwritable(unit: UnitOfWork) -> Mapping[str, Any]:
    on_tally(unit).add(object())  # type: ignore[arg-type]  # that is the fault
    return {}


def answering_nonsense(unit: UnitOfWork) -> Mapping[str, Any]:
    on_tally(unit).add(100)
    return {("a", "tuple"): 1}  # type: ignore[dict-item]  # that is the fault


def putting(total: Any, name: str = "other") -> Callable[[UnitOfWork], Mapping[str, Any]]:
    def decide(unit: UnitOfWork) -> Mapping[str, Any]:
        on_tally(unit).add(100)
        unit.change(Put(TALLIES, {"id": name, "total": total}))
        return {}

    return decide


@pytest.mark.parametrize(
    ("poison", "fault"),
    [
        pytest.param(breaking, ZeroDivisionError, id="a bug in the decision"),
        pytest.param(unwritable, TypeError, id="an event that cannot be written"),
        pytest.param(answering_nonsense, TypeError, id="an answer that cannot be kept"),
        pytest.param(putting(None), IntegrityError, id="a row that breaks a constraint"),
        pytest.param(putting(2**80), (PersistenceError, OverflowError), id="a number too great"),
        pytest.param(putting(1, "\ud800"), UnicodeEncodeError, id="a text that is none"),
    ],
)
async def test_one_that_breaks_fails_alone(
    desk: Desk, poison: Callable[[UnitOfWork], Mapping[str, Any]], fault: type[Exception]
) -> None:
    told = await together(
        desk,
        *(adding(1, name=f"t{n % 2}") for n in range(10)),
        adding(1),
        command(poison),
        adding(1),
        desk.hear("registry", 7, lambda unit: on_tally(unit, "heard").add(1)),
        desk.keep(Put(NAMES, {"id": "a"})),
        *(adding(1, name=f"t{n % 2}") for n in range(10)),
    )
    assert isinstance(told.pop(11), fault)
    assert [t for t in told if isinstance(t, BaseException)] == []
    named = {"t0": 10, "t1": 10, "one": 2, "heard": 1}
    assert rows(desk) == {str(tally_id(name)): total for name, total in named.items()}
    assert desk.store.rows(select(NAMES)) == [{"id": "a"}]
    assert (await desk.do(adding(1))).answer == {"total": 3, "version": 4}


async def test_two_that_break_are_each_told_why(desk: Desk) -> None:
    told = await together(desk, command(putting(None)), adding(1), command(breaking), command(putting(None)))
    assert [type(t) for t in told] == [IntegrityError, Done, ZeroDivisionError, IntegrityError]
    assert rows(desk) == {str(tally_id()): 1}


# Decided upon what is not recorded yet.


async def test_what_is_refused_upon_a_work_of_the_batch_is_told_when_that_is_recorded(desk: Desk) -> None:
    async def refused() -> int:
        with pytest.raises(TallyIsFull, match="there are 6"):
            await desk.do(filling(1))
        return desk.store.head()

    told = await together(desk, filling(6), refused(), filling(1), adding(1, name="another"))
    assert told[1] >= 2
    assert [type(t) for t in told[2:]] == [TallyIsFull, Done]
    assert rows(desk) == {str(tally_id()): 6, str(tally_id("another")): 1}


async def test_what_is_refused_upon_a_work_that_then_fails_is_decided_again(open_desk: OpenDesk, url: str) -> None:
    desk, other = open_desk(url), open_desk(url)
    await desk.do(filling(0))
    await other.do(adding(-10))
    told = await together(desk, filling(6), filling(1))
    assert [t.answer["total"] for t in told] == [-4, -3]
    assert rows(desk) == {str(tally_id()): -3}


async def test_what_follows_a_work_that_fails_is_decided_again(open_desk: OpenDesk, url: str) -> None:
    desk, other = open_desk(url), open_desk(url)
    await desk.do(adding(1))
    await other.do(adding(10))
    told = await together(
        desk, adding(1), adding(1), copying("one", "copy"), copying("copy", "copy of it"), adding(5, name="free")
    )
    assert [t.answer for t in told[2:4]] == [{"copied": 13}, {"copied": 13}]
    assert [t.answer["total"] for t in told[:2]] == [12, 13]
    assert rows(desk) == {
        str(tally_id(n)): t for n, t in [("one", 13), ("copy", 13), ("copy of it", 13), ("free", 5)]
    }
    assert desk.store.load(Tally, tally_id()) is not None


async def test_what_one_refused_half_changed_is_not_seen_by_the_next(desk: Desk) -> None:
    def refuse_late(unit: UnitOfWork) -> Mapping[str, Any]:
        on_tally(unit).add(100)
        raise TallyIsClosed("somebody objects")

    await desk.do(adding(1))
    told = await together(desk, adding(1), command(refuse_late), copying("one", "copy"), adding(1))
    assert isinstance(told.pop(1), TallyIsClosed)
    assert [t.answer for t in told] == [{"total": 2, "version": 3}, {"copied": 2}, {"total": 3, "version": 4}]


async def test_a_thing_that_fell_out_of_memory_is_read_when_it_is_recorded(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_module, "HOT", 1)
    told = await together(desk, *(adding(1, name=name) for name in "abcabcabc"))
    assert [t.answer["total"] for t in told] == [1, 1, 1, 2, 2, 2, 3, 3, 3]
    assert [t.answer["total"] for t in await together(desk, *(adding(1, name=name) for name in "abc"))] == [4, 4, 4]


async def test_rows_show_what_was_decided_before(desk: Desk) -> None:
    every = select(func.sum(TALLIES.c.total).label("sum"))
    inside = select(func.count().label("sum")).select_from(select(TALLIES.alias()).subquery())
    told = await together(
        desk, adding(1), reading(every), adding(1), adding(1, name="b"), reading(every), adding(1), reading(inside)
    )
    assert [int(told[n].answer["read"][0]["sum"]) for n in (1, 4, 6)] == [1, 3, 2]


async def test_rows_that_nobody_changed_are_read_without_ending_the_batch(desk: Desk) -> None:
    await desk.keep(Put(NAMES, {"id": "a"}))
    told = await together(desk, adding(1), reading(select(NAMES)), adding(1), reading(select(NAMES)))
    assert [told[n].answer["read"] for n in (1, 3)] == [[{"id": "a"}]] * 2
    assert sizes(desk) == [4]


async def test_the_store_as_a_decision_sees_it_has_all_that_was_decided_before(desk: Desk) -> None:
    head = command(lambda unit: {"head": unit.store.head()})
    told = await together(desk, adding(1), adding(1), head, adding(1), command(lambda u: {"head": u.store.head()}))
    assert [told[n].answer["head"] for n in (2, 4)] == [3, 4]


# The store itself.


def test_a_work_upon_one_that_is_not_recorded_is_stale(url: str) -> None:
    store = Noting(url)
    store.record([Work(store.stored(facts(1, 0)))])
    late, elsewhere = facts(1, 0), facts(1, 0, thing_id=tally_id("two"))
    third, free = facts(1, 0, thing_id=tally_id("three")), facts(1, 0, thing_id=tally_id("four"))
    receipts = store.record(
        [
            Work(store.stored(late)),
            Work(store.stored(elsewhere), changes=[Put(TALLIES, {"id": "two", "total": 1})], upon=[0]),
            Work(store.stored(third), upon=[1]),
            Work(store.stored(free)),
        ]
    )
    assert [r.verdict for r in receipts] == [Verdict.STALE, Verdict.STALE, Verdict.STALE, Verdict.RECORDED]
    assert list(receipts[3].positions) == [3, 4]
    assert store.rows(select(TALLIES)) == []
    store.close()


def test_of_a_row_written_and_dropped_again_and_again_the_last_counts(url: str) -> None:
    store = Noting(url)
    put = [Work(changes=[Put(TALLIES, {"id": "a", "total": n})]) for n in range(3)]
    drop = Work(changes=[Drop(TALLIES, {"id": "a"}), Drop(TALLIES, {"id": "b"})])
    store.record(
        [*put, drop, Work(changes=[Put(TALLIES, {"id": "b", "total": 4})]), Work(changes=[Drop(NAMES, {"id": "a"})])]
    )
    assert store.rows(select(TALLIES)) == [{"id": "b", "total": 4}]
    store.record([Work(changes=[Put(TALLIES, {"id": "b", "total": n})]) for n in range(5)])
    assert store.rows(select(TALLIES)) == [{"id": "b", "total": 4}]
    store.close()


# Several processes, and connections that break.


async def test_two_desks_under_load_acknowledge_exactly_what_is_recorded(open_desk: OpenDesk, url: str) -> None:
    one, other = open_desk(url), open_desk(url)
    load = Load([one, other], seed=5)
    running = asyncio.create_task(load.run(people=40))
    await load.until(300)
    load.enough.set()
    await running
    must_be_kept(one.store, load.asked, load.acknowledged, load.refused, load.heard)
    assert load.refused
    assert max(sizes(one) + sizes(other)) > 1


@pytest.mark.parametrize("cut", list(Cut))
async def test_a_connection_lost_at_the_commit_of_several_is_resolved_for_each(
    open_desk: OpenDesk, postgres: PostgresServer, cut: Cut
) -> None:
    url = postgres_databases(postgres)("cut")
    direct = open_desk(url)
    async with Way(url) as way:
        desk = await asyncio.to_thread(open_desk, way.url)
        await desk.do(adding(0))
        asked = [filling(6), adding(1, name="b"), adding(1, name="b")]
        async with busy(desk):
            heard = desk.hear("registry", 7, lambda unit: on_tally(unit, "c").add(1))
            every = [*map(desk.do, asked), heard, desk.keep(Put(NAMES, {"id": "a"})), desk.do(filling(1))]
            waiting: list[asyncio.Future[Any]] = [asyncio.ensure_future(each) for each in every]
            await eventually_async(lambda: len(desk.waiting) == 1 + len(waiting))
            way.next = cut
        told: list[Any] = await asyncio.gather(*waiting, return_exceptions=True)
        assert way.broken == [cut]
    if cut is Cut.BEFORE_COMMIT:
        assert [type(t) for t in told] == [Unavailable] * 6
        assert (rows(direct), direct.store.tracked("registry")) == ({str(tally_id()): 0}, 0)
    else:
        assert [t.answer["total"] for t in told[:3]] == [6, 1, 2]
        # Nothing tells whether somebody else wrote the row, nor upon whose work the last one was decided.
        assert [told[3], *map(type, told[4:])] == [True, Unavailable, Unavailable]
    assert [(await direct.do(a)).repeated for a in asked] == [cut is Cut.BEFORE_ANSWER] * 3
    assert rows(direct)[str(tally_id("b"))] == 2


async def test_whoever_follows_the_log_misses_nothing_of_writers_at_once(postgres: PostgresServer) -> None:
    """What keeps positions in the order of commits is the lock in the stored function: without it this fails."""
    url = postgres_databases(postgres)("order")
    store = Noting(url)
    recorder = store.recorder
    assert isinstance(recorder, PostgresEventRecorder)
    first = Work(store.stored(facts(1, 0)))
    with psycopg.connect(url) as slow, psycopg.connect(url, autocommit=True) as watching:
        slow.execute(recorder._call.encode(), recorder._arguments([first], strict=True))
        other = Work(store.stored(facts(1, 0, thing_id=tally_id("other"))))
        quick = asyncio.create_task(asyncio.to_thread(store.record, [other]))

        def waits_or_is_done() -> bool:
            question = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory'"
            return quick.done() or watching.execute(question).fetchone() is not None

        await eventually_async(waits_or_is_done)
        seen = [position for position, _ in store.log(0, 10)]
        slow.commit()
    await quick
    seen += [position for position, _ in store.log(max(seen, default=0), 10)]
    assert seen == [position for position, _ in store.log(0, 10)]
    assert len(seen) == 4
    store.close()


# Anything in any order.


def anything(random: Random) -> Command:
    """One of the things people ask."""
    name, other = random.choice("abc"), random.choice("abc")
    sums = select(TALLIES.c.total).order_by(TALLIES.c.id)

    def refuse_late(unit: UnitOfWork) -> Mapping[str, Any]:
        on_tally(unit, name).add(100)
        raise TallyIsFull("somebody objects")

    def close_or_reopen(unit: UnitOfWork) -> Mapping[str, Any]:
        tally = on_tally(unit, name)
        tally.reopen() if tally.state.closed else tally.close()
        return {"closed": tally.state.closed}

    def read(unit: UnitOfWork) -> Mapping[str, Any]:
        found = [row["total"] for row in unit.rows(sums)]
        on_tally(unit, name).add(len(found))
        return {"found": found}

    return random.choice(
        [
            adding(random.randrange(5), name=name),
            adding(random.randrange(5), name=name),
            adding(random.randrange(5), name=name),
            filling(random.randrange(-4, 4), name),
            copying(name, other),
            command(close_or_reopen),
            command(refuse_late),
            command(breaking),
            command(putting(None)),
            command(read),
            reading(sums),
        ]
    )


def asked_by(seed: int) -> list[Command]:
    """Much at once, some of it twice, some keys for two requests; the same for the same seed."""
    random = Random(seed)
    asked: list[Command] = []
    for _ in range(40):
        each = anything(random)
        each = replace(each, id=UUID(int=random.getrandbits(128)))
        if asked and random.random() < 0.2:
            before = random.choice(asked)
            each = before if random.random() < 0.6 else replace(each, id=before.id, digest=b"another request")
        asked.append(each)
    return asked


def told(desk: Desk, answers: Sequence[Any]) -> list[Any]:
    """What each was told; a position as how many come up to it, for PostgreSQL leaves gaps where it refused."""
    place = {position: n for n, (position, _) in enumerate(desk.store.log(0, 1_000))}
    return [
        (a.answer, place[a.position] if a.position else None, a.repeated) if isinstance(a, Done) else type(a)
        for a in answers
    ]


def logged(desk: Desk) -> list[Recorded]:
    return [recorded for _, recorded in desk.store.log(0, 1_000)]


@pytest.mark.parametrize("seed", range(6))
async def test_whatever_is_asked_at_once_is_answered_as_one_by_one(
    open_desk: OpenDesk, databases: Databases, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    if seed % 3 == 0:
        monkeypatch.setattr(desk_module, "HOT", 1)
    batching, single = open_desk(databases("batching")), open_desk(databases("single"))
    every = await together(batching, *asked_by(seed))
    one_by_one = [(await asyncio.gather(single.do(each), return_exceptions=True))[0] for each in asked_by(seed)]
    assert told(batching, every) == told(single, one_by_one)
    assert logged(batching) == logged(single)
    assert rows(batching) == rows(single)
    assert max(sizes(batching)) > 1
    assert max(sizes(single)) == 1
