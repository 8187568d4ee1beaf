"""A PostgreSQL database copied table by table in one transaction, and put back into a schema of its own.

What is put back is filled beside what is there, and takes its place in one transaction: whenever the work is broken
off, the database is what it was or what it is to be.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from eventsourcing.persistence import PersistenceError
from psycopg import sql
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from shared.eventstore.copies.copied import Copied, CopyFault, InUse, kept_as
from shared.eventstore.rows import EVENTS_TABLE
from shared.eventstore.writers_lock import KEY

TABLES = "tables.json"
"""Which tables and columns the copy has, and how far each sequence had counted."""
LIVE, INCOMING = "public", "incoming"
"""The schema that a service uses, and the one that is filled to take its place."""
_UNUSABLE = (OSError, ValueError, LookupError, psycopg.Error, PersistenceError, SQLAlchemyError)
_CHUNK = 1 << 20
Connection = psycopg.Connection[Any]


def copy(url: str, into: Path, leave_out: Sequence[str]) -> Copied:
    """Every table as one file in ``into``, all of the same moment."""
    with _connected(url) as database:
        database.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        database.read_only = True
        with database.transaction():
            stand = _stand(database, LIVE)
            tables = {name: columns for name, columns in _tables(database, LIVE).items() if name not in leave_out}
            for name, columns in tables.items():
                statement = sql.SQL("COPY {}.{} ({}) TO STDOUT").format(*_named(LIVE, name, columns))
                with database.cursor().copy(statement) as rows, (into / f"{name}.copy").open("wb") as file:
                    for chunk in rows:
                        file.write(chunk)
            # Sequences stand outside transactions: read last, they are never behind what was copied.
            (into / TABLES).write_text(json.dumps({"tables": tables, "sequences": _sequences(database)}))
    return stand


@contextmanager
def held_still(url: str) -> Iterator[None]:
    """Hold the lock that the writing service holds, on a database nobody else is connected to."""
    with _connected(url) as database:
        database.autocommit = True
        _must_be_alone(database)
        if not _value(database, "SELECT pg_try_advisory_lock(%s)", KEY):
            raise InUse("a service is writing to the database")
        yield


def put_back(url: str, files: Path, expected: Copied, make_tables: Callable[[str], None], at: datetime) -> str:
    """Fill a new schema with the copy; the one that was there stays beside it under another name."""
    kept = kept_as(at)
    with _connected(url) as database:
        database.autocommit = True
        _make_incoming(database)
        try:
            make_tables(_within_incoming(url))
            with database.transaction():
                _fill(database, files)
                if _stand(database, INCOMING) != expected:
                    raise CopyFault("the copy's log does not end where it should")
                before = _take_the_place(database, kept)
        except BaseException as fault:
            # Where the connection broke, it stays until the next attempt; nobody uses it.
            with suppress(psycopg.Error):
                _drop(database, INCOMING)
            if isinstance(fault, _UNUSABLE):
                raise CopyFault(f"the copy cannot be used: {fault}") from fault
            raise
    return f"schema {kept} of the same database" if before else ""


def _make_incoming(database: Connection) -> None:
    """A new schema, also where an attempt that was broken off left one."""
    incoming = sql.Identifier(INCOMING)
    with database.transaction():
        _drop(database, INCOMING)
        database.execute(sql.SQL("CREATE SCHEMA {}").format(incoming))
        database.execute(sql.SQL("GRANT USAGE ON SCHEMA {} TO PUBLIC").format(incoming))


def _within_incoming(url: str) -> str:
    """The URL of the same database, in which what is made without naming a schema is made in the new one.

    Functions keep the name of the schema they were made for; the service makes them anew when it begins to write.
    """
    within = make_url(url).update_query_dict({"options": f"-csearch_path={INCOMING}"})
    return within.render_as_string(hide_password=False)


def _take_the_place(database: Connection, kept: str) -> bool:
    """The new schema becomes the live one; whether there was anything in that, so that it is kept."""
    before = bool(_tables(database, LIVE))
    rename = sql.SQL("ALTER SCHEMA {} RENAME TO {}")
    database.execute(rename.format(sql.Identifier(LIVE), sql.Identifier(kept)))
    database.execute(rename.format(sql.Identifier(INCOMING), sql.Identifier(LIVE)))
    if not before:
        _drop(database, kept)
    return before


def _drop(database: Connection, schema: str) -> None:
    database.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(schema)))


def _fill(database: Connection, files: Path) -> None:
    contents = json.loads((files / TABLES).read_text())
    there = _tables(database, INCOMING)
    for name, columns in contents["tables"].items():
        if missing := set(columns) - set(there.get(name, ())):
            raise CopyFault(f"this version of the service has no {', '.join(sorted(missing))} in {name}")
        if name != EVENTS_TABLE:
            # A new table may hold marks its library made; those of the copy are the ones that count.
            database.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(INCOMING, name)))
        statement = sql.SQL("COPY {}.{} ({}) FROM STDIN").format(*_named(INCOMING, name, columns))
        with database.cursor().copy(statement) as rows, (files / f"{name}.copy").open("rb") as file:
            while chunk := file.read(_CHUNK):
                rows.write(chunk)
    for name, last in contents["sequences"].items():
        database.execute("SELECT setval(format('%%I.%%I', %s::text, %s::text)::regclass, %s)", (INCOMING, name, last))


def _must_be_alone(database: Connection) -> None:
    others = _value(
        database,
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND pid <> pg_backend_pid() AND backend_type = 'client backend'",
    )
    if others:
        raise InUse(f"{others} others are connected to the database; stop the service and its standby")


def _tables(database: Connection, schema: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    rows = database.execute(
        "SELECT c.table_name, c.column_name FROM information_schema.columns c JOIN information_schema.tables t "
        "USING (table_schema, table_name) WHERE c.table_schema = %s AND t.table_type = 'BASE TABLE' "
        "AND c.is_generated = 'NEVER' ORDER BY c.table_name, c.ordinal_position",
        (schema,),
    )
    for table, column in rows:
        found.setdefault(table, []).append(column)
    return found


def _sequences(database: Connection) -> dict[str, int]:
    query = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = %s AND last_value IS NOT NULL"
    return dict(database.execute(query, (LIVE,)).fetchall())


def _stand(database: Connection, schema: str) -> Copied:
    if EVENTS_TABLE not in _tables(database, schema):
        return Copied()
    head = _value(database, f"SELECT max(notification_id) FROM {schema}.{EVENTS_TABLE}") or 0
    tracked = sql.SQL("SELECT application_name, notification_id FROM {}").format(sql.Identifier(schema, "tracking"))
    return Copied(head, dict(database.execute(tracked).fetchall()))


def _named(schema: str, table: str, columns: Sequence[str]) -> tuple[sql.Composable, ...]:
    return sql.Identifier(schema), sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))


def _value(database: Connection, query: str, *about: Any) -> Any:
    row = database.execute(query.encode(), about or None).fetchone()
    return row[0] if row else None


@contextmanager
def _connected(url: str) -> Iterator[Connection]:
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        with psycopg.connect(address, connect_timeout=10) as database:
            yield database
    except psycopg.Error as fault:
        raise CopyFault(f"the database: {fault}") from fault
