"""Whatever cannot be done now is told as a problem with a code of its own, and when to ask again."""

from __future__ import annotations

import sqlite3

import httpx
import pytest
from fastapi import FastAPI
from psycopg.errors import DeadlockDetected, DiskFull

from shared.desk import StandingBy, StorageFull, Unavailable
from shared.eventstore import StoreFull, StoreUnavailable, unavailable
from shared.problems import handle_problems

pytestmark = [pytest.mark.unit, pytest.mark.anyio]


@pytest.mark.parametrize(
    ("fault", "code", "seconds"),
    [
        (Unavailable("too many commands are waiting"), "unavailable", 2),
        (StandingBy("another process writes"), "standing_by", 2),
        (StorageFull("no room"), "storage_full", 30),
        (StoreUnavailable("gone"), "unavailable", 2),
        (StoreFull("no room"), "storage_full", 30),
    ],
)
async def test_it_has_a_code_and_says_when_to_ask_again(fault: Exception, code: str, seconds: int) -> None:
    app = FastAPI()
    handle_problems(app)

    @app.post("/things")
    async def asked() -> None:
        raise fault

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://service") as http:
        answer = await http.post("/things")
    assert (answer.status_code, answer.json()["code"]) == (503, code)
    assert answer.headers["Retry-After"] == f"{seconds}"
    assert answer.headers["Content-Type"] == "application/problem+json"


def _of_sqlite(number: int) -> sqlite3.OperationalError:
    fault = sqlite3.OperationalError("told by SQLite")
    fault.sqlite_errorcode = number
    return fault


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (DiskFull("could not extend file"), StoreFull),
        (DeadlockDetected("deadlock detected"), StoreUnavailable),
        (_of_sqlite(sqlite3.SQLITE_FULL), StoreFull),
        (_of_sqlite(sqlite3.SQLITE_IOERR_WRITE), StoreFull),
        (_of_sqlite(sqlite3.SQLITE_BUSY), StoreUnavailable),
    ],
)
def test_no_room_is_told_from_being_away(fault: Exception, told: type[Exception]) -> None:
    wrapped = OSError("what a library makes of it")
    wrapped.__cause__ = fault
    assert type(unavailable(fault)) is type(unavailable(wrapped)) is told
