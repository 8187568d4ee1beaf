"""The event store in one SQLite file: one process writes, every commit is flushed to disk."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from eventsourcing.persistence import (
    IntegrityError,
    Notification,
    PersistenceError,
    StoredEvent,
)
from eventsourcing.sqlite import SQLiteConnection, SQLiteCursor, SQLiteDatastore, SQLiteProcessRecorder

from shared.eventstore.faults import unavailable
from shared.eventstore.mapper import uuid_of
from shared.eventstore.parameters import json_of
from shared.eventstore.rows import EVENTS_TABLE, SNAPSHOTS_TABLE, as_sql, grouped
from shared.eventstore.work import Outcome, Receipt, StoreUnavailable, Verdict, Work, taken_as_new, withheld

_SNAPSHOT = (
    f"INSERT INTO {SNAPSHOTS_TABLE} (originator_id, originator_version, topic, state) VALUES (?, ?, ?, ?) "
    "ON CONFLICT DO NOTHING"
)
_OUTCOMES = (
    "SELECT command_id, digest, answer, position FROM outcomes WHERE command_id IN (SELECT value FROM json_each(?))"
)
_NOW = "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')"


class SQLiteFile(SQLiteDatastore):
    """The library's datastore, closed only when nobody is reading.

    The library closes connections while other threads execute on them, which crashes the interpreter.
    """

    _closing = False

    @contextmanager
    def get_connection(self, *, commit: bool) -> Iterator[SQLiteConnection]:
        """A connection of the pool; :class:`StoreUnavailable` once the file is being closed."""
        if self._closing:
            raise StoreUnavailable("the event store is closed")
        with super().get_connection(commit=commit) as connection:
            yield connection

    def close(self) -> None:
        """Wait for those who are reading or writing, then close every connection."""
        self._closing = True
        while self.pool.num_in_use:
            time.sleep(0.001)
        super().close()


class SQLiteEventRecorder(SQLiteProcessRecorder):
    """The library's process recorder with three additions.

    Positions are an AUTOINCREMENT column, because the implicit rowid the library uses is given out again after
    a row is gone and may be renumbered by VACUUM.  ``created_at`` is the moment of commit.  :meth:`record`
    writes whole units of work, each succeeding or failing alone, in one transaction.
    """

    def __init__(self, datastore: SQLiteDatastore, *, events_table_name: str = EVENTS_TABLE) -> None:
        super().__init__(datastore, events_table_name=events_table_name)
        self.insert_events_statement = (
            f"INSERT INTO {events_table_name} (originator_id, originator_version, topic, state) VALUES (?, ?, ?, ?)"
        )
        self.select_max_notification_id_statement = f"SELECT MAX(notification_id) FROM {events_table_name}"

    def construct_create_table_statements(self) -> list[str]:
        table = self.events_table_name
        statements = super().construct_create_table_statements()
        statements[0] = (
            f"CREATE TABLE IF NOT EXISTS {table} ("
            "notification_id INTEGER PRIMARY KEY AUTOINCREMENT, originator_id TEXT NOT NULL, "
            "originator_version INTEGER NOT NULL, topic TEXT NOT NULL, state BLOB NOT NULL, "
            f"created_at TEXT NOT NULL DEFAULT ({_NOW}), UNIQUE (originator_id, originator_version))"
        )
        statements.append(
            "CREATE TABLE IF NOT EXISTS outcomes (command_id TEXT PRIMARY KEY, digest BLOB NOT NULL, "
            "answer TEXT NOT NULL, position INTEGER) WITHOUT ROWID"
        )
        statements.append("CREATE TABLE IF NOT EXISTS last_writer (one INTEGER PRIMARY KEY, writer TEXT NOT NULL)")
        for verb in ("UPDATE", "DELETE"):
            statements.append(
                f"CREATE TRIGGER IF NOT EXISTS {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                "BEGIN SELECT RAISE(ABORT, 'what was recorded is never changed'); END"
            )
        return statements

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """Events in the order of their positions, from ``start`` to ``stop``, at most ``limit``."""
        clauses: list[str] = []
        params: list[Any] = []
        if start is not None:
            clauses.append("notification_id >= ?" if inclusive_of_start else "notification_id > ?")
            params.append(start)
        if stop is not None:
            clauses.append("notification_id <= ?")
            params.append(stop)
        if topics:
            clauses.append(f"topic IN ({','.join('?' * len(topics))})")
            params.extend(topics)
        where = f"WHERE {' AND '.join(clauses)} " if clauses else ""
        statement = f"SELECT * FROM {self.events_table_name} {where}ORDER BY notification_id LIMIT ?"
        with self.datastore.transaction(commit=False) as cursor:
            cursor.execute(statement, [*params, limit])
            return [
                Notification(
                    id=row["notification_id"],
                    originator_id=self.convert_originator_id(row["originator_id"]),
                    originator_version=row["originator_version"],
                    topic=row["topic"],
                    state=row["state"],
                )
                for row in cursor.fetchall()
            ]

    def record(self, works: Sequence[Work]) -> list[Receipt]:
        """Write ``works`` in one transaction; one that cannot be written changes nothing and spoils no other."""
        with _library_errors(), self.datastore.get_connection(commit=True) as connection:
            cursor = connection.cursor()
            cursor.execute("BEGIN IMMEDIATE")
            try:
                cursor.execute(_OUTCOMES, (json_of(taken_as_new(works)),))
                done = {UUID(row[0]) for row in cursor.fetchall()}
                receipts = withheld(works, done) if done else self._record_each(cursor, works)
                connection.commit()
            except BaseException:
                # Also a commit that failed leaves its transaction open, on a connection others will get.
                connection.rollback()
                raise
        return receipts

    def _record_each(self, cursor: SQLiteCursor, works: Sequence[Work]) -> list[Receipt]:
        others = _others(cursor, works[0].writer if works else "")
        receipts: list[Receipt] = []
        for work in works:
            stands = all(receipts[number].verdict is Verdict.RECORDED for number in work.upon)
            stands = stands and not (others and work.remembers)
            verdict, positions = self._record_one(cursor, work) if stands else (Verdict.STALE, ())
            receipts.append(Receipt(verdict, positions, others))
        recorded = [
            work for work, receipt in zip(works, receipts, strict=True) if receipt.verdict is Verdict.RECORDED
        ]
        for change, rows in grouped(change for work in recorded for change in work.changes):
            cursor.executemany(as_sql(change, "sqlite"), rows)
        snapshots = [(uuid_of(s).hex, s.originator_version, s.topic, s.state) for w in recorded for s in w.snapshots]
        if snapshots:
            cursor.executemany(_SNAPSHOT, snapshots)
        return receipts

    def _record_one(self, cursor: SQLiteCursor, work: Work) -> tuple[Verdict, Sequence[int]]:
        if verdict := self._objection(cursor, work):
            return verdict, ()
        positions = self._insert_events(cursor, work.events) or []
        if outcome := work.outcome:
            cursor.execute(
                "INSERT INTO outcomes VALUES (?, ?, ?, ?)",
                (
                    str(outcome.command_id),
                    outcome.digest,
                    outcome.answer,
                    positions[-1] if positions else None,
                ),
            )
        if work.tracking:
            self._insert_tracking(cursor, work.tracking)
        return Verdict.RECORDED, positions

    def _objection(self, cursor: SQLiteCursor, work: Work) -> Verdict | None:
        if work.outcome:
            cursor.execute("SELECT 1 FROM outcomes WHERE command_id = ?", (str(work.outcome.command_id),))
            if cursor.fetchone():
                return Verdict.REPEATED
        if work.tracking:
            tracked = self._max_tracking_id(work.tracking.application_name, cursor) or 0
            if tracked >= work.tracking.notification_id:
                return Verdict.HEARD
            if work.tracked_before not in (None, tracked):
                return Verdict.STALE
        return None if all(self._follows(cursor, *lead) for lead in leads(work.events)) else Verdict.STALE

    def _follows(self, cursor: SQLiteCursor, originator_id: UUID, version: int) -> bool:
        cursor.execute(
            f"SELECT MAX(originator_version) FROM {self.events_table_name} WHERE originator_id = ?",
            (originator_id.hex,),
        )
        return (cursor.fetchone()[0] or 0) == version - 1

    def outcomes(self, command_ids: Sequence[UUID]) -> list[Outcome]:
        """What those of the commands answered that were done."""
        with self.datastore.transaction(commit=False) as cursor:
            cursor.execute(_OUTCOMES, (json_of(command_ids),))
            return [Outcome(UUID(row[0]), row[1], row[2], row[3]) for row in cursor.fetchall()]

    def version_at(self, originator_id: UUID, moment: datetime) -> int:
        """The last version recorded at or before ``moment``; 0 when there was none."""
        statement = (
            f"SELECT MAX(originator_version) FROM {self.events_table_name} "
            "WHERE originator_id = ? AND created_at <= ?"
        )
        # Stored to the millisecond: a moment inside the millisecond counts as its end.
        until = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
        with self.datastore.transaction(commit=False) as cursor:
            cursor.execute(statement, (originator_id.hex, until))
            return cursor.fetchone()[0] or 0

    def created(self, originator_id: UUID) -> dict[int, tuple[int, datetime]]:
        """Position and moment of commit of each version of an aggregate."""
        statement = (
            f"SELECT originator_version, notification_id, created_at FROM {self.events_table_name} "
            "WHERE originator_id = ?"
        )
        with self.datastore.transaction(commit=False) as cursor:
            cursor.execute(statement, (originator_id.hex,))
            return {row[0]: (row[1], datetime.fromisoformat(row[2])) for row in cursor.fetchall()}

    def position_before(self, position: int, topics: Sequence[str]) -> int:
        """The last position up to ``position`` that holds one of ``topics``; 0 when there is none."""
        statement = (
            f"SELECT notification_id FROM {self.events_table_name} WHERE notification_id <= ? "
            f"AND topic IN ({','.join('?' * len(topics))}) ORDER BY notification_id DESC LIMIT 1"
        )
        with self.datastore.transaction(commit=False) as cursor:
            cursor.execute(statement, [position, *topics])
            row = cursor.fetchone()
        return row[0] if row else 0


def _others(cursor: SQLiteCursor, writer: str) -> bool:
    """Whether anybody else has recorded since ``writer`` did, who is the last one now."""
    cursor.execute("SELECT 1 FROM last_writer WHERE writer = ?", (writer,))
    if cursor.fetchone():
        return False
    cursor.execute("INSERT OR REPLACE INTO last_writer (one, writer) VALUES (1, ?)", (writer,))
    return True


@contextmanager
def _library_errors() -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as fault:
        raise unavailable(fault) from fault
    except sqlite3.IntegrityError as fault:
        raise IntegrityError(fault) from fault
    except sqlite3.Error as fault:
        raise PersistenceError(fault) from fault


def leads(events: Sequence[StoredEvent]) -> list[tuple[UUID, int]]:
    """The first version each aggregate gets in ``events``; whatever is recorded must end right before it."""
    first: dict[UUID, int] = {}
    for event in events:
        first.setdefault(uuid_of(event), event.originator_version)
    return list(first.items())
