"""What queries found, remembered as long as they would find the same again.

That is certain while no batch of ours has changed a table they read, and nobody else has recorded anything.  The
first is seen here.  The second is told by the store, under the lock with which it records: whoever decides upon what
is remembered says so in the work, which is stale when another writer came in between.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import uuid4

from sqlalchemy import Select, Table
from sqlalchemy.sql.util import find_tables

from shared.eventstore import Change

ANSWERS, ROWS = 10_000, 50
"""How many answers are remembered, and how many rows each may have."""


@dataclass(frozen=True)
class Found:
    """What a query found; ``remembered`` unless it was asked for the batch in hand."""

    rows: list[dict[str, Any]]
    remembered: bool = False


class RowCache:
    """Belongs to the writer, whom the store knows by the name ``writer``."""

    def __init__(self) -> None:
        self._batch = 0
        self._found: OrderedDict[tuple[object, ...], tuple[int, list[dict[str, Any]]]] = OrderedDict()
        self._changed: dict[Table, int] = {}
        self.renew()

    def begin(self) -> None:
        """Another batch: what was found for those before it is remembered from now on."""
        self._batch += 1

    def get(self, query: Select[Any], named: Mapping[str, object]) -> Found | None:
        """What a query with named values has found, if it would find the same now."""
        key = (query, *named.items())
        if key not in self._found:
            return None
        batch, rows = self._found[key]
        if any(self._changed.get(table, -1) >= batch for table in tables_of(query)):
            del self._found[key]
            return None
        self._found.move_to_end(key)
        return Found([dict(row) for row in rows], batch < self._batch)

    def keep(self, query: Select[Any], named: Mapping[str, object], rows: list[dict[str, Any]]) -> Found:
        """What a query found just now, remembered if it has named values: any other is made for one use."""
        if named and len(rows) <= ROWS and tables_of(query):
            self._found[query, *named.items()] = self._batch, [dict(row) for row in rows]
            if len(self._found) > ANSWERS:
                self._found.popitem(last=False)
        return Found(rows)

    def change(self, changes: Iterable[Change]) -> None:
        """What reads one of the tables is not as it was found."""
        self._changed.update((change.table, self._batch) for change in changes)

    def clear(self) -> None:
        """Remember nothing: somebody else has recorded."""
        self._found.clear()

    def renew(self) -> None:
        """Remember nothing, and be somebody else.

        A work that was sent before, and of which nobody knows what became, may still be recorded: then it was another
        writer who recorded it.
        """
        self.writer = uuid4().hex
        self._found.clear()


@lru_cache(maxsize=500)
def tables_of(query: Select[Any]) -> frozenset[Table]:
    """The tables a query reads; none when that cannot be told."""
    parts = find_tables(query, check_columns=True, include_aliases=True, include_joins=True, include_selects=True)
    return frozenset(part for part in parts if isinstance(part, Table))
