"""How the log is read: page by page as plain rows, so that an event costs little more than its bytes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar
from uuid import UUID

from eventsourcing.postgres import PostgresDatastore
from eventsourcing.sqlite import SQLiteDatastore
from psycopg.rows import tuple_row
from psycopg.sql import SQL, Identifier

from shared.eventstore.rows import EVENTS_TABLE

PAGE = 500
"""Rows fetched at once: they stay near the processor while they are read, and no reader needs memory for more."""
_NEWEST = 2**62
_NOBODY = UUID(int=0)
_HISTORY = (
    "SELECT originator_version, topic, state FROM {table} WHERE originator_id = {p} "
    "AND originator_version > {p} AND originator_version <= {p} ORDER BY originator_version LIMIT {p}"
)
_BY_THING = (
    "SELECT {text_id} AS thing, originator_version, topic, state FROM {table} "
    "WHERE (originator_id, originator_version) > ({p}, {p}) ORDER BY originator_id, originator_version LIMIT {p}"
)
_LOG = (
    "SELECT notification_id, originator_id, originator_version, topic, state FROM {table} "
    "WHERE notification_id > {p}{topics} ORDER BY notification_id LIMIT {p}"
)


class LogReader(ABC):
    """Reads the log of one database.

    The library reads it as well, and gives each row as a dictionary, as hexadecimal text and as two objects before
    the event is decoded; that costs several times what decoding and folding it do.
    """

    MARK: ClassVar[str]
    TEXT_ID: ClassVar[str] = "originator_id"

    def __init__(self, table: str) -> None:
        self._table = table
        self._history, self._by_thing = self._sql(_HISTORY), self._sql(_BY_THING)

    def history(self, id: UUID, after: int, upto: int | None) -> Iterator[tuple[int, str, bytes]]:
        """Version, topic and bytes of what happened to one thing after one version and up to another, in order."""
        until = _NEWEST if upto is None else upto
        while True:
            page = self._rows(self._history, (self._stored(id), after, until, PAGE))
            yield from page
            if len(page) < PAGE:
                return
            after = page[-1][0]

    def by_thing(self) -> Iterator[tuple[str, int, str, bytes]]:
        """Id as text, version, topic and bytes of all that happened: one thing after another, each in its order."""
        id, version = _NOBODY, 0
        while page := self._rows(self._by_thing, (self._stored(id), version, PAGE)):
            yield from page
            id, version = UUID(page[-1][0]), page[-1][1]

    def log(self, after: int, limit: int, topics: Sequence[str]) -> Iterator[tuple[int, UUID, int, str, bytes]]:
        """Position, id, version, topic and bytes of up to ``limit`` events of ``topics``, in the order of commit."""
        of_topics = f" AND topic IN ({', '.join([self.MARK] * len(topics))})" if topics else ""
        rows = self._rows(self._sql(_LOG, topics=of_topics), (after, *topics, limit))
        return ((position, self._id(id), *rest) for position, id, *rest in rows)

    def _sql(self, statement: str, **parts: str) -> str:
        return statement.format(table=self._table, text_id=self.TEXT_ID, p=self.MARK, **parts)

    @abstractmethod
    def _rows(self, statement: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
        """The rows a statement finds."""

    @abstractmethod
    def _stored(self, id: UUID) -> Any:
        """An id as the database keeps it."""

    @abstractmethod
    def _id(self, stored: Any) -> UUID:
        """An id as it was before it was kept."""


class PostgresReader(LogReader):
    """Reads rows in binary form by statements the server knows already."""

    MARK = "%s"
    TEXT_ID = "originator_id::text"

    def __init__(self, datastore: PostgresDatastore) -> None:
        super().__init__(SQL("{}.{}").format(Identifier(datastore.schema), Identifier(EVENTS_TABLE)).as_string())
        self._datastore = datastore

    def _rows(self, statement: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
        with (
            self._datastore.get_connection() as connection,
            connection.cursor(binary=True, row_factory=tuple_row) as cursor,
        ):
            return cursor.execute(statement, params, prepare=True).fetchall()

    def _stored(self, id: UUID) -> UUID:
        return id

    def _id(self, stored: UUID) -> UUID:
        return stored


class SQLiteReader(LogReader):
    """Reads the file, in which ids are hexadecimal text."""

    MARK = "?"

    def __init__(self, datastore: SQLiteDatastore) -> None:
        super().__init__(EVENTS_TABLE)
        self._datastore = datastore

    def _rows(self, statement: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
        with self._datastore.transaction(commit=False) as cursor:
            plain = cursor.sqlite_cursor
            plain.row_factory = None
            return plain.execute(statement, params).fetchall()

    def _stored(self, id: UUID) -> str:
        return id.hex

    def _id(self, stored: str) -> UUID:
        return UUID(stored)


def reader_of(datastore: PostgresDatastore | SQLiteDatastore) -> LogReader:
    """The reader of the log that a datastore holds."""
    return PostgresReader(datastore) if isinstance(datastore, PostgresDatastore) else SQLiteReader(datastore)
