"""Works that were decided one after another and will be recorded together, each succeeding or failing alone."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Table

from shared.desk.row_cache import tables_of
from shared.desk.turns import Turn
from shared.desk.unit import CommitFirst, UnitOfWork
from shared.domain import Aggregate
from shared.eventstore import Work

WORKS = 64
BYTES = 1_000_000
SECONDS = 0.05
"""A batch ends when it holds so many works or bytes, or was decided on for so long."""


@dataclass(frozen=True)
class Decided:
    """A work that was decided, and the things it changes."""

    turn: Turn
    work: Work
    touched: Sequence[Aggregate[Any]]


@dataclass(frozen=True)
class Held:
    """What somebody is told only when the works it was decided upon are recorded, for else it may not be true."""

    turn: Turn
    why: BaseException
    upon: frozenset[int]


class Batch:
    """What was decided and is not recorded yet."""

    def __init__(self) -> None:
        self.decided: list[Decided] = []
        self.held: list[Held] = []
        self._began = time.monotonic()
        self._bytes = 0
        self._has_withheld = False
        self._changed: dict[UUID, int] = {}
        self._keys: set[object] = set()
        self._tables: set[Table] = set()

    @property
    def is_full(self) -> bool:
        """Whether it is time to record it."""
        many = len(self.decided) >= WORKS or self._bytes >= BYTES
        return many or time.monotonic() - self._began >= SECONDS

    def has_room_for(self, turn: Turn) -> bool:
        """Whether it may be decided now, and not only when this batch is recorded.

        With one that was withheld goes nobody new, who might have been done before as well: once more is enough.
        """
        if self.is_empty:
            return True
        return not (self.is_full or turn.alone or (turn.as_new and self._has_withheld))

    @property
    def is_empty(self) -> bool:
        return not (self.decided or self.held)

    def touched(self) -> list[Aggregate[Any]]:
        """Every thing that a work of it changes."""
        return [thing for each in self.decided for thing in each.touched]

    def add(self, decided: Decided) -> None:
        """One more work, decided upon those before it."""
        number, work = len(self.decided), decided.work
        self.decided.append(decided)
        self._changed.update((thing.id, number) for thing in decided.touched)
        self._tables.update(change.table for change in work.changes)
        self._bytes += sum(len(event.state) for event in work.events)
        self._has_withheld = self._has_withheld or decided.turn.withheld
        if decided.turn.key is not None:
            self._keys.add(decided.turn.key)

    def upon(self, unit: UnitOfWork) -> frozenset[int]:
        """The works that made what a decision has looked at."""
        return frozenset(self._changed[thing.id] for thing in unit.things() if thing.id in self._changed)

    # What cannot be told yet.

    def must_not_hold(self, turn: Turn) -> None:
        """Have it recorded first if it holds another with the same key, of which this one may be a repetition."""
        if turn.key in self._keys:
            turn.perhaps_done = True
            raise CommitFirst

    def must_not_change(self, thing_id: UUID) -> None:
        """Have it recorded first if the store does not have the thing as it is now."""
        if thing_id in self._changed:
            raise CommitFirst

    def must_not_write(self, query: Select[Any]) -> None:
        """Have it recorded first if it changes rows the query reads, or may: then they would be told as they were."""
        if not self._tables:
            return
        read = tables_of(query)
        if not read or read & self._tables:
            raise CommitFirst

    def must_be_recorded(self) -> None:
        """Have it recorded first if it holds anything."""
        if self.decided:
            raise CommitFirst
