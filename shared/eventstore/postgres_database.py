"""The connections to a PostgreSQL: how long they are waited for, and when they are asked whether they stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from time import monotonic
from typing import Any, cast
from weakref import WeakKeyDictionary
from zlib import crc32

from eventsourcing.persistence import InterfaceError, OperationalError
from eventsourcing.postgres import ConnectionPool, PostgresDatastore
from psycopg import Connection
from psycopg.rows import DictRow

from shared.eventstore.faults import unavailable

PATIENCE: Mapping[str, int] = {
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
"""How soon a connection counts as broken whose other end says nothing: without it hours may pass."""
STALE = 1.0
"""Seconds for which a connection that stood is taken to stand."""
_PREPARING = crc32(b"aarring.preparing")


class Liveness:
    """Whether a connection still stands, asked when nobody has heard from it for a second.

    One that broke since is found by whoever uses it, who asks what became of the work in any case.
    """

    def __init__(self) -> None:
        self._asked: WeakKeyDictionary[Connection[Any], float] = WeakKeyDictionary()

    def __call__(self, connection: Connection[Any]) -> None:
        if (now := monotonic()) - self._asked.get(connection, -STALE) >= STALE:
            ConnectionPool.check_connection(connection)
            self._asked[connection] = now


class PostgresDatabase(PostgresDatastore):
    """The library's datastore, where whoever meets a database that is away is told after one time-out.

    The library asks ten times over, nearly a minute, and the desk's one writer would stand still for all of it.
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings, pre_ping=False)
        made = self.pool
        self.pool = ConnectionPool(
            connection_class=Connection[DictRow],
            kwargs={**cast(dict[str, Any], made.kwargs), **PATIENCE},
            min_size=made.min_size,
            max_size=made.max_size,
            open=False,
            configure=self.after_connect_func(),
            check=Liveness(),
            timeout=made.timeout,
            max_lifetime=made.max_lifetime,
        )

    @contextmanager
    def get_connection(self) -> Iterator[Connection[DictRow]]:
        """A connection of the pool; without one :class:`StoreUnavailable`, which the library does not retry."""
        try:
            with super().get_connection() as connection:
                yield connection
        except (InterfaceError, OperationalError) as fault:
            raise unavailable(fault) from fault

    @contextmanager
    def preparing(self) -> Iterator[None]:
        """One at a time makes tables and functions: PostgreSQL fails those who make the same at once."""
        with self.get_connection() as connection:
            connection.execute("SELECT pg_advisory_lock(%s)", (_PREPARING,))
            try:
                yield
            finally:
                connection.execute("SELECT pg_advisory_unlock(%s)", (_PREPARING,))
        super().register_type_adapters()

    def register_type_adapters(self) -> None:
        """Not yet: the library asks as soon as it is put together, when the database may still be away."""
