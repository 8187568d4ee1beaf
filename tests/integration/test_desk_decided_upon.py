"""What is decided upon works that are not recorded yet holds only if they are, whatever happens meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import Any
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import func, select

from shared.desk import Command, Desk, Done, Unavailable, UnitOfWork
from shared.desk import desk as desk_module
from shared.domain import Recorded
from shared.eventstore import Drop, Put, Verdict, Work
from shared.eventstore.postgres import PostgresEventRecorder
from tests.eventually import eventually_async
from tests.integration.batching import (
    NAMES,
    Noting,
    TallyIsFull,
    breaking,
    busy,
    copying,
    filling,
    putting,
    reading,
    rows,
    sizes,
    together,
)
from tests.integration.cutting import Cut, Way
from tests.integration.load import Load, must_be_kept
from tests.servers import PostgresServer
from tests.stores import Databases, postgres_databases
from tests.tally import TALLIES, Tally, TallyIsClosed, adding, command, facts, on_tally, tally_id

pytestmark = [pytest.mark.integration, pytest.mark.anyio]


OpenDesk = Callable[[str], Desk]


@pytest.fixture
def url(databases: Databases) -> str:
    return databases("batches")


@pytest.fixture
def desk(open_desk: OpenDesk, url: str) -> Desk:
    return open_desk(url)


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
