"""The event store in a PostgreSQL database: positions in commit order, one stored function call per write."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID
from zlib import crc32

from eventsourcing.persistence import IntegrityError, StoredEvent, Tracking
from eventsourcing.postgres import PostgresDatastore, PostgresProcessRecorder
from psycopg import Connection, Cursor, DatabaseError
from psycopg.rows import DictRow, tuple_row
from psycopg.sql import SQL, Identifier, Literal

from shared.eventstore.parameters import batch_of, json_of
from shared.eventstore.recording import (
    CALL,
    NEVER_CHANGED,
    NONE_OBJECTS,
    NOT_WHOLE,
    OUTCOMES,
    RECORD,
    RECORD_ALL,
    SNAPSHOT,
)
from shared.eventstore.rows import EVENTS_TABLE, SNAPSHOTS_TABLE, as_sql, grouped, upsert_all_sql
from shared.eventstore.work import Outcome, Put, Receipt, Verdict, Work, taken_as_new, withheld


class PostgresEventRecorder(PostgresProcessRecorder):
    """The library's process recorder, writing through one stored function of its own.

    The stock way locks the whole table over several round trips, which stops VACUUM and CREATE INDEX and all
    other writers for as long as Python takes; an advisory transaction lock inside one function call keeps the
    same promise (positions in commit order, so followers miss nothing) and is held only while the database works.
    """

    def __init__(self, datastore: PostgresDatastore, *, events_table_name: str = EVENTS_TABLE) -> None:
        if datastore.enable_db_functions:
            raise ValueError("POSTGRES_ENABLE_DB_FUNCTIONS stores no tracking and takes no lock: keep it off")
        super().__init__(datastore, events_table_name=events_table_name, tracking_table_name="tracking")
        names = self._names(datastore.schema)
        self._call = SQL(CALL).format(**names).as_string()
        self._snapshot = SQL(SNAPSHOT).format(**names).as_string()
        self._outcomes = SQL(OUTCOMES).format(**names).as_string()
        self.sql_create_statements += [
            SQL(
                "CREATE TABLE IF NOT EXISTS {schema}.outcomes (command_id text PRIMARY KEY, "
                "digest bytea NOT NULL, answer text NOT NULL, position bigint)"
            ).format(**names),
            SQL(
                "ALTER TABLE {schema}.{events} ADD COLUMN IF NOT EXISTS "
                "created_at timestamptz NOT NULL DEFAULT clock_timestamp()"
            ).format(**names),
            SQL("CREATE TABLE IF NOT EXISTS {schema}.last_writer (one int PRIMARY KEY, writer text NOT NULL)").format(
                **names
            ),
            *(SQL(made).format(**names) for made in (NEVER_CHANGED, NONE_OBJECTS, RECORD_ALL, RECORD)),
        ]

    def _names(self, schema: str) -> dict[str, Identifier | Literal]:
        """What the statements call their tables, functions and numbers."""
        events = self.events_table_name
        return {
            "schema": Identifier(schema),
            "events": Identifier(events),
            "tracking": Identifier(self.tracking_table_name),
            "snapshots": Identifier(SNAPSHOTS_TABLE),
            "record": Identifier(f"{events}_record"),
            "record_all": Identifier(f"{events}_record_all"),
            "none_objects": Identifier(f"{events}_none_objects"),
            "guard": Identifier(f"{events}_never_changed"),
            "not_whole": Literal(NOT_WHOLE),
            "lock": Literal(crc32(f"{schema}.{events}".encode())),
        }

    def create_table(self) -> None:
        """Make what is not there as this version wants it; what is there is not touched.

        Making it again would lock the log against everybody, also when another process is writing to it.
        """
        made = sha256(
            b"".join(statement.as_string().encode() for statement in self.sql_create_statements)
        ).hexdigest()
        table = f"{self.datastore.schema}.{self.events_table_name}"
        with self.datastore.transaction() as cursor:
            row = cursor.execute("SELECT obj_description(to_regclass(%s), 'pg_class') AS made", (table,)).fetchone()
        if row and row["made"] == made:
            return
        super().create_table()
        with self.datastore.transaction(commit=True) as cursor:
            cursor.execute(SQL("COMMENT ON TABLE {} IS {}").format(Identifier(*table.split(".")), Literal(made)))

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        """Insert events (and tracking) as the library asks for it, without judging versions beforehand."""
        tracking: Tracking | None = kwargs.get("tracking")
        with self.datastore.get_connection() as connection, connection.cursor() as cursor:
            cursor.execute(self._call, self._arguments([Work(stored_events, tracking=tracking)], strict=False))
            row = cursor.fetchone()
        if row is None or row["verdict"] != Verdict.RECORDED:
            raise IntegrityError(f"tracked already: {tracking}")
        return list(row["positions"])

    def record(self, works: Sequence[Work]) -> list[Receipt]:
        """Write ``works`` in one transaction; one that cannot be written changes nothing and spoils no other.

        Most often all can be, so all is sent at once, the commit with it; where not all can be, nothing is written
        by that, and then each that can.
        """
        with self.datastore.get_connection() as connection:
            try:
                return self._written_at_once(connection, works)
            except DatabaseError as fault:
                if fault.sqlstate != NOT_WHOLE:
                    raise
                connection.rollback()
            if done := {outcome.command_id for outcome in self._done(connection, taken_as_new(works))}:
                return withheld(works, done)
            return self._written_each(connection, works)

    def _written_at_once(self, connection: Connection[DictRow], works: Sequence[Work]) -> list[Receipt]:
        """No answer is waited for before the commit is sent; without it nothing stays, whatever broke on the way."""
        told = connection.cursor()
        with connection.pipeline():
            connection.execute("BEGIN")
            told.execute(self._call, self._arguments(works, whole=True), prepare=True)
            self._write_rows(connection.cursor(), works)
            connection.execute("COMMIT")
        return _receipts(told)

    def _written_each(self, connection: Connection[DictRow], works: Sequence[Work]) -> list[Receipt]:
        with connection.transaction():
            receipts = _receipts(connection.execute(self._call, self._arguments(works), prepare=True))
            self._write_rows(connection.cursor(), _recorded(works, receipts))
        return receipts

    def _write_rows(self, cursor: Cursor[DictRow], works: Sequence[Work]) -> None:
        for change, rows in grouped(change for work in works for change in work.changes):
            if isinstance(change, Put):
                cursor.execute(upsert_all_sql(change), {"rows": json_of(rows)}, prepare=True)
            else:
                cursor.executemany(as_sql(change, "postgresql"), rows)
        snapshots = [_as_row(snapshot) for work in works for snapshot in work.snapshots]
        if snapshots:
            cursor.executemany(self._snapshot, snapshots)

    def outcomes(self, command_ids: Sequence[UUID]) -> list[Outcome]:
        """What those of the commands answered that were done."""
        with self.datastore.get_connection() as connection:
            return self._done(connection, command_ids)

    def _done(self, connection: Connection[DictRow], command_ids: Sequence[UUID]) -> list[Outcome]:
        with connection.cursor(row_factory=tuple_row) as cursor:
            cursor.execute(self._outcomes, (json_of(command_ids),), prepare=True)
            return [Outcome(UUID(id), digest, answer, position) for id, digest, answer, position in cursor]

    @staticmethod
    def _arguments(works: Sequence[Work], *, strict: bool = True, whole: bool = False) -> list[Any]:
        return [strict, whole, len(works), batch_of(works), works[0].writer if works else ""]

    def version_at(self, originator_id: UUID, moment: datetime) -> int:
        """The last version recorded at or before ``moment``; 0 when there was none."""
        statement = (
            f"SELECT max(originator_version) AS version FROM {self.events_table_name} "
            "WHERE originator_id = %s AND created_at <= %s"
        )
        with self.datastore.get_connection() as connection, connection.cursor() as cursor:
            cursor.execute(statement, (originator_id, moment))
            row = cursor.fetchone()
        return (row and row["version"]) or 0

    def created(self, originator_id: UUID) -> dict[int, tuple[int, datetime]]:
        """Position and moment of commit of each version of an aggregate."""
        statement = (
            f"SELECT originator_version, notification_id, created_at FROM {self.events_table_name} "
            "WHERE originator_id = %s"
        )
        with self.datastore.get_connection() as connection, connection.cursor() as cursor:
            cursor.execute(statement, (originator_id,))
            return {r["originator_version"]: (r["notification_id"], r["created_at"]) for r in cursor.fetchall()}

    def position_before(self, position: int, topics: Sequence[str]) -> int:
        """The last position up to ``position`` that holds one of ``topics``; 0 when there is none."""
        statement = (
            f"SELECT notification_id FROM {self.events_table_name} WHERE notification_id <= %s "
            "AND topic = ANY(%s) ORDER BY notification_id DESC LIMIT 1"
        )
        with self.datastore.get_connection() as connection, connection.cursor() as cursor:
            cursor.execute(statement, (position, list(topics)))
            row = cursor.fetchone()
        return row["notification_id"] if row else 0


def _receipts(cursor: Cursor[DictRow]) -> list[Receipt]:
    return [Receipt(Verdict(row["verdict"]), row["positions"], row["others"]) for row in cursor.fetchall()]


def _recorded(works: Sequence[Work], receipts: Sequence[Receipt]) -> Sequence[Work]:
    pairs = zip(works, receipts, strict=True)
    return [work for work, receipt in pairs if receipt.verdict is Verdict.RECORDED]


def _as_row(stored: StoredEvent) -> tuple[Any, ...]:
    return stored.originator_id, stored.originator_version, stored.topic, stored.state
