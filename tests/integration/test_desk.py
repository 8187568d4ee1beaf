"""Every write goes through one door, whole or not at all, and the same request twice is done once."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Mapping
from typing import Any
from uuid import uuid4

import pytest
from eventsourcing.persistence import IntegrityError
from sqlalchemy import select

from shared.desk import Desk, HeardElsewhere, KeyReused, Unavailable, UnitOfWork
from shared.desk import desk as desk_module
from shared.domain import NotFound, Refused, identity
from shared.eventstore import Drop, EventStore, Put
from tests.eventually import eventually_async
from tests.stores import Databases
from tests.tally import METADATA, TALLIES, Tally, TallyIsClosed, adding, command, on_tally, row_of, tally_id

pytestmark = [pytest.mark.integration, pytest.mark.anyio]

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
async def desk(databases: Databases) -> AsyncIterator[Desk]:
    store = EventStore(databases("desk"), [METADATA])
    made = Desk(store, row_of)
    yield made
    made.close()
    store.close()


def totals(desk: Desk) -> dict[str, int]:
    return {row["id"]: row["total"] for row in desk.store.rows(select(TALLIES))}


def closing(unit: UnitOfWork, name: str) -> Mapping[str, Any]:
    unit.get(Tally, tally_id(name)).close()
    return {}


# What people ask.


async def test_events_rows_and_outcome_are_recorded_together(desk: Desk) -> None:
    asked = adding(3, key=uuid4())
    done = await desk.do(asked)
    assert (done.answer, done.position, done.repeated) == ({"total": 3, "version": 2}, 2, False)
    assert [recorded.originator_version for _, recorded in desk.store.log(0, 10)] == [1, 2]
    assert totals(desk) == {str(tally_id()): 3}
    outcome = desk.store.outcome(asked.id)
    assert outcome is not None
    assert (outcome.digest, outcome.answer) == (asked.digest, '{"total": 3, "version": 2}')


async def test_an_event_tells_which_request_caused_it(desk: Desk) -> None:
    asked = adding(3, trace=TRACE)
    await desk.do(asked)
    for _, recorded in desk.store.log(0, 10):
        assert (recorded.event.command_id, recorded.event.trace) == (asked.id, TRACE)


async def test_the_same_key_and_request_get_the_same_answer_and_nothing_new(desk: Desk) -> None:
    key = uuid4()
    first = await desk.do(adding(3, key=key))
    await desk.do(adding(5))
    again = await desk.do(adding(3, key=key))
    assert (again.answer, again.repeated) == (first.answer, True)
    assert desk.store.head() == 3


async def test_the_same_key_twice_at_once_is_done_once(desk: Desk) -> None:
    key = uuid4()
    answers = await asyncio.gather(*(desk.do(adding(3, key=key)) for _ in range(5)))
    assert [done.answer["total"] for done in answers] == [3] * 5
    assert sorted(done.repeated for done in answers) == [False, True, True, True, True]
    assert totals(desk) == {str(tally_id()): 3}


async def test_a_key_used_for_another_request_is_refused(desk: Desk) -> None:
    key = uuid4()
    await desk.do(adding(3, key=key, request="three"))
    with pytest.raises(KeyReused):
        await desk.do(adding(4, key=key, request="four"))
    assert totals(desk) == {str(tally_id()): 3}


async def test_a_refusal_changes_nothing_and_is_decided_anew(desk: Desk) -> None:
    key = uuid4()

    def add_to_existing(unit: UnitOfWork) -> Mapping[str, Any]:
        tally = unit.get(Tally, tally_id())
        tally.add(1)
        return {"total": tally.state.total}

    asked = command(add_to_existing, key)
    with pytest.raises(NotFound):
        await desk.do(asked)
    assert (desk.store.head(), desk.store.outcome(key)) == (0, None)
    await desk.do(adding(3))
    assert (await desk.do(asked)).answer == {"total": 4}


async def test_what_a_refused_command_half_changed_is_forgotten(desk: Desk) -> None:
    await desk.do(adding(3))

    def refuse_late(unit: UnitOfWork) -> Mapping[str, Any]:
        unit.get(Tally, tally_id()).add(100)
        unit.change(Drop(TALLIES, {"id": str(tally_id())}))
        raise TallyIsClosed("somebody objects")

    with pytest.raises(TallyIsClosed):
        await desk.do(command(refuse_late))
    assert (await desk.do(adding(1))).answer == {"total": 4, "version": 3}
    assert totals(desk) == {str(tally_id()): 4}


async def test_a_bug_in_a_decision_changes_nothing_and_stops_nobody_else(desk: Desk) -> None:
    await desk.do(adding(3))

    def break_late(unit: UnitOfWork) -> Mapping[str, Any]:
        unit.get(Tally, tally_id()).add(100)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await desk.do(command(break_late))
    assert (await desk.do(adding(1))).answer["total"] == 4


async def test_an_answer_that_cannot_be_kept_changes_nothing(desk: Desk) -> None:
    def answer_nonsense(unit: UnitOfWork) -> Mapping[str, Any]:
        on_tally(unit).add(100)
        return {("a", "tuple"): 1}  # type: ignore[dict-item]  # that is the fault

    await desk.do(adding(1))
    with pytest.raises(TypeError):
        await desk.do(command(answer_nonsense))
    assert (await desk.do(adding(1))).answer["total"] == 2


async def test_a_row_that_cannot_be_written_takes_the_events_with_it(desk: Desk) -> None:
    def break_row(unit: UnitOfWork) -> Mapping[str, Any]:
        on_tally(unit).add(100)
        unit.change(Put(TALLIES, {"id": "other", "total": None}))
        return {}

    # The database itself refused: a fault of ours, which asking again would not cure.
    with pytest.raises(IntegrityError):
        await desk.do(command(break_row))
    assert (desk.store.head(), totals(desk)) == (0, {})
    assert (await desk.do(adding(1))).answer["total"] == 1


async def test_one_decision_may_change_several_things_whole_or_not_at_all(desk: Desk) -> None:
    def move(unit: UnitOfWork) -> Mapping[str, Any]:
        on_tally(unit, "from").add(-2)
        on_tally(unit, "to").add(2)
        return {}

    await desk.do(command(move))
    assert totals(desk) == {str(tally_id("from")): -2, str(tally_id("to")): 2}
    await desk.do(command(lambda unit: closing(unit, "to")))
    with pytest.raises(TallyIsClosed):
        await desk.do(command(move))
    assert totals(desk)[str(tally_id("from"))] == -2


async def test_a_decision_that_changes_nothing_still_has_an_outcome(desk: Desk) -> None:
    key = uuid4()
    done = await desk.do(command(lambda unit: {"seen": True}, key))
    assert (done.answer, done.position) == ({"seen": True}, None)
    assert desk.store.outcome(key) is not None


async def test_many_at_once_on_one_thing_all_land(desk: Desk) -> None:
    answers = await asyncio.gather(*(desk.do(adding(1, str(n))) for n in range(40)))
    assert sorted(done.answer["total"] for done in answers) == list(range(1, 41))
    assert totals(desk) == {str(tally_id()): 40}


async def test_a_thing_asked_for_as_another_kind_is_a_bug(desk: Desk) -> None:
    class Other(Tally):
        pass

    await desk.do(adding(1))
    with pytest.raises(TypeError, match="is a Tally, not a Other"):
        await desk.do(command(lambda unit: {"version": unit.get(Other, tally_id()).version}))


async def test_things_no_longer_in_hand_are_read_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk_module, "HOT", 2)
    for _ in range(2):
        for name in "abcd":
            await desk.do(adding(1, name=name))
    assert sorted(totals(desk).values()) == [2, 2, 2, 2]


async def test_a_long_history_is_opened_from_a_snapshot(desk: Desk) -> None:
    for n in range(105):
        await desk.do(adding(1, str(n)))
    assert [s.originator_version for s in desk.store._snapshots.select_events(tally_id())] == [100]
    again = desk.store.load(Tally, tally_id())
    assert again is not None
    assert (again.version, again.state.total, len(again.state.added)) == (106, 105, 105)


async def test_a_command_of_several_events_does_not_step_over_the_mark_of_a_snapshot(desk: Desk) -> None:
    def add_many(unit: UnitOfWork) -> Mapping[str, Any]:
        tally = on_tally(unit)
        for n in range(7):
            tally.add(1, str(n))
        return {}

    for _ in range(15):
        await desk.do(command(add_many))
    assert len(desk.store._snapshots.select_events(tally_id())) == 1


async def test_the_desk_turns_further_ones_away_when_too_many_wait(desk: Desk) -> None:
    hold, held = threading.Event(), threading.Event()

    def wait(unit: UnitOfWork) -> Mapping[str, Any]:
        held.set()
        hold.wait(120)
        return {}

    def refuse(unit: UnitOfWork) -> Mapping[str, Any]:
        raise Refused("no")

    first = asyncio.create_task(desk.do(command(wait)))
    await eventually_async(held.is_set)
    others = [asyncio.create_task(desk.do(command(refuse))) for _ in range(desk_module.WAITING - 1)]
    await eventually_async(lambda: len(desk.waiting) == desk_module.WAITING)
    with pytest.raises(Unavailable):
        await desk.do(adding(1))
    hold.set()
    await first
    answers = await asyncio.gather(*others, return_exceptions=True)
    assert {type(answer) for answer in answers} == {Refused}
    assert (await desk.do(adding(1))).answer["total"] == 1


# What other services said.


async def test_hearing_writes_reaction_and_position_together(desk: Desk) -> None:
    assert await desk.hear("registry", 7, lambda unit: on_tally(unit).add(1), TRACE)
    assert (desk.store.tracked("registry"), totals(desk)) == (7, {str(tally_id()): 1})
    [*_, (_, recorded)] = desk.store.log(0, 10)
    assert (recorded.event.command_id, recorded.event.trace) == (identity("heard", "registry", 7), TRACE)


async def test_hearing_twice_changes_nothing(desk: Desk) -> None:
    await desk.hear("registry", 7, lambda unit: on_tally(unit).add(1))
    for position in (7, 3):
        assert not await desk.hear("registry", position, lambda unit: on_tally(unit).add(1))
    assert (desk.store.tracked("registry"), totals(desk)) == (7, {str(tally_id()): 1})


async def test_each_speaker_is_heard_for_itself(desk: Desk) -> None:
    await desk.hear("registry", 7, lambda unit: on_tally(unit).add(1))
    assert await desk.hear("review", 7, lambda unit: on_tally(unit).add(1))
    assert totals(desk) == {str(tally_id()): 2}


async def test_hearing_may_follow_exactly_one_position(desk: Desk) -> None:
    assert await desk.hear("registry", 7, lambda unit: None, after=0)
    with pytest.raises(HeardElsewhere):
        await desk.hear("registry", 12, lambda unit: on_tally(unit).add(1), after=5)
    assert await desk.hear("registry", 12, lambda unit: None, after=7)
    assert (desk.store.tracked("registry"), desk.store.head()) == (12, 0)


async def test_a_reaction_that_breaks_tracks_nothing(desk: Desk) -> None:
    def break_down(unit: UnitOfWork) -> None:
        on_tally(unit).add(1)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await desk.hear("registry", 7, break_down)
    assert (desk.store.tracked("registry"), desk.store.head()) == (0, 0)


async def test_those_who_follow_the_log_are_woken_by_every_work(desk: Desk) -> None:
    assert not desk.recorded.is_set()
    await desk.do(adding(1))
    assert desk.recorded.is_set()
