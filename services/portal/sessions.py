"""Who is logged in: a session lives in a table here, and the browser holds nothing but its unguessable name."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, MetaData, Row, Table, Text, delete, or_, select, update

from services.portal.database import Database
from shared.clock import Clock

COOKIE = "__Host-sid"
"""The browser sends a cookie of this prefix to the host that set it alone, and over TLS (or to localhost)."""
IDLE = timedelta(minutes=60)
LONGEST = timedelta(hours=10)
SEEN_EVERY = timedelta(minutes=1)
"""How exactly it is recorded when somebody was last seen: not every saved word need write here as well."""
_METADATA = MetaData()
_SESSIONS = Table(
    "sessions",
    _METADATA,
    Column("id", Text, primary_key=True),
    Column("person_id", Text, nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("csrf", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("login_hint", Text, nullable=False),
    Column("began", BigInteger, nullable=False),
    Column("seen", BigInteger, nullable=False, index=True),
)
"""The id is the hash of what the cookie holds: who reads the table cannot take a session over."""


@dataclass(frozen=True)
class Session:
    """One person's visit, from login to log-out; ``login_hint`` is what the identity provider wants at log-out."""

    id: str
    person_id: UUID
    name: str
    csrf: str
    level: str
    began: datetime
    seen: datetime
    login_hint: str = ""

    @property
    def ends(self) -> datetime:
        """When it is over unless the person does something; at the latest ``LONGEST`` after it began."""
        return min(self.seen + IDLE, self.began + LONGEST)


class Sessions:
    """The sessions there are.  Safe from any thread; every method waits for the database, or finds it away."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    def prepare(self) -> None:
        """Make the table if it is not there yet."""
        self._database.prepare(_METADATA)

    def begin(self, person_id: UUID, name: str, *, level: str = "", login_hint: str = "") -> tuple[str, Session]:
        """A new session, and what its cookie is to hold; it is never stored."""
        cookie, now = secrets.token_urlsafe(32), self._clock.now()
        csrf = secrets.token_urlsafe(32)
        session = Session(_hashed(cookie), person_id, name, csrf, level, now, now, login_hint)
        with self._database.begin() as connection:
            connection.execute(_SESSIONS.insert().values(**_row(session)))
        return cookie, session

    def find(self, cookie: str, *, seen: bool = True) -> Session | None:
        """The session of a cookie unless it is over; with ``seen`` it goes on from now."""
        with self._database.begin() as connection:
            row = connection.execute(select(_SESSIONS).where(_SESSIONS.c.id == _hashed(cookie))).one_or_none()
        session = _session(row) if row is not None else None
        now = self._clock.now()
        if session is None or session.ends <= now:
            return None
        return self._seen(session, now) if seen else session

    def end(self, id: str) -> None:
        """It is over, whatever the cookie says."""
        with self._database.begin() as connection:
            connection.execute(delete(_SESSIONS).where(_SESSIONS.c.id == id))

    def end_all_of(self, person_id: UUID) -> None:
        """Log somebody out everywhere."""
        with self._database.begin() as connection:
            connection.execute(delete(_SESSIONS).where(_SESSIONS.c.person_id == str(person_id)))

    def sweep(self) -> int:
        """Remove those that are over; how many they were."""
        now = self._clock.now()
        over = or_(_SESSIONS.c.seen <= _stamp(now - IDLE), _SESSIONS.c.began <= _stamp(now - LONGEST))
        with self._database.begin() as connection:
            return int(connection.execute(delete(_SESSIONS).where(over)).rowcount)

    def status(self) -> Mapping[str, Any]:
        """Whether the table answers."""
        with self._database.begin() as connection:
            connection.execute(select(_SESSIONS.c.id).limit(1)).all()
        return {"ok": True}

    def _seen(self, session: Session, now: datetime) -> Session:
        if now - session.seen < SEEN_EVERY:
            return session
        with self._database.begin() as connection:
            row = _SESSIONS.c.id == session.id
            connection.execute(update(_SESSIONS).where(row).values(seen=_stamp(now)))
        return replace(session, seen=now)


def _hashed(cookie: str) -> str:
    return hashlib.sha256(cookie.encode(errors="surrogatepass")).hexdigest()


def _stamp(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _moment(stamp: int) -> datetime:
    return datetime.fromtimestamp(stamp / 1000, UTC)


def _row(session: Session) -> dict[str, Any]:
    return {
        **{name: getattr(session, name) for name in ("id", "name", "csrf", "level", "login_hint")},
        "person_id": str(session.person_id),
        "began": _stamp(session.began),
        "seen": _stamp(session.seen),
    }


def _session(row: Row[Any]) -> Session:
    return Session(
        id=row.id,
        person_id=UUID(row.person_id),
        name=row.name,
        csrf=row.csrf,
        level=row.level,
        began=_moment(row.began),
        seen=_moment(row.seen),
        login_hint=row.login_hint,
    )
