"""The rows that follow from what others said, made again without what was lost."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import MetaData, Table, select

from shared.contracts import Contract
from shared.eventstore import Change, Drop, EventStore, Put
from shared.eventstore.scratch import ScratchTables
from shared.inbox.heard import heard_by

_Rows = dict[tuple[Any, ...], dict[str, Any]]


@dataclass(frozen=True)
class Views:
    """The ``tables`` that hold nothing but what others said, and the rows that follow from a contract."""

    tables: Sequence[MetaData]
    rows: Callable[[Contract], Iterable[Change]]


def differences(store: EventStore, views: Views) -> list[Change]:
    """What has to change in the tables so that they say what follows from all that was heard and still counts.

    Asked in the writer, so that nothing is heard meanwhile.
    """
    with ScratchTables(views.tables) as scratch:
        for kept in heard_by(store):
            contract = kept.event.contract() if kept.is_folded else None
            if contract is not None:
                scratch.write(views.rows(contract))
        return [
            change
            for metadata in views.tables
            for table in metadata.sorted_tables
            for change in _changes(table, store.rows(select(table)), scratch.rows(select(table)))
        ]


def _changes(table: Table, live: Iterable[dict[str, Any]], made: Iterable[dict[str, Any]]) -> Iterable[Change]:
    standing, wanted = _by_key(table, live), _by_key(table, made)
    names = [column.name for column in table.primary_key]
    for key in standing.keys() - wanted.keys():
        yield Drop(table, dict(zip(names, key, strict=True)))
    for key, row in wanted.items():
        if standing.get(key) != row:
            yield Put(table, row)


def _by_key(table: Table, rows: Iterable[dict[str, Any]]) -> _Rows:
    return {tuple(row[column.name] for column in table.primary_key): row for row in rows}
