"""The portal's own small database: who is logged in, and what else belongs to visits rather than to reports."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

PATIENCE = {"connect_timeout": 5}
"""Seconds for which a PostgreSQL that does not answer is waited for."""


class DatabaseAway(Exception):
    """The database does not answer now."""


class Database:
    """A database by its URL, SQLite or PostgreSQL.  Safe from any thread."""

    def __init__(self, url: str) -> None:
        self.engine = _engine(url)

    def prepare(self, metadata: MetaData) -> None:
        """Make the tables that are not there yet."""
        with self.begin() as connection:
            if connection.dialect.name == "postgresql":
                # Two portals that start at once would both make them.
                connection.exec_driver_sql("SELECT pg_advisory_xact_lock(8000)")
            metadata.create_all(connection)

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A transaction; :class:`DatabaseAway` where there can be none."""
        try:
            with self.engine.begin() as connection:
                yield connection
        except SQLAlchemyError as fault:
            raise DatabaseAway(type(fault).__name__) from fault

    def close(self) -> None:
        """Leave it."""
        self.engine.dispose()


def _engine(url: str) -> Engine:
    address = make_url(url)
    if address.get_backend_name() == "postgresql":
        named = address.set(drivername="postgresql+psycopg")
        return create_engine(named, pool_pre_ping=True, pool_size=10, connect_args=dict(PATIENCE))
    if address.database:
        os.makedirs(os.path.dirname(os.path.abspath(address.database)), exist_ok=True)
    engine = create_engine(address, pool_size=10)
    event.listen(engine, "connect", _in_wal)
    return engine


def _in_wal(connection: Any, _: object) -> None:
    """Whoever reads does not wait for whoever writes."""
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
