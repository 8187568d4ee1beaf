"""One service's event store: its log of events, its outcomes, its tracking and its read rows, by database URL."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, groupby
from operator import itemgetter
from pathlib import Path
from threading import local
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy.exc
from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresAggregateRecorder
from eventsourcing.sqlite import SQLiteAggregateRecorder
from sqlalchemy import MetaData, Select, bindparam, create_engine, text
from sqlalchemy.engine import URL, Connection, Engine, make_url

from shared.domain import Aggregate, Recorded, kind_of
from shared.eventstore.faults import unavailable
from shared.eventstore.mapper import EventMapper, event_of, from_snapshot, to_snapshot
from shared.eventstore.postgres import PostgresEventRecorder
from shared.eventstore.postgres_database import PATIENCE, PostgresDatabase
from shared.eventstore.reading import reader_of
from shared.eventstore.rows import EVENTS_TABLE, SNAPSHOTS_TABLE
from shared.eventstore.sqlite import SQLiteEventRecorder, SQLiteFile
from shared.eventstore.work import Outcome, Receipt, Work
from shared.eventstore.writers_lock import WritersLock, writers_lock

A = TypeVar("A", bound=Aggregate[Any])
_Parts = tuple[
    SQLiteEventRecorder | PostgresEventRecorder,
    SQLiteAggregateRecorder | PostgresAggregateRecorder,
    Engine,
    Callable[[], AbstractContextManager[None]],
]
_WITHOUT_ID = itemgetter(slice(1, None))
SNAPSHOT_EVERY = 100
"""Versions between two snapshots of an aggregate."""


@dataclass(frozen=True)
class Fact:
    """One event of an aggregate with its place in the log and the moment it was committed."""

    position: int
    created_at: datetime
    recorded: Recorded


class EventStore:
    """Opened by URL: ``sqlite:///path/file.db`` or ``postgresql://user:password@host:port/database``.

    Reading is safe from any thread; :meth:`record` belongs to the desk's one writer.
    """

    def __init__(self, url: str, read_models: Sequence[MetaData] = (), *, at_once: bool = True) -> None:
        """With ``at_once`` what is missing is made now, else the writer does it with :meth:`prepare`."""
        self.url = make_url(url)
        self._mapper = EventMapper()
        self._read_models = read_models
        self.recorder, self._snapshots, self._engine, self._alone = _connect(self.url)
        self._log_reader = reader_of(self.recorder.datastore)
        # What is read is one statement at a time; a transaction around it would be two more ways to the database.
        alone = self._engine.dialect.name == "postgresql"
        self._reader = self._engine.execution_options(isolation_level="AUTOCOMMIT") if alone else self._engine
        self._mine = local()
        if at_once:
            self.prepare()

    def prepare(self) -> None:
        """Make the tables that are not there yet."""
        with self._alone(), self._asking():
            self.recorder.create_table()
            self._snapshots.create_table()
            for metadata in self._read_models:
                metadata.create_all(self._engine)

    def lock(self) -> WritersLock:
        """The lock of the one process that writes to this store."""
        return writers_lock(self.url)

    def load(self, cls: type[A], id: UUID, version: int | None = None) -> A | None:
        """The aggregate as it is, or as it was at ``version``; None when nothing was recorded (by then)."""
        found = self._snapshots.select_events(id, lte=version, desc=True, limit=1)
        onto = from_snapshot(cls, found[0]) if found else None
        tail = self.recorded(id, after=onto.version if onto else 0, upto=version)
        return cls.fold(tail, onto)

    def recorded(self, id: UUID, after: int = 0, upto: int | None = None) -> Iterator[Recorded]:
        """The events of an aggregate in the order of their versions, after one version and up to another."""
        return _as_recorded(id, self._log_reader.history(id, after, upto))

    def things(self) -> Iterator[Aggregate[Any]]:
        """Every thing, one after another, as its whole history makes it; only one of them is in memory at a time."""
        for id, rows in groupby(self._log_reader.by_thing(), key=itemgetter(0)):
            history = _as_recorded(UUID(id), map(_WITHOUT_ID, rows))
            first = next(history)
            thing = kind_of(first.event).fold(chain([first], history))
            if thing is not None:
                yield thing

    def facts(self, id: UUID) -> list[Fact]:
        """Everything that ever happened to one thing, oldest first."""
        created = self.recorder.created(id)
        # What was committed since the first look has no place in it.
        until_then = self.recorded(id, upto=max(created, default=0))
        return [Fact(*created[r.originator_version], r) for r in until_then]

    def version_at(self, id: UUID, moment: datetime) -> int:
        """The version a thing had at ``moment``; 0 before it existed."""
        return self.recorder.version_at(id, moment)

    def log(self, after: int, limit: int, topics: Sequence[str] = ()) -> list[tuple[int, Recorded]]:
        """Events with their positions, in the order of commit, that stand after position ``after``."""
        found = self._log_reader.log(after, limit, topics)
        return [(at, Recorded(id, version, event_of(topic, state))) for at, id, version, topic, state in found]

    def head(self) -> int:
        """The position of the newest event; 0 for an empty log."""
        return self.recorder.max_notification_id() or 0

    def position_before(self, position: int, topics: Sequence[str]) -> int:
        """The last position up to ``position`` holding one of ``topics``; 0 when there is none."""
        return self.recorder.position_before(position, topics)

    def count(self, after: int = 0, topics: Sequence[str] = ()) -> int:
        """How many events stand after a position, of ``topics`` or, if none are named, of any."""
        query = text(f"SELECT count(*) FROM {EVENTS_TABLE} WHERE notification_id > :after")
        values: dict[str, Any] = {"after": after}
        if topics:
            query = text(f"{query.text} AND topic IN :topics").bindparams(bindparam("topics", expanding=True))
            values["topics"] = list(topics)
        with self._engine.connect() as connection:
            return int(connection.execute(query, values).scalar_one())

    def committed_after(self, position: int, topics: Sequence[str]) -> datetime | None:
        """When the first event of ``topics`` behind a position was committed; None when there is none."""
        query = text(
            f"SELECT created_at FROM {EVENTS_TABLE} WHERE notification_id > :after AND topic IN :topics "
            "ORDER BY notification_id LIMIT 1"
        ).bindparams(bindparam("topics", expanding=True))
        with self._reading() as connection:
            at = connection.execute(query, {"after": position, "topics": list(topics)}).scalar()
        return datetime.fromisoformat(at) if isinstance(at, str) else at

    def tracked(self, speaker: str) -> int:
        """How far the log of ``speaker`` has been heard; 0 when nothing was."""
        return self.recorder.max_tracking_id(speaker) or 0

    def stored(self, recorded: Sequence[Recorded]) -> list[StoredEvent]:
        """``recorded`` as the stored events that :class:`Work` carries."""
        return [self._mapper.to_stored_event(r) for r in recorded]

    def record(self, works: Sequence[Work]) -> list[Receipt]:
        """Write units of work in one transaction, each whole or not at all; a receipt for each, in order."""
        return self.recorder.record(works)

    def outcome(self, command_id: UUID) -> Outcome | None:
        """What a command answered when it was first done; None when it was not (or was refused)."""
        return next(iter(self.recorder.outcomes([command_id])), None)

    def as_snapshot(self, aggregate: Aggregate[Any]) -> StoredEvent:
        """The aggregate's state as :class:`Work` carries it."""
        return to_snapshot(aggregate)

    def snapshot(self, aggregate: Aggregate[Any]) -> None:
        """Keep the aggregate's state, so that opening it need not read its whole history."""
        self.record([Work(snapshots=[self.as_snapshot(aggregate)])])

    def rows(self, query: Select[Any], **named: object) -> list[dict[str, Any]]:
        """The rows a query on the read models finds, with its named values."""
        with self._reading() as connection:
            return [dict(row) for row in connection.execute(query, named).mappings()]

    def ping(self) -> None:
        """Raise unless the database answers."""
        with self._reading() as connection:
            connection.execute(text("SELECT 1"))

    @contextmanager
    def one_connection(self) -> Iterator[None]:
        """What this thread reads meanwhile, if anything, goes over one connection, asked once whether it is alive."""
        with ExitStack() as self._mine.opened:
            try:
                yield
            finally:
                self._mine.opened = self._mine.connection = None

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        opened: ExitStack | None = getattr(self._mine, "opened", None)
        if opened is None:
            with self._asking(), self._reader.connect() as connection:
                yield connection
            return
        with self._asking():
            held: Connection | None = getattr(self._mine, "connection", None)
            if held is None:
                held = self._mine.connection = opened.enter_context(self._reader.connect())
            with held.begin():
                yield held

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """A database that is away raises the same here as it does when events are written."""
        try:
            yield
        except (sqlalchemy.exc.OperationalError, sqlalchemy.exc.InterfaceError, sqlalchemy.exc.TimeoutError) as fault:
            raise unavailable(fault) from fault

    def close(self) -> None:
        self._engine.dispose()
        self.recorder.datastore.close()


def _as_recorded(id: UUID, history: Iterable[tuple[int, str, bytes]]) -> Iterator[Recorded]:
    return (Recorded(id, version, event_of(topic, state)) for version, topic, state in history)


def answer_of(outcome: Outcome) -> dict[str, Any]:
    """An outcome's answer as it was given."""
    answer: dict[str, Any] = json.loads(outcome.answer)
    return answer


def _connect(url: URL) -> _Parts:
    if url.get_backend_name() == "sqlite":
        if not url.database:
            raise ValueError("a SQLite event store is a file: sqlite:///path/file.db")
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        files = SQLiteFile(url.database)
        engine = create_engine(url)
        return SQLiteEventRecorder(files), SQLiteAggregateRecorder(files, SNAPSHOTS_TABLE), engine, nullcontext
    server = PostgresDatabase(
        dbname=url.database or "",
        host=url.host or "",
        port=url.port or 5432,
        user=url.username or "",
        password=str(url.password or ""),
        pool_size=2,
        max_overflow=8,
        connect_timeout=5.0,
        lock_timeout=5,
        # Named as PostgreSQL itself understands it, so that whoever else opens the URL means the same.
        schema=str(url.query.get("options", "")).partition("-csearch_path=")[2],
    )
    # All are kept: when many ask at once, connecting anew takes longer than what is asked.
    named, patience = url.set(drivername="postgresql+psycopg"), dict(PATIENCE)
    engine = create_engine(named, pool_pre_ping=True, pool_size=15, max_overflow=0, connect_args=patience)
    snapshots = PostgresAggregateRecorder(server, events_table_name=SNAPSHOTS_TABLE)
    return PostgresEventRecorder(server), snapshots, engine, server.preparing
