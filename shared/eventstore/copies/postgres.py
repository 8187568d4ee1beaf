"""A PostgreSQL database copied table by table in one transaction, and put back into a schema of its own."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from shared.eventstore.copies.copied import Copied, CopyFault, InUse, kept_as
from shared.eventstore.rows import EVENTS_TABLE
from shared.eventstore.writers_lock import KEY

TABLES = "tables.json"
"""Which tables and columns the copy has, and how far each sequence had counted."""
SCHEMA = sql.Identifier("public")
_CHUNK = 1 << 20
Connection = psycopg.Connection[Any]


def copy(url: str, into: Path, leave_out: Sequence[str]) -> Copied:
    """Every table as one file in ``into``, all of the same moment."""
    with _connected(url) as database:
        database.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        database.read_only = True
        with database.transaction():
            stand = _stand(database)
            tables = {name: columns for name, columns in _tables(database).items() if name not in leave_out}
            for name, columns in tables.items():
                statement = sql.SQL("COPY {}.{} ({}) TO STDOUT").format(SCHEMA, *_named(name, columns))
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


def put_back(url: str, files: Path, expected: Copied, make_tables: Callable[[], None], at: datetime) -> str:
    """Fill a new schema with the copy; the one that was there stays beside it under another name."""
    kept = kept_as(at)
    with _connected(url) as database:
        database.autocommit = True
        before = bool(_tables(database))
        _set_aside(database, kept)
        try:
            make_tables()
            with database.transaction():
                _fill(database, files)
                if _stand(database) != expected:
                    raise CopyFault("the copy's log does not end where it should")
        except BaseException as fault:
            with database.transaction():
                database.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(SCHEMA))
                database.execute(sql.SQL("ALTER SCHEMA {} RENAME TO {}").format(sql.Identifier(kept), SCHEMA))
            if isinstance(fault, OSError | ValueError | psycopg.Error):
                raise CopyFault(f"the copy cannot be used: {fault}") from fault
            raise
        if not before:
            database.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(kept)))
    return f"schema {kept} of the same database" if before else ""


def _set_aside(database: Connection, kept: str) -> None:
    with database.transaction():
        database.execute(sql.SQL("ALTER SCHEMA {} RENAME TO {}").format(SCHEMA, sql.Identifier(kept)))
        database.execute(sql.SQL("CREATE SCHEMA {}").format(SCHEMA))
        database.execute(sql.SQL("GRANT USAGE ON SCHEMA {} TO PUBLIC").format(SCHEMA))


def _fill(database: Connection, files: Path) -> None:
    contents = json.loads((files / TABLES).read_text())
    there = _tables(database)
    for name, columns in contents["tables"].items():
        if missing := set(columns) - set(there.get(name, ())):
            raise CopyFault(f"this version of the service has no {', '.join(sorted(missing))} in {name}")
        if name != EVENTS_TABLE:
            # A new table may hold marks its library made; those of the copy are the ones that count.
            database.execute(sql.SQL("DELETE FROM {}.{}").format(SCHEMA, sql.Identifier(name)))
        statement = sql.SQL("COPY {}.{} ({}) FROM STDIN").format(SCHEMA, *_named(name, columns))
        with database.cursor().copy(statement) as rows, (files / f"{name}.copy").open("rb") as file:
            while chunk := file.read(_CHUNK):
                rows.write(chunk)
    for name, last in contents["sequences"].items():
        database.execute("SELECT setval(format('public.%%I', %s::text)::regclass, %s)", (name, last))


def _must_be_alone(database: Connection) -> None:
    others = _value(
        database,
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND pid <> pg_backend_pid() AND backend_type = 'client backend'",
    )
    if others:
        raise InUse(f"{others} others are connected to the database; stop the service and its standby")


def _tables(database: Connection) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    rows = database.execute(
        "SELECT c.table_name, c.column_name FROM information_schema.columns c JOIN information_schema.tables t "
        "USING (table_schema, table_name) WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' "
        "AND c.is_generated = 'NEVER' ORDER BY c.table_name, c.ordinal_position"
    )
    for table, column in rows:
        found.setdefault(table, []).append(column)
    return found


def _sequences(database: Connection) -> dict[str, int]:
    query = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL"
    return dict(database.execute(query).fetchall())


def _stand(database: Connection) -> Copied:
    if EVENTS_TABLE not in _tables(database):
        return Copied()
    head = _value(database, f"SELECT max(notification_id) FROM public.{EVENTS_TABLE}") or 0
    return Copied(head, dict(database.execute("SELECT application_name, notification_id FROM public.tracking")))


def _named(table: str, columns: Sequence[str]) -> tuple[sql.Composable, sql.Composable]:
    return sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))


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
