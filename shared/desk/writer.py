"""The desk's one writer: decides what waits, one after another, and records it in one transaction.

What was decided is told when it is recorded.  A decision may be made upon works of the same batch; it holds only if
they are recorded, and is made again if they are not.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from eventsourcing.persistence import PersistenceError
from sqlalchemy import Select

from shared.desk.answers import Answers, once_more
from shared.desk.batch import Batch, Decided, Held
from shared.desk.cache import Cache
from shared.desk.recording import Recording
from shared.desk.row_cache import Found, RowCache
from shared.desk.turns import Turn
from shared.desk.unit import A, CommitFirst, KeyReused, StandingBy, StoreAway, UnitOfWork
from shared.domain import Aggregate, Recorded, Refused
from shared.eventstore import Change, EventStore, StoreUnavailable, Work
from shared.eventstore.rows import LAST_WRITER
from shared.eventstore.store import SNAPSHOT_EVERY

Rows = Callable[[Aggregate[Any]], Iterable[Change]]


class Writer:
    """Owns the things in use.  Everything here is done in the desk's one thread."""

    _store: EventStore

    def __init__(self, rows: Rows, may_write: Callable[[], bool]) -> None:
        self.cache, self._row_cache = Cache(), RowCache()
        self._rows, self._may_write = rows, may_write
        self._batch = Batch()
        self._answers = Answers()

    def write(self, store: EventStore, turns: Sequence[Turn]) -> list[Turn]:
        """Decide and record ``turns``, or as many of them as go together; those that remain come first next time."""
        self._store = store
        try:
            remaining = self._write([turn for turn in turns if not turn.told.done()])
        except BaseException as fault:  # noqa: BLE001  whatever it is, they wait to be told
            remaining = []
            self.forget()
            why = fault.fault if isinstance(fault, StoreAway) else fault
            for turn in turns:
                self._answers.refuse(turn, why)
        self._answers.tell()
        return remaining

    def forget(self) -> None:
        """Keep nothing in memory."""
        self.cache.clear()
        self._row_cache.renew()

    def _write(self, turns: Sequence[Turn]) -> list[Turn]:
        self._batch = Batch()
        self._row_cache.begin()
        rest, again = deque(turns), list[Turn]()
        with self._store.one_connection():
            self._decide_in_turn(rest, again)
        again += Recording(self._store, self.cache, self._row_cache, self._answers, self._batch).record()
        return [*sorted(again, key=turns.index), *rest]

    # Deciding.

    def _decide_in_turn(self, rest: deque[Turn], again: list[Turn]) -> None:
        """Take from ``rest`` what goes into one batch; into ``again`` go those that must be decided again."""
        while rest and self._batch.has_room_for(rest[0]):
            try:
                again += self._decide(rest[0])
            except CommitFirst:
                break
            if rest.popleft().alone:
                break

    def _decide(self, turn: Turn) -> list[Turn]:
        """Decide upon everything decided before; the turn itself when it must be decided again."""
        # Asked when its turn has come: whether this is still the process that writes.
        if not self._may_write():
            self._answers.refuse(turn, StandingBy("another process does the writing"))
            return []
        unit = UnitOfWork(self._find, self._read, self._recorded)
        try:
            self._batch.must_not_hold(turn)
            # One that comes for the first time is not looked for: if it was done before, the store will say so.
            if turn.perhaps_done and (known := self._known(turn)) is not None:
                self._answers.answer(turn, known)
            else:
                self._batch.add(self._work(turn, unit))
            return []
        except (CommitFirst, StoreAway):
            self.cache.evict(unit.things())
            raise
        except BaseException as why:  # noqa: BLE001  whatever it is, it is for the one who asked
            return self._not_decided(turn, unit, why)

    def _work(self, turn: Turn, unit: UnitOfWork) -> Decided:
        what: dict[str, Any] = {**turn.decide(unit), "writer": self._row_cache.writer, "remembers": unit.remembers}
        unit.caused_by(turn.cause, turn.trace)
        touched = unit.touched()
        changes, events = list(unit.changes), list[Recorded]()
        snapshots = [self._store.as_snapshot(thing) for thing in touched if _passes_a_mark(thing)]
        upon = sorted(self._batch.upon(unit))
        for thing in touched:
            changes.extend(self._rows(thing))
            events.extend(thing.collect_events())
        work = Work(self._store.stored(events), changes=changes, snapshots=snapshots, upon=upon, **what)
        self._row_cache.change(changes)
        self.cache.keep(touched)
        return Decided(turn, work, touched)

    def _not_decided(self, turn: Turn, unit: UnitOfWork, why: BaseException) -> list[Turn]:
        """Forget what may be half changed, also where an event broke before it was pending, and tell why.

        What was done before is answered, whatever is said of it now.  And what is in memory may be behind what
        another process has written: then it must be asked again.
        """
        self.cache.evict(unit.things())
        try:
            if turn.as_new and (known := self._known(turn)) is not None:
                self._answers.answer(turn, known)
                return []
            if isinstance(why, Refused) and self._decided_behind(unit):
                return once_more(turn, self._answers)
        except (KeyReused, PersistenceError) as fault:
            why = fault
        if upon := self._batch.upon(unit):
            self._batch.held.append(Held(turn, why, upon))
        else:
            self._answers.refuse(turn, why)
            self._answers.tell()
        return []

    def _decided_behind(self, unit: UnitOfWork) -> bool:
        """Asked where nothing will be recorded, so that the store does not tell."""
        if unit.remembers and self._store.rows(LAST_WRITER) != [{"writer": self._row_cache.writer}]:
            self._row_cache.clear()
            return True
        return any(self._is_behind(thing) for thing in unit.things())

    def _is_behind(self, thing: Aggregate[Any]) -> bool:
        recorded = thing.version - len(thing.pending)
        return recorded > 0 and next(iter(self._store.recorded(thing.id, after=recorded)), None) is not None

    def _find(self, cls: type[A], thing_id: UUID) -> A | None:
        thing = self.cache.get(thing_id)
        if thing is None:
            self._batch.must_not_change(thing_id)
            with _reached():
                thing = self._store.load(cls, thing_id)
            self.cache.keep([thing] if thing else [])
        return thing  # type: ignore[return-value]  # find() checks the class

    def _read(self, query: Select[Any], named: Mapping[str, object]) -> Found:
        self._batch.must_not_write(query)
        if found := self._row_cache.get(query, named):
            return found
        with _reached():
            return self._row_cache.keep(query, named, self._store.rows(query, **named))

    def _known(self, turn: Turn) -> Any:
        with _reached():
            return turn.known(self._store)

    def _recorded(self) -> EventStore:
        self._batch.must_be_recorded()
        return self._store


@contextmanager
def _reached() -> Iterator[None]:
    """What is asked of the store itself; the same fault of another one, as the keys are in, is for one alone."""
    try:
        yield
    except StoreUnavailable as fault:
        raise StoreAway(fault) from fault


def _passes_a_mark(thing: Aggregate[Any]) -> bool:
    """Whether its new events take it to or over a multiple of the versions between two snapshots."""
    before = thing.version - len(thing.pending)
    return thing.version // SNAPSHOT_EVERY > before // SNAPSHOT_EVERY
