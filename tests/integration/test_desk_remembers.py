"""What queries found is remembered, and never used once it may be otherwise, whoever changed it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from random import Random
from typing import Any

import pytest
from sqlalchemy import BigInteger, Column, MetaData, Select, Table, Text, bindparam, select, update

from shared.desk import Command, Desk, Done, Unavailable, UnitOfWork
from shared.desk import row_cache as row_cache_module
from shared.domain import Refused
from shared.eventstore import Drop, Put, Receipt, StoreUnavailable, Work
from tests.integration.batching import Noting, sizes, together
from tests.stores import Databases
from tests.tally import adding, command, on_tally, row_of

pytestmark = [pytest.mark.integration, pytest.mark.anyio]

OTHERS = MetaData()
PERMITS = Table(
    "permits", OTHERS, Column("id", Text, primary_key=True), Column("holder", Text), Column("number", BigInteger)
)
HELD = select(PERMITS).where(PERMITS.c.holder == bindparam("holder"))


class NoPermit(Refused):
    """Nobody may count without one."""

    code = "no_permit"


class Asking(Noting):
    """Tells what it was asked for, and may be cut off while it records."""

    def __init__(self, url: str) -> None:
        self.asked: list[object] = []
        self.cut_off = False
        self.lost: Sequence[Work] = ()
        super().__init__(url)
        OTHERS.create_all(self._engine)

    def rows(self, query: Select[Any], **named: object) -> list[dict[str, Any]]:
        self.asked.append(named.get("holder", query))
        return super().rows(query, **named)

    def record(self, works: Sequence[Work]) -> list[Receipt]:
        if self.cut_off:
            self.lost, self.cut_off = works, False
            raise StoreUnavailable("cut off")
        return super().record(works)


OpenDesk = Callable[[], Desk]


@pytest.fixture
def open_desk(databases: Databases) -> Iterator[OpenDesk]:
    """Desks of as many processes as one likes on one database."""
    url, desks = databases("remembering"), list[Desk]()

    def open_one() -> Desk:
        desks.append(Desk(Asking(url), row_of))
        return desks[-1]

    yield open_one
    for desk in desks:
        desk.close()
        desk.store.close()


@pytest.fixture
def desk(open_desk: OpenDesk) -> Desk:
    return open_desk()


def store(desk: Desk) -> Asking:
    assert isinstance(desk.store, Asking)
    return desk.store


def permit(number: int = 1, holder: str = "kari") -> Put:
    return Put(PERMITS, {"id": holder, "holder": holder, "number": number})


def permitted(unit: UnitOfWork, holder: str = "kari") -> int:
    """The number of the permit somebody holds."""
    found = unit.rows(HELD, holder=holder)
    if not found:
        raise NoPermit(f"{holder} has no permit")
    return int(found[0]["number"])


def counting(holder: str = "kari", name: str = "one") -> Command:
    """Count with a permit, and answer with its number."""

    def decide(unit: UnitOfWork) -> Mapping[str, Any]:
        number = permitted(unit, holder)
        on_tally(unit, name).add(1)
        return {"number": number}

    return command(decide)


def writing(*changes: Put | Drop) -> Command:
    def decide(unit: UnitOfWork) -> Mapping[str, Any]:
        unit.change(*changes)
        return {}

    return command(decide)


async def number(desk: Desk) -> int:
    return int((await desk.do(counting())).answer["number"])


async def refused(desk: Desk) -> bool:
    try:
        await desk.do(counting())
    except NoPermit:
        return True
    return False


# One process.


async def test_what_nobody_changed_is_not_asked_for_again(desk: Desk) -> None:
    await desk.keep(permit())
    store(desk).asked.clear()
    assert [await number(desk) for _ in range(4)] == [1] * 4
    assert store(desk).asked == ["kari"]


async def test_what_was_found_is_nobodys_to_change(desk: Desk) -> None:
    def spoil(unit: UnitOfWork) -> Mapping[str, Any]:
        for row in unit.rows(HELD, holder="kari"):
            row["number"] = 0
        return {}

    await desk.keep(permit())
    for _ in range(2):
        await desk.do(command(spoil))
    assert await number(desk) == 1


async def test_only_so_much_is_remembered(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_cache_module, "ANSWERS", 2)
    await desk.keep(*(permit(holder=holder) for holder in "abc"))
    for holder in "abcb":
        await desk.do(counting(holder))
    store(desk).asked.clear()
    for holder in "cba":
        await desk.do(counting(holder))
    assert store(desk).asked == ["a"]


async def test_a_row_that_a_command_changes_is_not_remembered(desk: Desk) -> None:
    for n in range(3):
        await desk.do(writing(permit(n)))
        assert await number(desk) == n


async def test_a_row_that_is_kept_is_not_remembered(desk: Desk) -> None:
    for n in range(3):
        await desk.keep(permit(n))
        assert await number(desk) == n


async def test_a_row_that_follows_from_what_is_heard_is_not_remembered(desk: Desk) -> None:
    await desk.keep(permit())
    assert not await refused(desk)
    await desk.hear("registry", 1, lambda unit: unit.change(Drop(PERMITS, {"id": "kari"})))
    assert await refused(desk)
    await desk.hear("registry", 2, lambda unit: unit.change(permit(2)))
    assert await number(desk) == 2


async def test_of_those_that_wait_together_each_sees_what_those_before_it_changed(desk: Desk) -> None:
    await desk.keep(permit(0))
    await number(desk)
    every = [each for n in range(1, 5) for each in (writing(permit(n)), counting())]
    told = await together(desk, *every)
    assert [t.answer["number"] for t in told[1::2]] == [1, 2, 3, 4]


async def test_what_is_refused_upon_what_is_remembered_is_told_when_nobody_else_recorded(desk: Desk) -> None:
    await desk.do(adding(1))
    assert [await refused(desk) for _ in range(3)] == [True] * 3
    assert store(desk).asked.count("kari") == 1


# Several processes.


async def test_what_another_process_takes_away_is_not_used_a_moment_later(open_desk: OpenDesk) -> None:
    one, other = open_desk(), open_desk()
    await one.do(writing(permit()))
    for _ in range(3):
        assert not await refused(other)
        await one.do(writing(Drop(PERMITS, {"id": "kari"})))
        assert await refused(other)
        await one.do(writing(permit()))
    assert other.store.rows(HELD, holder="kari")


async def test_what_another_process_grants_is_not_refused_a_moment_later(open_desk: OpenDesk) -> None:
    one, other = open_desk(), open_desk()
    await other.do(adding(1, name="other"))
    assert [await refused(other) for _ in range(2)] == [True, True]
    await one.keep(permit())
    assert not await refused(other)


async def test_what_was_read_before_another_process_recorded_is_not_remembered(open_desk: OpenDesk) -> None:
    one, other = open_desk(), open_desk()
    await one.keep(permit(1))

    def late(unit: UnitOfWork) -> Mapping[str, Any]:
        found = permitted(unit)
        other.store.record([Work(changes=[permit(2)], writer="another")])
        return {"number": found}

    assert (await one.do(command(late))).answer == {"number": 1}
    assert await number(one) == 2


async def test_a_work_decided_upon_what_is_remembered_spoils_no_other(open_desk: OpenDesk) -> None:
    one, other = open_desk(), open_desk()
    await one.keep(permit(1))
    await number(one)
    await other.keep(permit(2))
    told = await together(one, adding(1, name="free"), counting(), adding(1, name="free"), counting(name="two"))
    assert [t.answer.get("number") for t in told] == [None, 2, None, 2]


async def test_a_work_that_is_recorded_after_all_was_somebody_elses(open_desk: OpenDesk) -> None:
    """The writer was told that its database went away; whether the work arrives there is known to nobody."""
    desk = open_desk()
    await desk.keep(permit(1))
    store(desk).cut_off = True
    with pytest.raises(Unavailable):
        await desk.keep(permit(2))
    assert [await number(desk), await number(desk)] == [1, 1]
    desk.store.record(store(desk).lost)
    assert await number(desk) == 2


async def test_what_was_remembered_before_another_could_write_is_forgotten(desk: Desk) -> None:
    """A database that was put back may name the same writer as the one that is here."""
    await desk.keep(permit(1))
    await number(desk)
    with desk.store._engine.begin() as connection:
        connection.execute(update(PERMITS).values(number=2))
    await desk.forget()
    assert await number(desk) == 2


@pytest.mark.parametrize("seed", range(3))
async def test_whatever_was_told_before_one_asks_is_seen_by_every_process(open_desk: OpenDesk, seed: int) -> None:
    random, desks, told = Random(seed), [open_desk(), open_desk()], 0
    await desks[0].keep(permit(0))

    async def change(n: int) -> None:
        nonlocal told
        await random.choice(desks).do(writing(permit(n)))
        told = n

    async def count_some(name: str) -> None:
        for _ in range(20):
            before = told
            done: Done = await random.choice(desks).do(counting(name=f"{name}-{random.randrange(3)}"))
            assert done.answer["number"] >= before

    counting_on = [asyncio.create_task(count_some(name)) for name in "abc"]
    for n in range(1, 25):
        await change(n)
    await asyncio.gather(*counting_on)
    assert max(sizes(desks[0]) + sizes(desks[1])) > 1
