"""A SQLite file copied by SQLite itself: one read, which no writer waits for and none can change."""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from shared.eventstore.copies.copied import Copied, CopyFault, InUse, kept_as
from shared.eventstore.rows import EVENTS_TABLE

FILE = "database.db"
PATIENCE = 60.0
"""Seconds to wait for a writer that holds the file."""


def copy(file: Path, into: Path, leave_out: Sequence[str]) -> Copied:
    """The file as one file in ``into``."""
    if not file.exists():
        raise CopyFault(f"there is no database {file}")
    try:
        with (
            closing(sqlite3.connect(file, timeout=PATIENCE)) as live,
            closing(sqlite3.connect(into / FILE, isolation_level=None)) as copied,
        ):
            live.backup(copied)
            for table in set(leave_out) & _tables(copied):
                copied.execute(f'DELETE FROM "{table}"')
            copied.execute("PRAGMA journal_mode = DELETE")
            # What was deleted, keys above all, lingers in the free pages of a file until it is written anew.
            copied.execute("VACUUM")
            return _stand(copied)
    except sqlite3.Error as fault:
        raise CopyFault(f"{file} could not be copied: {fault}") from fault


@contextmanager
def held_still(file: Path) -> Iterator[None]:
    """Hold the lock that a writing service holds as long as it lives."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with Path(f"{file}.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InUse(f"a service is writing to {file}") from None
        _must_be_alone(file)
        yield


def put_back(file: Path, files: Path, expected: Copied, at: datetime) -> str:
    """Set the copy in the place of the file, which is kept beside it under another name."""
    incoming, kept = file.with_name(f"{file.name}.incoming"), file.with_name(f"{file.name}.{kept_as(at)}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(files / FILE, incoming)
        _must_be_whole(incoming, expected)
        _sync(incoming)
        before = _keep(file, kept)
        incoming.replace(file)
        _sync(file.parent)
    except (OSError, sqlite3.Error) as fault:
        incoming.unlink(missing_ok=True)
        raise CopyFault(f"the copy of {file.name} cannot be used: {fault}") from fault
    return str(kept) if before else ""


def _keep(file: Path, kept: Path) -> bool:
    """The file under a second name, while it still has its own; False where there is none."""
    if not file.exists():
        return False
    _must_be_alone(file)
    # Whole files have no journals now. What is left of a broken one belongs to it, never to what takes its place.
    for suffix in ("-wal", "-shm", "-journal"):
        if Path(f"{file}{suffix}").exists():
            Path(f"{file}{suffix}").rename(f"{kept}{suffix}")
    try:
        kept.hardlink_to(file)
    except FileExistsError:
        raise
    except OSError:  # a file system whose files have one name each
        shutil.copyfile(file, kept)
        _sync(kept)
    _sync(file.parent)
    return True


def _must_be_alone(file: Path) -> None:
    """Nobody has the file open, not even a standby: it would go on with the file that is replaced."""
    if not file.exists():
        return
    with closing(sqlite3.connect(file, timeout=1.0)) as database:
        try:
            # Whoever reads first undoes what a process that died had begun.
            database.execute("SELECT count(*) FROM sqlite_master").fetchall()
            # SQLite gives up the write-ahead log for the last one who has the file open, and for no other.
            database.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.OperationalError as fault:
            raise InUse(f"somebody has {file} open") from fault
        except sqlite3.DatabaseError:
            return  # no database any more: whatever it is, it is replaced


def _must_be_whole(file: Path, expected: Copied) -> None:
    with closing(sqlite3.connect(file)) as copied:
        answer = copied.execute("PRAGMA integrity_check").fetchone()[0]
        if answer != "ok":
            raise sqlite3.DatabaseError(answer)
        if _stand(copied) != expected:
            raise sqlite3.DatabaseError("its log does not end where it should")


def _tables(database: sqlite3.Connection) -> set[str]:
    return {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def _stand(database: sqlite3.Connection) -> Copied:
    if EVENTS_TABLE not in _tables(database):
        return Copied()
    head = database.execute(f"SELECT max(notification_id) FROM {EVENTS_TABLE}").fetchone()[0] or 0
    return Copied(
        head, dict(database.execute("SELECT application_name, max(notification_id) FROM tracking GROUP BY 1"))
    )


def _sync(path: Path) -> None:
    """A file, or a name in a folder, is on the disk only once it was flushed."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
