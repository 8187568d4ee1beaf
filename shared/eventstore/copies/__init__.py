"""A database copied as it was at one moment while its service goes on, and put back where it was.

An event log and a vault are copied the same way.  A SQLite file is copied whole; a PostgreSQL database table by
table in one transaction, with COPY, so that no program of a server's own version must be at hand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy.engine import make_url

from shared.eventstore.copies import postgres, sqlite
from shared.eventstore.copies.copied import Copied, CopyFault, InUse, kept_as

__all__ = ["Copied", "CopyFault", "InUse", "copy", "engine_of", "folder_of", "held_still", "kept_as", "put_back"]


def engine_of(url: str) -> str:
    """The kind of database: ``sqlite`` or ``postgresql``."""
    return make_url(url).get_backend_name()


def folder_of(url: str) -> Path | None:
    """Where the file of a database lies; None where a server keeps it."""
    return _file(url).parent if engine_of(url) == "sqlite" else None


def copy(url: str, into: Path, leave_out: Sequence[str] = ()) -> Copied:
    """The database as files in a new folder ``into``; rows of the tables ``leave_out`` are not copied."""
    into.mkdir(parents=True)
    if engine_of(url) == "sqlite":
        return sqlite.copy(_file(url), into, leave_out)
    return postgres.copy(url, into, leave_out)


@contextmanager
def held_still(url: str) -> Iterator[None]:
    """Keep every writer away from a service's event log while the block runs; :class:`InUse` where one is there."""
    if engine_of(url) == "sqlite":
        with sqlite.held_still(_file(url)):
            yield
    else:
        with postgres.held_still(url):
            yield


def put_back(url: str, files: Path, expected: Copied, make_tables: Callable[[str], None], at: datetime) -> str:
    """Make the database what the copy in ``files`` holds; where what was there before is kept, "" if nothing was.

    ``make_tables`` makes the tables of this version of the service in the empty database at a URL.  When anything
    goes wrong, or the copy is not as ``expected``, the database is as it was and :class:`CopyFault` tells why; when
    the process dies, it is as it was or as it is to be, and the same may be done again.
    """
    if engine_of(url) == "sqlite":
        return sqlite.put_back(_file(url), files, expected, at)
    return postgres.put_back(url, files, expected, make_tables, at)


def _file(url: str) -> Path:
    return Path(make_url(url).database or "")
