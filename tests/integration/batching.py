"""Desks whose writer is kept busy, so that whatever is asked meanwhile waits together, and what people ask."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import pytest
from sqlalchemy import Column, MetaData, Select, Table, Text, select

from shared.desk import Command, Desk, UnitOfWork
from shared.domain import Refused
from shared.eventstore import EventStore, Put, Receipt, Work
from tests.eventually import eventually_async
from tests.tally import METADATA, TALLIES, TallyIsClosed, command, on_tally, row_of

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


@contextmanager
def opened() -> Iterator[OpenDesk]:
    """Opens desks on databases, and closes them in the end."""
    desks: list[Desk] = []

    def open_on(url: str) -> Desk:
        desks.append(Desk(Noting(url), row_of))
        return desks[-1]

    yield open_on
    for desk in desks:
        desk.close()
        desk.store.close()


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
