"""The event store in a PostgreSQL database: positions in commit order, one stored function call per write."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from typing import Any, cast
from uuid import UUID
from zlib import crc32

from eventsourcing.persistence import IntegrityError, InterfaceError, OperationalError, StoredEvent, Tracking
from eventsourcing.postgres import PostgresDatastore, PostgresProcessRecorder
from psycopg import Connection, Cursor, DatabaseError
from psycopg.rows import DictRow
from psycopg.sql import SQL, Identifier, Literal

from shared.eventstore.faults import unavailable
from shared.eventstore.recording import CALL, NEVER_CHANGED, NONE_OBJECTS, NOT_WHOLE, RECORD, RECORD_ALL, SNAPSHOT
from shared.eventstore.rows import EVENTS_TABLE, SNAPSHOTS_TABLE, grouped
from shared.eventstore.work import Receipt, Verdict, Work

PATIENCE: Mapping[str, int] = {
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
"""How soon a connection counts as broken whose other end says nothing: without it hours may pass."""
_PREPARING = crc32(b"aarring.preparing")


class PostgresDatabase(PostgresDatastore):
    """The library's datastore, where whoever meets a database that is away is told after one time-out.

    The library asks ten times over, nearly a minute, and the desk's one writer would stand still for all of it.
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.pool.kwargs = {**cast(dict[str, Any], self.pool.kwargs), **PATIENCE}

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
                with connection.pipeline():
                    return self._written(connection, works, whole=True)
            except DatabaseError as fault:
                if fault.sqlstate != NOT_WHOLE:
                    raise
            return self._written(connection, works, whole=False)

    def _written(self, connection: Connection[DictRow], works: Sequence[Work], *, whole: bool) -> list[Receipt]:
        told, writing = connection.cursor(), connection.cursor()
        with connection.transaction():
            told.execute(self._call, self._arguments(works, whole=whole), prepare=True)
            receipts = [] if whole else _receipts(told)
            recorded = works if whole else _recorded(works, receipts)
            for statement, rows in grouped((change for work in recorded for change in work.changes), "postgresql"):
                writing.executemany(statement, rows)
            snapshots = [_as_row(snapshot) for work in recorded for snapshot in work.snapshots]
            if snapshots:
                writing.executemany(self._snapshot, snapshots)
        return receipts or _receipts(told)

    @staticmethod
    def _arguments(works: Sequence[Work], *, strict: bool = True, whole: bool = False) -> list[Any]:
        events = [(n, e) for n, work in enumerate(works) for e in work.events]
        outcomes = [(n, work.outcome) for n, work in enumerate(works) if work.outcome]
        tracking = [(n, work.tracking, work.tracked_before) for n, work in enumerate(works) if work.tracking]
        upon = [(n, number) for n, work in enumerate(works) for number in work.upon]
        return [
            strict,
            whole,
            len(works),
            [n for n, _ in events],
            [e.originator_id for _, e in events],
            [e.originator_version for _, e in events],
            [e.topic for _, e in events],
            [e.state for _, e in events],
            [n for n, _ in outcomes],
            [str(o.command_id) for _, o in outcomes],
            [o.digest for _, o in outcomes],
            [o.answer for _, o in outcomes],
            [n for n, _, _ in tracking],
            [t.application_name for _, t, _ in tracking],
            [before for _, _, before in tracking],
            [t.notification_id for _, t, _ in tracking],
            [n for n, _ in upon],
            [number for _, number in upon],
            works[0].writer if works else "",
            [n for n, work in enumerate(works) if work.remembers],
        ]

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
