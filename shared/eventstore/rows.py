"""How a row of a read model becomes SQL for the database it lives in."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any, Literal

from sqlalchemy import Select, Table, column, delete, select, table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.dialects.sqlite.base import SQLiteDialect
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.expression import bindparam

from shared.eventstore.work import Change, Drop

EVENTS_TABLE = "stored_events"
SNAPSHOTS_TABLE = "snapshots"
LAST_WRITER: Select[Any] = select(column("writer")).select_from(table("last_writer"))
"""Who recorded last; written in the transaction of the first work of a writer that follows another's."""
DialectName = Literal["sqlite", "postgresql"]

_DIALECTS: dict[DialectName, Dialect] = {
    "sqlite": SQLiteDialect(paramstyle="named"),
    "postgresql": PGDialect(paramstyle="pyformat"),  # type: ignore[no-untyped-call]  # not annotated by its library
}
_UPSERTS: dict[DialectName, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


@cache
def _upsert_sql(table: Table, columns: tuple[str, ...], dialect: DialectName) -> str:
    insert = _UPSERTS[dialect](table).values({name: bindparam(name) for name in columns})
    key = [column.name for column in table.primary_key]
    replaced = {name: insert.excluded[name] for name in columns if name not in key}
    if replaced:
        statement = insert.on_conflict_do_update(index_elements=key, set_=replaced)
    else:
        statement = insert.on_conflict_do_nothing(index_elements=key)
    return str(statement.compile(dialect=_DIALECTS[dialect]))


@cache
def _delete_sql(table: Table, columns: tuple[str, ...], dialect: DialectName) -> str:
    statement = delete(table).where(*(table.c[name] == bindparam(name) for name in columns))
    return str(statement.compile(dialect=_DIALECTS[dialect]))


def as_sql(change: Change, dialect: DialectName) -> tuple[str, dict[str, Any]]:
    """The statement and parameters that make ``change`` in a database of ``dialect``.

    Rows hold text, integers and NULL only (ids, instants and JSON as text), so that a row reads the same from
    both databases and two copies of a view can be compared value by value.
    """
    if isinstance(change, Drop):
        return _delete_sql(change.table, tuple(change.where), dialect), dict(change.where)
    return _upsert_sql(change.table, tuple(change.values), dialect), dict(change.values)


def grouped(changes: Iterable[Change], dialect: DialectName) -> list[tuple[str, list[dict[str, Any]]]]:
    """Changes as few statements, each with its rows: of the same row written again and again only the last counts.

    Each table gets its changes in their order; tables know nothing of each other.
    """
    groups: list[tuple[str, dict[tuple[Any, ...], dict[str, Any]]]] = []
    newest: dict[Table, int] = {}
    for change in changes:
        statement, values = as_sql(change, dialect)
        at = newest.get(change.table)
        if at is None or groups[at][0] != statement:
            at = newest[change.table] = len(groups)
            groups.append((statement, {}))
        rows = groups[at][1]
        key = tuple(values[name] for name in _names(change))
        rows.pop(key, None)
        rows[key] = values
    return [(statement, list(rows.values())) for statement, rows in groups]


def _names(change: Change) -> Iterable[str]:
    """The columns that say which row it is."""
    return change.where if isinstance(change, Drop) else _key_of(change.table)


@cache
def _key_of(table: Table) -> tuple[str, ...]:
    return tuple(column.name for column in table.primary_key)
