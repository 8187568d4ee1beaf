"""Commands that wait share a transaction, and nobody who asks can tell."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

import pytest
from eventsourcing.persistence import IntegrityError, PersistenceError
from sqlalchemy import select

from shared.desk import Desk, Done, HeardElsewhere, KeyReused, StandingBy, UnitOfWork
from shared.desk import batch as batch_module
from shared.eventstore import Put
from tests.eventually import eventually_async
from tests.integration.batching import (
    LIMIT,
    NAMES,
    Noting,
    answering_nonsense,
    breaking,
    busy,
    filling,
    putting,
    rows,
    sizes,
    together,
    unwritable,
)
from tests.stores import Databases
from tests.tally import Tally, adding, command, on_tally, row_of, tally_id

pytestmark = [pytest.mark.integration, pytest.mark.anyio]


OpenDesk = Callable[[str], Desk]


@pytest.fixture
def url(databases: Databases) -> str:
    return databases("batches")


@pytest.fixture
def desk(open_desk: OpenDesk, url: str) -> Desk:
    return open_desk(url)


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


async def test_what_stood_in_memory_of_a_batch_that_broke_is_forgotten(desk: Desk) -> None:
    told = await together(desk, filling(LIMIT + 1), command(putting(None)), adding(1))
    assert [type(t) for t in told] == [Done, IntegrityError, Done]
    assert rows(desk) == {str(tally_id()): LIMIT + 2}
