"""The log of a service: units of work whole or not at all, in the order of commit, never changed afterwards."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Any, cast
from uuid import UUID, uuid4

import psycopg
import pytest
from eventsourcing.persistence import PersistenceError
from eventsourcing.postgres import PostgresDatastore
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import DatabaseError

from shared.eventstore import (
    Change,
    Drop,
    EventStore,
    Outcome,
    Put,
    Receipt,
    StoreUnavailable,
    Tracking,
    Verdict,
    Work,
)
from shared.eventstore.postgres import PostgresEventRecorder
from tests.eventually import eventually
from tests.servers import PostgresServer
from tests.stores import Databases, postgres_databases
from tests.tally import METADATA, TALLIES, Tally, facts, tally_id

pytestmark = pytest.mark.integration


@pytest.fixture
def store(databases: Databases) -> Iterator[EventStore]:
    opened = EventStore(databases("store"), [METADATA])
    yield opened
    opened.close()


def work(store: EventStore, amount: int, after: int, name: str = "one", **more: Any) -> Work:
    """One addition to a tally that stands at version ``after``."""
    return Work(store.stored(facts(amount, after, thing_id=tally_id(name))), **more)


def verdicts(receipts: Sequence[Receipt]) -> list[str]:
    return [receipt.verdict for receipt in receipts]


def outcome(key: UUID | None = None) -> Outcome:
    return Outcome(key or uuid4(), b"digest", "{}")


def put(name: str, total: int) -> Put:
    return Put(TALLIES, {"id": name, "total": total})


def rows(store: EventStore) -> dict[str, int]:
    return {row["id"]: row["total"] for row in store.rows(select(TALLIES))}


# Verdicts.


def test_a_work_is_recorded_with_all_that_belongs_to_it(store: EventStore) -> None:
    key = uuid4()
    [receipt] = store.record(
        [work(store, 3, 0, outcome=outcome(key), changes=[put("a", 3)], tracking=Tracking("registry", 7))]
    )
    assert (receipt.verdict, list(receipt.positions)) == (Verdict.RECORDED, [1, 2])
    assert (store.head(), rows(store), store.tracked("registry")) == (2, {"a": 3}, 7)
    assert store.outcome(key) == replace(outcome(key), position=2)
    assert store.outcome(uuid4()) is None


@pytest.mark.parametrize("after", [0, 1, 3])
def test_a_work_on_what_has_moved_on_is_stale(store: EventStore, after: int) -> None:
    store.record([work(store, 3, 0)])
    refused = work(store, 5, after, outcome=outcome(), changes=[put("a", 5)], tracking=Tracking("registry", 7))
    assert verdicts(store.record([refused])) == ["stale"]
    assert (store.head(), rows(store), store.tracked("registry")) == (2, {}, 0)
    assert refused.outcome
    assert store.outcome(refused.outcome.command_id) is None


def test_a_command_recorded_before_is_repeated(store: EventStore) -> None:
    key = uuid4()
    store.record([work(store, 3, 0, outcome=outcome(key))])
    assert verdicts(store.record([work(store, 3, 2, outcome=outcome(key), changes=[put("a", 5)])])) == ["repeated"]
    assert (store.head(), rows(store)) == (2, {})


@pytest.mark.parametrize("position", [3, 7])
def test_a_position_tracked_before_is_heard(store: EventStore, position: int) -> None:
    store.record([Work(tracking=Tracking("registry", 7))])
    again = work(store, 3, 0, tracking=Tracking("registry", position), changes=[put("a", 5)])
    assert verdicts(store.record([again])) == ["heard"]
    assert (store.head(), rows(store), store.tracked("registry")) == (0, {}, 7)


@pytest.mark.parametrize(("before", "verdict"), [(None, "recorded"), (7, "recorded"), (0, "stale"), (5, "stale")])
def test_tracking_may_follow_exactly_one_position(store: EventStore, before: int | None, verdict: str) -> None:
    store.record([Work(tracking=Tracking("registry", 7))])
    assert verdicts(store.record([Work(tracking=Tracking("registry", 9), tracked_before=before)])) == [verdict]


def test_each_work_of_a_batch_succeeds_or_fails_alone(store: EventStore) -> None:
    key = uuid4()
    batch = [
        work(store, 1, 0, "one", outcome=outcome(key), changes=[put("one", 1)]),
        work(store, 2, 5, "two", changes=[put("two", 2)]),
        work(store, 4, 2, "one", outcome=outcome(key), changes=[put("one", 4)]),
        work(store, 8, 0, "two", tracking=Tracking("registry", 1)),
        work(store, 16, 2, "two", tracking=Tracking("registry", 1)),
        work(store, 32, 2, "one", changes=[put("one", 33)]),
        work(store, 64, 2, "one"),
    ]
    receipts = store.record(batch)
    assert verdicts(receipts) == ["recorded", "stale", "repeated", "recorded", "heard", "recorded", "stale"]
    assert [list(receipt.positions) for receipt in receipts if receipt.positions] == [[1, 2], [3, 4], [5]]
    assert rows(store) == {"one": 33}


def test_a_work_on_two_things_is_stale_when_one_of_them_has_moved(store: EventStore) -> None:
    store.record([work(store, 1, 0, "one")])
    both = [*work(store, 2, 2, "one").events, *work(store, 2, 2, "two").events]
    assert verdicts(store.record([Work(both)])) == ["stale"]


def test_rows_are_put_replaced_and_dropped(store: EventStore) -> None:
    store.record([Work(changes=[put("a", 1), put("b", 2)])])
    store.record([Work(changes=[put("a", 3), Drop(TALLIES, {"id": "b"})])])
    assert rows(store) == {"a": 3}


def test_a_row_that_cannot_be_written_takes_the_whole_batch_with_it(store: EventStore) -> None:
    broken = work(store, 1, 0, "two", changes=[Put(TALLIES, {"id": "a", "total": None})])
    with pytest.raises(PersistenceError):
        store.record([work(store, 1, 0), broken])
    assert store.head() == 0
    assert verdicts(store.record([work(store, 1, 0)])) == ["recorded"]


def test_what_was_sent_before_something_that_cannot_be_written_is_not_written_either(store: EventStore) -> None:
    store.record([Work(changes=[put("a", 1)])])
    key, first = uuid4(), work(store, 1, 0)
    changes: list[Change] = [put("b", 2), Drop(TALLIES, {"id": "a"})]
    broken = replace(first.events[0], originator_version=cast(int, None))
    with pytest.raises(PersistenceError):
        store.record([replace(first, outcome=outcome(key), changes=changes, snapshots=[first.events[0], broken])])
    assert (store.head(), store.outcome(key), rows(store)) == (0, None, {"a": 1})
    assert verdicts(store.record([replace(first, outcome=outcome(key), changes=changes)])) == ["recorded"]
    assert rows(store) == {"b": 2}


# Never changed.


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE stored_events SET state = state",
        "UPDATE stored_events SET notification_id = notification_id + 100",
        "DELETE FROM stored_events",
        "DELETE FROM stored_events WHERE notification_id = 2",
        "TRUNCATE stored_events",
    ],
)
def test_what_was_recorded_is_never_changed(store: EventStore, statement: str) -> None:
    if store.url.get_backend_name() == "sqlite" and statement.startswith("TRUNCATE"):
        statement = "DELETE FROM stored_events"  # SQLite has no other way to empty a table
    store.record([work(store, 3, 0)])
    before = store.recorder.select_notifications(None, 10)
    driver = {"postgresql": "postgresql+psycopg", "sqlite": "sqlite"}[store.url.get_backend_name()]
    engine = create_engine(store.url.set(drivername=driver))
    with pytest.raises(DatabaseError, match="what was recorded is never changed"), engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()
    assert store.recorder.select_notifications(None, 10) == before


# Several at once.


def test_a_reader_who_follows_the_log_misses_nothing_while_many_write(store: EventStore) -> None:
    threads, each = 8, 40
    seen: list[int] = []
    written = threading.Event()

    def write(writer: int) -> None:
        for after in range(each):
            again = work(store, 1, after + 1 if after else 0, f"writer {writer}")
            eventually(partial(_recorded, store, again))

    def follow() -> None:
        while True:
            ended = written.is_set()
            while found := store.log(seen[-1] if seen else 0, 7):
                seen.extend(position for position, _ in found)
            if ended:
                return

    with ThreadPoolExecutor(threads + 1) as pool:
        follower = pool.submit(follow)
        for done in [pool.submit(write, n) for n in range(threads)]:
            done.result(60)
        written.set()
        follower.result(60)
    assert seen == [position for position, _ in store.log(0, 10_000)]
    assert len(seen) == threads * (each + 1)


def test_closing_waits_for_those_who_read(databases: Databases) -> None:
    store = EventStore(databases("closing"), [METADATA])
    store.record([work(store, 1, 0)])
    ended: list[BaseException] = []

    def read() -> None:
        try:
            while True:
                store.load(Tally, tally_id())
        except PersistenceError as closed:
            ended.append(closed)

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    store.close()
    for reader in readers:
        reader.join(30)
    assert len(ended) == 4


def test_a_sqlite_store_is_a_file() -> None:
    with pytest.raises(ValueError, match="is a file"):
        EventStore("sqlite://")


def test_a_database_that_is_gone_is_unavailable_after_one_time_out(postgres: PostgresServer) -> None:
    url = postgres_databases(postgres)("dropped")
    store = EventStore(url)
    store.ping()
    with psycopg.connect(url.rsplit("/", 1)[0] + "/postgres", autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {url.rsplit('/', 1)[1]} WITH (FORCE)".encode())
    with pytest.raises(StoreUnavailable):
        store.ping()
    with pytest.raises(StoreUnavailable):
        store.outcome(uuid4())
    began = time.monotonic()
    with pytest.raises(StoreUnavailable):
        store.load(Tally, tally_id())
    assert time.monotonic() - began < 40
    store.close()


def test_the_librarys_own_database_functions_stay_off() -> None:
    datastore = PostgresDatastore("db", "host", 1, "user", "password", enable_db_functions=True)
    with pytest.raises(ValueError, match="keep it off"):
        PostgresEventRecorder(datastore)


def _recorded(store: EventStore, work: Work) -> bool:
    try:
        return store.record([work])[0].verdict is Verdict.RECORDED
    except StoreUnavailable:
        return False  # the pool is drained for a moment
