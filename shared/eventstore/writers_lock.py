"""Which process writes to a store: a lock beside the SQLite file, or one that a PostgreSQL keeps for a connection."""

from __future__ import annotations

import asyncio
import fcntl
import time
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, LiteralString, Protocol
from zlib import crc32

import psycopg
from sqlalchemy.engine import URL

from shared.eventstore.work import StoreUnavailable

BEAT = 2.0
"""Seconds between two looks whether the connection still answers."""
TRUSTED = 10.0
"""Seconds for which an answer is believed: after that the lock counts as lost, whatever holds up the next one."""
ENDED_AFTER = 20
"""Seconds without a word after which the database ends the connection of a process that is frozen or cut off.

Longer than :data:`TRUSTED`, so that a holder stops before the lock can be another's.
"""
KEY = crc32(b"aarring.writer")


class WritersLock(Protocol):
    """Held by one process at a time, and free when that process is gone, however it ended."""

    @property
    def is_held(self) -> bool:
        """Whether this process holds it, as far as can be known this moment."""
        ...

    async def take(self) -> bool:
        """Take it if it is free; :class:`StoreUnavailable` when that cannot be learnt."""
        ...

    async def lost(self) -> None:
        """Wait until it is no longer held."""
        ...

    async def release(self) -> None:
        """Let go of it, held or not."""
        ...


def writers_lock(url: URL) -> WritersLock:
    """The lock of the store at ``url``."""
    return FileLock(f"{url.database}.lock") if url.get_backend_name() == "sqlite" else AdvisoryLock(url)


class FileLock:
    """A lock on a file beside the database; the operating system frees it when the process dies."""

    def __init__(self, path: str) -> None:
        self._path = Path(path)
        self._file: IO[str] | None = None

    @property
    def is_held(self) -> bool:
        return self._file is not None

    async def take(self) -> bool:
        if self._file is None:
            self._file = await asyncio.to_thread(self._locked)
        return self.is_held

    def _locked(self) -> IO[str] | None:
        try:
            file = self._path.open("w")
        except OSError as fault:
            raise StoreUnavailable(str(fault)) from fault
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return None
        return file

    async def lost(self) -> None:
        await asyncio.Event().wait()

    async def release(self) -> None:
        if self._file:
            self._file.close()
            self._file = None


class AdvisoryLock:
    """A session's advisory lock on a connection of its own, which is watched all the time.

    It must be a connection to the server itself: a pooler that lends one connection to many would lend the lock.
    """

    def __init__(
        self, url: URL, *, beat: float = BEAT, trusted: float = TRUSTED, ended_after: int = ENDED_AFTER
    ) -> None:
        self._url = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._beat, self._trusted, self._ended_after = beat, trusted, ended_after
        self._connection: psycopg.AsyncConnection[Any] | None = None
        self._holds = False
        self._trusted_until = 0.0

    @property
    def is_held(self) -> bool:
        return self._holds and time.monotonic() < self._trusted_until

    async def take(self) -> bool:
        try:
            connection = self._connection = self._connection or await self._connect()
            self._holds = await self._asked(connection, "SELECT pg_try_advisory_lock(%s)", KEY)
        except (psycopg.Error, OSError) as fault:
            await self.release()
            raise StoreUnavailable(str(fault)) from fault
        return self._holds

    async def lost(self) -> None:
        with suppress(psycopg.Error, OSError):
            while (connection := self._connection) and self._holds:
                # Nobody notifies anything: it ends when the time is over, or at once when the connection breaks.
                async for _ in connection.notifies(timeout=self._beat):
                    pass
                await self._asked(connection, "SELECT true")
        self._holds = False

    async def release(self) -> None:
        self._holds = False
        connection, self._connection = self._connection, None
        if connection:
            await connection.close()

    async def _connect(self) -> psycopg.AsyncConnection[Any]:
        return await psycopg.AsyncConnection.connect(
            self._url,
            autocommit=True,
            connect_timeout=5,
            keepalives_idle=5,
            keepalives_interval=2,
            keepalives_count=3,
            options=f"-c idle_session_timeout={self._ended_after}s",
            application_name="aarring-writer",
        )

    async def _asked(self, connection: psycopg.AsyncConnection[Any], question: LiteralString, *about: int) -> bool:
        since = time.monotonic()
        async with asyncio.timeout(self._trusted):
            answer = await (await connection.execute(question, about or None)).fetchone()
        self._trusted_until = since + self._trusted
        return bool(answer and answer[0])
