"""What a database says when it cannot be used now: that it is away or busy, or that there is no room left."""

from __future__ import annotations

import sqlite3

from shared.eventstore.work import StoreFull, StoreUnavailable

_FULL_SQLSTATE = "53100"
_FULL = {
    sqlite3.SQLITE_FULL,
    # A file that may not grow, by a quota or a limit, is told as a write that failed.
    sqlite3.SQLITE_IOERR_WRITE,
}


def unavailable(fault: BaseException) -> StoreUnavailable:
    """``fault`` of a driver in our own words; it may stand as the cause of what a library made of it."""
    told = fault.__cause__ or fault
    full = getattr(told, "sqlstate", None) == _FULL_SQLSTATE or getattr(told, "sqlite_errorcode", None) in _FULL
    return StoreFull(str(told)) if full else StoreUnavailable(str(told))
