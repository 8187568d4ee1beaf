"""Who is logged in, on both kinds of database: for how long, and what is left behind."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text

from services.portal.database import Database, DatabaseAway
from services.portal.sessions import Sessions
from tests.integration.reporting import MovableClock
from tests.stores import Databases

pytestmark = pytest.mark.integration
KARI = uuid4()


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def database(databases: Databases) -> Iterator[Database]:
    made = Database(databases("portal"))
    yield made
    made.close()


@pytest.fixture
def sessions(database: Database, clock: MovableClock) -> Sessions:
    made = Sessions(database, clock)
    made.prepare()
    return made


def test_a_session_is_found_by_its_cookie_alone(sessions: Sessions) -> None:
    cookie, session = sessions.begin(KARI, "Kari Eksempel", level="high", login_hint="hint")
    assert sessions.find(cookie) == session
    assert sessions.find(session.id) is None
    assert sessions.find("") is None
    assert sessions.find("\udcff" * 5000) is None


def test_what_the_cookie_holds_is_not_in_the_database(sessions: Sessions, database: Database) -> None:
    cookie, _ = sessions.begin(KARI, "Kari Eksempel")
    with database.begin() as connection:
        (row,) = connection.execute(text("SELECT * FROM sessions")).all()
    assert cookie not in map(str, row)


def test_it_is_over_an_hour_after_something_was_last_done(sessions: Sessions, clock: MovableClock) -> None:
    cookie, _ = sessions.begin(KARI, "Kari Eksempel")
    clock.move(minutes=59)
    assert sessions.find(cookie)
    clock.move(minutes=59)
    assert sessions.find(cookie)
    clock.move(minutes=60)
    assert sessions.find(cookie) is None


def test_a_page_that_only_listens_does_not_prolong_it(sessions: Sessions, clock: MovableClock) -> None:
    cookie, session = sessions.begin(KARI, "Kari Eksempel")
    clock.move(minutes=40)
    listening = sessions.find(cookie, seen=False)
    assert listening is not None
    assert listening.ends == session.ends
    clock.move(minutes=20)
    assert sessions.find(cookie) is None


def test_it_is_over_ten_hours_after_logging_in_whatever_is_done(sessions: Sessions, clock: MovableClock) -> None:
    cookie, session = sessions.begin(KARI, "Kari Eksempel")
    for _ in range(19):
        clock.move(minutes=30)
        assert sessions.find(cookie)
    found = sessions.find(cookie)
    assert found is not None
    assert found.ends == session.began + timedelta(hours=10)
    clock.move(minutes=30)
    assert sessions.find(cookie) is None


def test_log_out_ends_one_session_and_no_other(sessions: Sessions) -> None:
    here, session = sessions.begin(KARI, "Kari Eksempel")
    elsewhere, _ = sessions.begin(KARI, "Kari Eksempel")
    sessions.end(session.id)
    assert sessions.find(here) is None
    assert sessions.find(elsewhere)
    sessions.end_all_of(KARI)
    assert sessions.find(elsewhere) is None


def test_what_is_over_leaves_the_table(sessions: Sessions, clock: MovableClock, database: Database) -> None:
    sessions.begin(KARI, "Kari Eksempel")
    clock.move(minutes=30)
    cookie, _ = sessions.begin(uuid4(), "Ola Eksempel")
    clock.move(minutes=31)
    assert sessions.sweep() == 1
    assert sessions.find(cookie)
    clock.move(hours=10)
    assert sessions.sweep() == 1
    with database.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM sessions")).scalar() == 0


def test_tables_are_made_once(sessions: Sessions) -> None:
    cookie, _ = sessions.begin(KARI, "Kari Eksempel")
    sessions.prepare()
    assert sessions.find(cookie)


def test_without_a_database_nobody_is_found(clock: MovableClock) -> None:
    sessions = Sessions(Database("postgresql://nobody@127.0.0.1:9/nothing"), clock)
    with pytest.raises(DatabaseAway):
        sessions.find("cookie")
