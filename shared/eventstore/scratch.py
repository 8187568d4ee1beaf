"""Tables for a moment, in memory: where read models are made again without touching the live ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any, Self

from sqlalchemy import MetaData, Select, create_engine
from sqlalchemy.pool import StaticPool

from shared.eventstore.rows import as_sql, grouped
from shared.eventstore.work import Change

AT_ONCE = 1_000
"""Changes written together, as a service writes a full batch."""


class ScratchTables:
    """The given tables, empty, in an in-memory SQLite database; gone when the ``with`` block ends."""

    def __init__(self, tables: Sequence[MetaData]) -> None:
        self._engine = create_engine("sqlite://", poolclass=StaticPool)
        for metadata in tables:
            metadata.create_all(self._engine)

    def __enter__(self) -> Self:
        self._connection = self._engine.connect()
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()
        self._engine.dispose()

    def write(self, changes: Iterable[Change]) -> None:
        """Make changes as the live service makes them, many at a time."""
        waiting = iter(changes)
        while some := list(islice(waiting, AT_ONCE)):
            for change, rows in grouped(some):
                self._connection.exec_driver_sql(as_sql(change, "sqlite"), rows)

    def rows(self, query: Select[Any]) -> list[dict[str, Any]]:
        """The rows a query finds."""
        return [dict(row) for row in self._connection.execute(query).mappings()]
