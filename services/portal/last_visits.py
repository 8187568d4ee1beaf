"""When each person was last here, so that the start page can tell what happened since."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import BigInteger, Column, MetaData, Table, Text, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from services.portal.database import Database
from shared.clock import Clock

APART = timedelta(hours=1)
"""Who comes again within this is still on the same visit."""
KEPT = timedelta(days=400)
"""Most come once a year."""
_METADATA = MetaData()
_VISITS = Table(
    "last_visits",
    _METADATA,
    Column("person_id", Text, primary_key=True),
    Column("latest", BigInteger, nullable=False),
    Column("before", BigInteger),
)


class LastVisits:
    """Safe from any thread; every method waits for the database."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    def prepare(self) -> None:
        """Make the table if it is not there yet."""
        self._database.prepare(_METADATA)

    def came(self, person_id: UUID) -> datetime | None:
        """Note that somebody is here; when the visit before this one ended, None when there was none."""
        now, mine = _stamp(self._clock.now()), _VISITS.c.person_id == str(person_id)
        with self._database.begin() as connection:
            # Two pages opened at once are one visit.
            insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
            first = insert(_VISITS).values(person_id=str(person_id), latest=now).on_conflict_do_nothing()
            row = connection.execute(select(_VISITS).where(mine)).one_or_none()
            is_new = row is not None and now - row.latest >= APART / timedelta(milliseconds=1)
            before = None if row is None else row.latest if is_new else row.before
            newer = update(_VISITS).where(mine).values(latest=now, before=before)
            connection.execute(first if row is None else newer)
        return None if before is None else datetime.fromtimestamp(before / 1000, UTC)

    def sweep(self) -> int:
        """Forget those who have not come for long; how many they were."""
        old = _VISITS.c.latest < _stamp(self._clock.now() - KEPT)
        with self._database.begin() as connection:
            return int(connection.execute(delete(_VISITS).where(old)).rowcount)


def _stamp(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
