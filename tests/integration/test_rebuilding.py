"""Read models made again from the log are held against the live ones, row by row, whatever stands on either side."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from shared import rebuild
from shared.eventstore import Drop, EventStore, Put, Work
from shared.inbox import INBOX_TABLES
from shared.rebuild import ReadModels, compare, size
from tests.stores import Databases
from tests.tally import METADATA, TALLIES, Tally, facts, row_of, tally_id

pytestmark = pytest.mark.integration

MODELS = ReadModels([METADATA], row_of)
MANY = 40


@pytest.fixture
def store(databases: Databases) -> Iterator[EventStore]:
    opened = EventStore(databases("rebuilding"), [METADATA, INBOX_TABLES])
    for number in range(MANY):
        history = facts(number, 0, thing_id=tally_id(str(number)))
        thing = Tally.fold(history)
        assert thing is not None
        opened.record([Work(opened.stored(history), changes=list(row_of(thing)))])
    yield opened
    opened.close()


def put(name: str, total: int) -> Put:
    return Put(TALLIES, {"id": str(tally_id(name)), "total": total})


def test_rows_that_follow_from_the_log_are_equal(store: EventStore) -> None:
    found = compare(store, MODELS)
    assert found.equal
    assert (found.events, found.heard, found.rows) == (2 * MANY, 0, {"tallies": MANY})


def test_a_row_that_says_something_else_counts_on_both_sides(store: EventStore) -> None:
    store.record([Work(changes=[put("3", 1_000)])])
    assert compare(store, MODELS).differences == {"tallies": 2}


def test_a_row_too_many_and_a_row_that_is_missing_count_once_each(store: EventStore) -> None:
    store.record([Work(changes=[put("nobody", 1), Drop(TALLIES, {"id": str(tally_id("3"))})])])
    found = compare(store, MODELS)
    assert not found.equal
    assert found.differences == {"tallies": 2}


def test_how_far_it_is_is_told_up_to_all_there_is(store: EventStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rebuild, "PROGRESS_EVERY", 12)
    told: list[int] = []
    compare(store, MODELS, told.append)
    assert told == sorted(told)
    assert told[0] == 12
    assert told[-1] == size(store) == 2 * MANY
