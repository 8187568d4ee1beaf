"""How a row of a read model becomes SQL for the database it lives in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Literal

from sqlalchemy import Select, Table, cast, column, delete, func, select, table, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.dialects.sqlite.base import SQLiteDialect
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.expression import bindparam

from shared.eventstore.work import Change, Drop, Put

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
    return _replacing(insert, table, columns, dialect)


@cache
def _upsert_all_sql(table: Table, columns: tuple[str, ...]) -> str:
    like = text(f"NULL::{_DIALECTS['postgresql'].identifier_preparer.format_table(table)}")
    rows = func.jsonb_populate_recordset(like, cast(bindparam("rows"), postgresql.JSONB))
    found = rows.table_valued(*(table.c[name] for name in columns))
    insert = postgresql.insert(table).from_select(columns, select(*(found.c[name] for name in columns)))
    return _replacing(insert, table, columns, "postgresql")


def _replacing(insert: Any, table: Table, columns: tuple[str, ...], dialect: DialectName) -> str:
    """The row that is there already gets the new values."""
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


def as_sql(change: Change, dialect: DialectName) -> str:
    """The statement that makes ``change`` in a database of ``dialect``, with a parameter for each of its values.

    Rows hold text, integers and NULL only (ids, instants and JSON as text), so that a row reads the same from
    both databases and two copies of a view can be compared value by value.
    """
    if isinstance(change, Drop):
        return _delete_sql(change.table, tuple(change.where), dialect)
    return _upsert_sql(change.table, tuple(change.values), dialect)


def upsert_all_sql(change: Put) -> str:
    """For PostgreSQL: the statement that puts many rows like this one, given as one JSON array of ``rows``."""
    return _upsert_all_sql(change.table, tuple(change.values))


def grouped(changes: Iterable[Change]) -> list[tuple[Change, list[dict[str, Any]]]]:
    """Changes as few statements: one change of each, and the values of all; of the same row only the last counts.

    Each table gets its changes in their order; tables know nothing of each other.
    """
    groups: list[tuple[Change, dict[tuple[Any, ...], dict[str, Any]]]] = []
    newest: dict[Table, int] = {}
    for change in changes:
        values = _values(change)
        at = newest.get(change.table)
        if at is None or not _is_like(groups[at][0], change):
            at = newest[change.table] = len(groups)
            groups.append((change, {}))
        rows = groups[at][1]
        key = tuple(values[name] for name in _names(change))
        rows.pop(key, None)
        rows[key] = dict(values)
    return [(change, list(rows.values())) for change, rows in groups]


def _is_like(one: Change, other: Change) -> bool:
    """Whether two changes of a table are made by the same statement."""
    return type(one) is type(other) and tuple(_values(one)) == tuple(_values(other))


def _values(change: Change) -> Mapping[str, Any]:
    return change.where if isinstance(change, Drop) else change.values


def _names(change: Change) -> Iterable[str]:
    """The columns that say which row it is."""
    return change.where if isinstance(change, Drop) else _key_of(change.table)


@cache
def _key_of(table: Table) -> tuple[str, ...]:
    return tuple(column.name for column in table.primary_key)
