"""Everything a service has recorded can be shown, and every thing as it was at a version or a moment."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import ClassVar
from uuid import UUID, uuid4

import msgspec
import pytest

from shared.domain import Aggregate, Event, NotFound, Recorded, State
from shared.eventstore import EventStore, Work
from shared.history import difference, history, revealed, state_at
from tests.eventually import eventually
from tests.stores import Databases
from tests.tally import METADATA, NOON, SOMEBODY, Tally, TallyState, facts, tally_id

pytestmark = pytest.mark.integration


class BoardState(State):
    """What hangs on it."""

    notes: dict[str, str] = msgspec.field(default_factory=dict)


class Board(Aggregate[BoardState]):
    """Something that keeps many things by a key."""

    TOPIC = "test.Board"
    STATE = BoardState

    class Hung(Event, frozen=True, kw_only=True):
        """It was hung on a wall."""

        TOPIC: ClassVar[str] = "test.Board.Hung"

        def begin(self) -> BoardState:
            return BoardState()

    class Pinned(Event, frozen=True, kw_only=True):
        """A note was pinned to it."""

        TOPIC: ClassVar[str] = "test.Board.Pinned"
        note: str
        text: str

        def apply(self, state: BoardState) -> None:
            state.notes[self.note] = self.text


@pytest.fixture
def store(databases: Databases) -> Iterator[EventStore]:
    opened = EventStore(databases("history"), [METADATA])
    yield opened
    opened.close()


def work(store: EventStore, amount: int, after: int, name: str = "one") -> Work:
    """One addition to a tally that stands at version ``after``."""
    return Work(store.stored(facts(amount, after, thing_id=tally_id(name))))


def test_a_thing_is_loaded_as_it_was_at_any_version(store: EventStore) -> None:
    for version, amount in enumerate((1, 2, 4), start=1):
        store.record([work(store, amount, version if version > 1 else 0)])
    loaded = [store.load(Tally, tally_id(), version) for version in (1, 2, 3, 4)]
    assert [thing.state.total for thing in loaded if thing] == [0, 1, 3, 7]
    assert store.load(Tally, uuid4()) is None


def test_the_version_at_a_moment_is_the_last_one_recorded_by_then(store: EventStore) -> None:
    before = datetime.now(UTC) - timedelta(seconds=1)
    store.record([work(store, 1, 0)])
    recorded = [fact.created_at for fact in store.facts(tally_id())]
    eventually(lambda: datetime.now(UTC) > recorded[-1] + timedelta(milliseconds=5))
    store.record([work(store, 2, 2)])
    last = store.facts(tally_id())[-1].created_at
    assert recorded == sorted(recorded)
    moments = (before, recorded[1], last, NOON.replace(year=2040))
    assert [store.version_at(tally_id(), moment) for moment in moments] == [0, 2, 3, 3]
    assert store.version_at(uuid4(), last) == 0


def test_what_is_recorded_while_somebody_reads_is_not_told_half(
    store: EventStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.record([work(store, 1, 0)])
    created = store.recorder.created

    def and_then_somebody_writes(thing_id: UUID) -> dict[int, tuple[int, datetime]]:
        known = created(thing_id)
        store.record([work(store, 2, 2)])
        return known

    monkeypatch.setattr(store.recorder, "created", and_then_somebody_writes)
    assert [fact.recorded.originator_version for fact in store.facts(tally_id())] == [1, 2]
    monkeypatch.undo()
    assert [fact.recorded.originator_version for fact in store.facts(tally_id())] == [1, 2, 3]
    assert store.facts(uuid4()) == []


def test_history_shows_every_fact_and_the_thing_as_it_was_known(store: EventStore) -> None:
    store.record([work(store, 1, 0)])
    store.record([work(store, 2, 2)])
    shown = history(store, tally_id(), reveal=lambda sealed: "hidden")
    assert [(fact["version"], fact["event"], fact["data"]) for fact in shown] == [
        (1, "test.Tally.Begun", {}),
        (2, "test.Tally.Added", {"amount": 1, "label": ""}),
        (3, "test.Tally.Added", {"amount": 2, "label": ""}),
    ]
    moment = shown[1]["recorded_at"]
    assert state_at(store, Tally, tally_id()).state.total == 3
    assert state_at(store, Tally, tally_id(), version=2).state.total == 1
    assert state_at(store, Tally, tally_id(), version=1, moment=shown[2]["recorded_at"]).state.total == 0
    assert state_at(store, Tally, tally_id(), moment=moment).version >= 2
    with pytest.raises(NotFound):
        state_at(store, Tally, uuid4())
    with pytest.raises(NotFound):
        history(store, uuid4(), reveal=str)
    with pytest.raises(NotFound):
        state_at(store, Tally, tally_id(), moment=NOON.replace(year=2000))
    assert revealed({1: (NOON, {tally_id()})}, reveal=str) == {"1": ["2026-01-20T12:00:00Z", [str(tally_id())]]}


def test_positions_by_topic_are_found(store: EventStore) -> None:
    store.record([work(store, 1, 0, "one"), work(store, 1, 0, "two")])
    begun, added = ["test.Tally.Begun"], ["test.Tally.Added"]
    assert [store.position_before(4, topics) for topics in (begun, added, ["test.Tally.Closed"])] == [3, 4, 0]
    assert [store.position_before(position, begun) for position in (0, 1, 2, 3)] == [0, 1, 1, 3]
    assert (store.count(0, begun), store.count(1, begun), store.count(0, [*begun, *added])) == (2, 1, 4)
    assert [position for position, _ in store.log(1, 10, begun)] == [3]


def test_a_snapshot_spares_reading_what_came_before(store: EventStore) -> None:
    store.record([work(store, 1, 0)])
    whole = store.load(Tally, tally_id())
    assert whole is not None
    store.snapshot(whole)
    store.snapshot(whole)
    store.record([work(store, 2, 2)])
    again = store.load(Tally, tally_id())
    assert again is not None
    assert (again.version, again.state.total) == (3, 3)
    assert getattr(store.load(Tally, tally_id(), 1), "version", 0) == 1


def test_a_snapshot_of_another_version_of_the_state_is_discarded(
    store: EventStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.record([work(store, 1, 0)])
    store.snapshot(Tally(tally_id(), 2, TallyState(total=1_000)))
    assert getattr(store.load(Tally, tally_id()), "state", TallyState()).total == 1_000
    monkeypatch.setattr(TallyState, "STATE_VERSION", 2)
    again = store.load(Tally, tally_id())
    assert again is not None
    assert (again.version, again.state) == (2, TallyState(total=1, added=[""]))


def test_a_difference_names_what_became_otherwise(store: EventStore) -> None:
    store.record([work(store, 1, 0)])
    store.record([work(store, 2, 2)])
    assert difference(store, Tally, tally_id(), 1, 3) == {"total": (0, 3), "added": ([], ["", ""])}
    assert difference(store, Tally, tally_id(), 3, 2) == {"total": (3, 1), "added": (["", ""], [""])}
    assert difference(store, Tally, tally_id(), 2, 2) == {}
    with pytest.raises(NotFound):
        difference(store, Tally, tally_id(), 1, 4)


def test_a_difference_names_the_things_that_are_kept_by_a_key(store: EventStore) -> None:
    at_first = Recorded(tally_id("board"), 1, Board.Hung(at=NOON, by=SOMEBODY))
    pinned = [Board.Pinned(at=NOON, by=SOMEBODY, note=note, text=text) for note, text in (("a", "1"), ("b", "2"))]
    history = [at_first, *(Recorded(tally_id("board"), version, e) for version, e in enumerate(pinned, start=2))]
    store.record([Work(store.stored(history))])
    assert difference(store, Board, tally_id("board"), 1, 2) == {"notes.a": (None, "1")}
    assert difference(store, Board, tally_id("board"), 3, 1) == {"notes.a": ("1", None), "notes.b": ("2", None)}


def test_a_version_is_made_from_the_snapshot_before_it_and_what_follows(store: EventStore) -> None:
    store.record([work(store, 1, 0)])
    for after in range(2, 7):
        store.record([work(store, 1, after)])
    store.snapshot(Tally(tally_id(), 3, TallyState(total=100)))
    store.snapshot(Tally(tally_id(), 5, TallyState(total=200)))
    states = [state_at(store, Tally, tally_id(), version=version).state.total for version in range(1, 8)]
    assert states == [0, 1, 100, 101, 200, 201, 202]
