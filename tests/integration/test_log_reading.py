"""The log is read page by page as plain rows, and says the same as when it was written, many years later too."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, ClassVar
from uuid import UUID, uuid4

import pytest
from eventsourcing.persistence import StoredEvent

from shared.domain import Aggregate, Event, Recorded, State
from shared.eventstore import EventStore, Work, reading
from shared.eventstore.mapper import UnknownTopic
from tests.stores import Databases
from tests.tally import METADATA, Tally, facts, tally_id

pytestmark = pytest.mark.integration

PAGE = 3


class LetterState(State):
    """What was written."""

    text: str


class Letter(Aggregate[LetterState]):
    """Something written."""

    TOPIC = "test.Letter"
    STATE = LetterState

    class Written(Event, frozen=True, kw_only=True):
        """It was written."""

        TOPIC: ClassVar[str] = "test.Letter.Written"
        class_version: ClassVar[int] = 2
        text: str

        @staticmethod
        def upcast_v1_v2(fields: dict[str, Any]) -> None:
            """The text was called a body."""
            fields["text"] = fields.pop("body")

        def begin(self) -> LetterState:
            return LetterState(text=self.text)


@pytest.fixture
def store(databases: Databases, monkeypatch: pytest.MonkeyPatch) -> Iterator[EventStore]:
    monkeypatch.setattr(reading, "PAGE", PAGE)
    opened = EventStore(databases("reading"), [METADATA])
    yield opened
    opened.close()


def record(store: EventStore, *recorded: Recorded) -> list[Recorded]:
    store.record([Work(store.stored(recorded))])
    return list(recorded)


def tally(store: EventStore, name: str, additions: int) -> list[Recorded]:
    """A tally with as many additions, recorded one after another."""
    history = record(store, *facts(1, 0, thing_id=tally_id(name)))
    for after in range(2, additions + 1):
        history += record(store, *facts(after, after, thing_id=tally_id(name)))
    return history


def write_raw(store: EventStore, topic: str, **fields: Any) -> UUID:
    """An event as an older or newer version of the service wrote it."""
    envelope = {"at": "2024-01-01T00:00:00Z", "by": {"subject": "operator", "role": "operator"}}
    thing_id = uuid4()
    store.recorder.insert_events([StoredEvent(thing_id, 1, topic, json.dumps({**fields, **envelope}).encode())])
    return thing_id


@pytest.mark.parametrize("events", [2, PAGE - 1, PAGE, PAGE + 1, 3 * PAGE])
def test_a_history_is_read_whole_however_many_pages_it_fills(store: EventStore, events: int) -> None:
    history = tally(store, "one", events - 1)
    tally(store, "two", 4)
    assert list(store.recorded(tally_id("one"))) == history
    assert list(store.recorded(uuid4())) == []


def test_a_part_of_a_history_begins_after_one_version_and_ends_with_another(store: EventStore) -> None:
    history = tally(store, "one", 11)
    for after in range(13):
        for upto in (0, 1, 4, 7, 12, 20):
            assert list(store.recorded(tally_id("one"), after, upto)) == history[after:upto], (after, upto)


def test_every_thing_comes_once_and_as_its_whole_history_makes_it(store: EventStore) -> None:
    names = {tally_id(str(number)): number + 1 for number in range(8)}
    for after in range(8):
        for number in range(8):
            if after <= number:
                record(store, *facts(1, after + 1 if after else 0, thing_id=tally_id(str(number))))
    made = list(store.things())
    assert {thing.id: thing.state.total for thing in made} == names
    assert len(made) == len(names)
    for thing in made:
        loaded = store.load(Tally, thing.id)
        assert loaded is not None
        assert (thing.version, thing.state) == (loaded.version, loaded.state)


def test_a_log_without_events_holds_no_things(store: EventStore) -> None:
    assert list(store.things()) == []
    assert (store.log(0, 10), store.count()) == ([], 0)


def test_the_log_is_read_in_the_order_of_commit_by_topic_and_up_to_a_limit(store: EventStore) -> None:
    written = tally(store, "one", 2) + tally(store, "two", 2)
    assert [recorded for _, recorded in store.log(0, 100)] == written
    positions = [position for position, _ in store.log(0, 100)]
    assert positions == sorted(positions)
    assert [recorded for _, recorded in store.log(positions[1], 2)] == written[2:4]
    added = store.log(0, 3, ["test.Tally.Added", "test.Tally.Closed"])
    assert [recorded for _, recorded in added] == [written[1], written[2], written[4]]
    assert (store.count(), store.count(positions[0])) == (6, 5)


READINGS: dict[str, Callable[[EventStore, UUID], object]] = {
    "load": lambda store, id: store.load(Letter, id),
    "recorded": lambda store, id: list(store.recorded(id)),
    "log": lambda store, _: store.log(0, 10),
    "things": lambda store, _: list(store.things()),
}


@pytest.mark.parametrize("reading", READINGS)
def test_an_event_nobody_declared_is_never_passed_over(store: EventStore, reading: str) -> None:
    id = write_raw(store, "test.Letter.Burnt", v=1)
    with pytest.raises(UnknownTopic, match=r"test\.Letter\.Burnt"):
        READINGS[reading](store, id)


def test_an_event_of_an_older_version_is_brought_up_to_date_however_it_is_read(store: EventStore) -> None:
    id = write_raw(store, "test.Letter.Written", v=1, body="old")
    loaded = store.load(Letter, id)
    [whole] = store.things()
    [[_, in_log]], [by_thing] = store.log(0, 10), store.recorded(id)
    assert loaded is not None
    assert loaded.state == whole.state == LetterState(text="old")
    assert in_log == by_thing
    assert isinstance(in_log.event, Letter.Written)
    assert in_log.event.text == "old"
