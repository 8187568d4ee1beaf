"""A command is decided without looking whether it was done before; whoever repeats one is answered what was done."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from shared.desk import Desk, Done, KeyReused, UnitOfWork
from shared.desk import batch as batch_module
from shared.eventstore import EventStore, Outcome, Put, Receipt, Verdict, Work
from tests.integration.batching import Noting, TallyIsFull, filling, opened, rows, sizes, together
from tests.stores import Databases
from tests.tally import METADATA, TALLIES, TallyIsClosed, adding, command, facts, on_tally, row_of, tally_id

pytestmark = [pytest.mark.integration, pytest.mark.anyio]

OpenDesk = Callable[[str], Desk]


class Asked(Noting):
    """Notes what it is asked for, and withholds as often as it is told."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.looked_for: list[UUID] = []
        self.withholds = 0

    def outcome(self, command_id: UUID) -> Outcome | None:
        self.looked_for.append(command_id)
        return super().outcome(command_id)

    def record(self, works: Sequence[Work]) -> list[Receipt]:
        if self.withholds:
            self.withholds -= 1
            return [Receipt(Verdict.WITHHELD) for _ in works]
        return super().record(works)


@pytest.fixture
def store(databases: Databases) -> Iterator[Asked]:
    made = Asked(databases("done"))
    yield made
    made.close()


@pytest.fixture
def desk(store: Asked) -> Iterator[Desk]:
    made = Desk(store, row_of)
    yield made
    made.close()


def closing(unit: UnitOfWork) -> Mapping[str, Any]:
    on_tally(unit).close()
    return {}


async def test_one_that_comes_for_the_first_time_is_not_looked_for(desk: Desk, store: Asked) -> None:
    asked = [adding(1, str(n)) for n in range(5)]
    for each in asked:
        assert not (await desk.do(each)).repeated
    assert store.looked_for == []
    assert (await desk.do(asked[2])).repeated
    assert set(store.looked_for) == {asked[2].id}


async def test_what_was_done_is_answered_though_it_would_be_refused_now(desk: Desk) -> None:
    asked = adding(3)
    first = await desk.do(asked)
    await desk.do(command(closing))
    with pytest.raises(TallyIsClosed):
        await desk.do(adding(3))
    again = await desk.do(asked)
    assert (again.answer, again.repeated) == (first.answer, True)
    other = adding(4, key=asked.id, request="four")
    told = await together(desk, adding(1, name="free"), other, adding(1, name="free"))
    assert [type(t) for t in told] == [Done, KeyReused, Done]


async def test_one_that_was_done_leaves_no_trace_in_those_it_waits_with(desk: Desk) -> None:
    before = filling(5)
    await desk.do(before)
    told = await together(desk, adding(1, name="free"), before, filling(1), filling(2), adding(1, name="free"))
    assert [type(t) for t in told] == [Done, Done, Done, TallyIsFull, Done]
    assert [(t.answer["total"], t.repeated) for t in told[1:3]] == [(5, True), (6, False)]
    assert rows(desk) == {str(tally_id()): 6, str(tally_id("free")): 2}


async def test_many_that_were_done_are_answered_and_written_once_more_by_nobody(desk: Desk) -> None:
    done = [adding(1, str(n), f"t{n}") for n in range(20)]
    first = await together(desk, *done)
    head = desk.store.head()
    told = await together(desk, *done, adding(1, name="new"))
    assert [(t.answer, t.repeated) for t in told[:-1]] == [(f.answer, True) for f in first]
    assert told[-1].answer == {"total": 1, "version": 2}
    assert desk.store.head() == head + 2


async def test_who_was_withheld_once_goes_with_nobody_who_may_have_been_done_before(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = [adding(1, str(n), f"t{n}") for n in range(6)]
    await together(desk, *done)
    monkeypatch.setattr(batch_module, "WORKS", 2)
    told = await together(desk, adding(1), *done)
    assert [t.repeated for t in told] == [False, *[True] * 6]
    # Decided twice, and not once more for each that comes after it.
    assert sizes(desk)[:2] == [2, 1]


async def test_whoever_is_only_withheld_is_never_turned_away_for_it(desk: Desk, store: Asked) -> None:
    store.withholds = 20
    assert (await desk.do(adding(1))).answer == {"total": 1, "version": 2}
    assert store.looked_for == []
    assert sizes(desk) == [1]


def test_of_works_taken_as_new_nothing_is_written_when_one_was_done(databases: Databases) -> None:
    store = EventStore(databases("works"), [METADATA])

    def work(name: str, key: UUID, **more: Any) -> Work:
        put = Put(TALLIES, {"id": name, "total": 1})
        events = store.stored(facts(1, 0, thing_id=tally_id(name)))
        return Work(events, Outcome(key, b"digest", "{}"), [put], **more)

    done = uuid4()
    store.record([work("a", done)])
    works = [work(name, key, as_new=True) for name, key in [("b", uuid4()), ("c", done), ("d", uuid4())]]
    assert [each.verdict for each in store.record(works)] == ["withheld", "repeated", "withheld"]
    assert (store.head(), [row["id"] for row in store.rows(select(TALLIES))]) == (2, ["a"])
    looked = [work("b", uuid4()), work("c", done), work("d", uuid4(), as_new=True)]
    assert [each.verdict for each in store.record(looked)] == ["recorded", "repeated", "recorded"]
    assert store.head() == 6
    store.close()


@pytest.fixture
def open_desk() -> Iterator[OpenDesk]:
    with opened() as open_on:
        yield open_on


async def test_what_another_process_did_is_answered_as_done(open_desk: OpenDesk, databases: Databases) -> None:
    url = databases("two")
    one, other = open_desk(url), open_desk(url)
    asked = adding(3)
    first = await one.do(asked)
    told = await together(other, adding(1), asked, adding(1))
    assert [t.answer["total"] for t in told] == [4, 3, 5]
    assert [(t.repeated, t.position) for t in told][1] == (True, first.position)
