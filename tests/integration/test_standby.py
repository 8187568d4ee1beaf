"""One process writes, another stands by and takes over: whoever holds the lease, and what becomes of it."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest

from deploy.places import ROOT
from shared.desk import Desk, StandingBy
from shared.eventstore import EventStore, StoreUnavailable, writers_lock
from shared.eventstore.writers_lock import KEY, TRUSTED, AdvisoryLock
from shared.lease import Lease
from shared.loops import running
from tests.eventually import eventually_async
from tests.integration.registry import Client, serving, settings
from tests.servers import PostgresServer
from tests.stores import Databases, postgres_databases, sqlite_databases
from tests.tally import METADATA, adding, row_of
from tests.tokens import Tokens

pytestmark = [pytest.mark.integration, pytest.mark.anyio]

HOLDER = """
import asyncio, sys
from sqlalchemy.engine import make_url
from shared.eventstore.writers_lock import AdvisoryLock, FileLock
url = make_url(sys.argv[1])
async def hold():
    sqlite = url.get_backend_name() == "sqlite"
    lock = FileLock(f"{url.database}.lock") if sqlite else AdvisoryLock(url, beat=0.2, ended_after=int(sys.argv[2]))
    print(await lock.take(), flush=True)
    await lock.lost()
asyncio.run(hold())
"""


@contextmanager
def held_elsewhere(url: str, ended_after: int = 60) -> Iterator[subprocess.Popen[str]]:
    """Another process holds the lock of a store; the database ends it after so many seconds without a word."""
    command = [sys.executable, "-c", HOLDER, url, str(ended_after)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "True\n"
        try:
            yield holder
        finally:
            holder.kill()


@dataclass
class Process:
    """What one process of a service has: a desk that writes only under the lease, and a loop that runs under it."""

    url: str
    begun: int = 0
    working: bool = False
    store: EventStore = field(init=False)

    def __post_init__(self) -> None:
        self.store = EventStore(self.url, [METADATA], at_once=False)
        self.lock = self.store.lock()
        self.desk = Desk(self.store, row_of, lambda: self.lock.is_held)
        self.lease = Lease(self.lock, {"work": self._work}, [self._begin], [self.desk.forget])

    async def _begin(self) -> None:
        await asyncio.to_thread(self.store.prepare)
        self.begun += 1

    async def _work(self) -> None:
        self.working = True
        try:
            await asyncio.Event().wait()
        finally:
            self.working = False

    async def writes(self) -> None:
        await eventually_async(lambda: self.lease.is_held and self.working)

    async def stands_by(self) -> None:
        await eventually_async(lambda: not self.lease.is_held and not self.working)


@asynccontextmanager
async def process(url: str) -> AsyncIterator[Process]:
    """One more process of the service, from its start to its end in order."""
    started = Process(url)
    async with running({"lease": started.lease.run}):
        yield started
    started.desk.close()
    await started.lease.release()
    started.store.close()


def advisory_locks(url: str, *, granted: bool) -> int:
    """How many hold the lock or wait for it."""
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted = %s AND database = "
            "(SELECT oid FROM pg_database WHERE datname = current_database())",
            (granted,),
        ).fetchone()
    return row[0] if row else 0


def cut_the_holder(url: str) -> int:
    """The database ends the connection that holds the lease."""
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND application_name = 'aarring-writer'"
        ).rowcount


# The lock.


async def test_the_lock_is_free_when_its_process_was_killed(databases: Databases) -> None:
    store = EventStore(databases("locked"))
    lock = store.lock()
    with held_elsewhere(str(store.url.render_as_string(hide_password=False))) as holder:
        assert not await lock.take()
        assert not lock.is_held
        holder.kill()
        assert await eventually_async(lock.take)
    assert await lock.take()
    await lock.release()
    assert not lock.is_held
    store.close()


async def test_a_frozen_holder_loses_the_lock_to_the_database(postgres: PostgresServer) -> None:
    store = EventStore(postgres_databases(postgres)("frozen"))
    lock = store.lock()
    with held_elsewhere(store.url.render_as_string(hide_password=False), ended_after=2) as holder:
        holder.send_signal(signal.SIGSTOP)
        assert await eventually_async(lock.take)
        holder.send_signal(signal.SIGCONT)
        assert await asyncio.to_thread(holder.wait, 60) == 0, "it did not notice"
    await lock.release()
    store.close()


async def test_an_answer_is_believed_only_for_a_while(
    postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, now = EventStore(postgres_databases(postgres)("believed")), [1000.0]
    monkeypatch.setattr(writers_lock, "time", SimpleNamespace(monotonic=lambda: now[0]))
    lock = AdvisoryLock(store.url)
    assert await lock.take()
    held = []
    for seconds in (TRUSTED - 1, 1):
        now[0] += seconds
        held.append(lock.is_held)
    assert held == [True, False]
    await lock.release()
    store.close()


async def test_a_lock_that_cannot_be_asked_for_is_not_held(tmp_path: Path) -> None:
    nowhere = EventStore("postgresql://nobody:x@127.0.0.1:9/none", at_once=False)
    (tmp_path / "store.db.lock").mkdir()
    no_file = EventStore(f"sqlite:///{tmp_path}/store.db", at_once=False)
    for lock in (nowhere.lock(), no_file.lock()):
        with pytest.raises(StoreUnavailable):
            await lock.take()
        assert not lock.is_held


# The lease.


async def test_the_second_process_stands_by_until_the_first_ends(databases: Databases) -> None:
    url = databases("lease")
    async with AsyncExitStack() as second, AsyncExitStack() as first:
        one = await first.enter_async_context(process(url))
        await one.writes()
        other = await second.enter_async_context(process(url))
        await eventually_async(lambda: other.lease.status()["fault"] == "another process is writing")
        with pytest.raises(StandingBy):
            await other.desk.do(adding(1))
        with pytest.raises(StandingBy):
            await other.desk.hear("registry", 1, lambda unit: None)
        with pytest.raises(StandingBy):
            other.lease.must_be_held()
        assert not other.working
        assert (await one.desk.do(adding(1))).answer["total"] == 1
        assert other.store.head() == 2
        await first.aclose()
        await other.writes()
        assert (await other.desk.do(adding(1))).answer["total"] == 2
        assert (one.begun, other.begun) == (1, 1)


async def test_who_loses_the_lease_stops_until_it_has_it_again(postgres: PostgresServer) -> None:
    url = postgres_databases(postgres)("lost")
    async with process(url) as one:
        await one.writes()
        await one.desk.do(adding(1))
        with psycopg.connect(url, autocommit=True) as other:
            taking = asyncio.create_task(asyncio.to_thread(other.execute, "SELECT pg_advisory_lock(%s)", (KEY,)))
            await eventually_async(lambda: advisory_locks(url, granted=False))
            assert cut_the_holder(url) == 1
            await taking
            await one.stands_by()
            with pytest.raises(StandingBy):
                await one.desk.do(adding(1))
            await written_by_another(url)
        await one.writes()
        assert one.begun == 2
        assert (await one.desk.do(adding(1))).answer == {"total": 3, "version": 4}


async def written_by_another(url: str) -> None:
    store = EventStore(url, [METADATA])
    desk = Desk(store, row_of)
    await desk.do(adding(1))
    desk.close()
    store.close()


async def test_a_begin_that_fails_gives_the_lease_back(tmp_path: Path) -> None:
    url = sqlite_databases(tmp_path)("begin")
    one, other = Process(url), Process(url)

    async def fails() -> None:
        raise StoreUnavailable("not now")

    lease = Lease(one.lock, {}, [fails])
    assert not await lease.take()
    assert lease.status()["fault"] == "StoreUnavailable: not now"
    assert await other.lease.take()
    await other.lease.release()


async def test_what_a_database_says_of_itself_is_told_to_nobody(tmp_path: Path) -> None:
    nowhere = EventStore("postgresql://somebody:x@127.0.0.1:9/none", at_once=False)
    (tmp_path / "store.db.lock").mkdir()
    no_file = EventStore(f"sqlite:///{tmp_path}/store.db", at_once=False)
    free = EventStore(sqlite_databases(tmp_path)("free"))
    cannot_begin = Lease(free.lock(), {}, [partial(asyncio.to_thread, nowhere.prepare)])
    for lease in (Lease(nowhere.lock(), {}), Lease(no_file.lock(), {}), cannot_begin):
        assert not await lease.take()
        with pytest.raises(StandingBy) as refused:
            lease.must_be_held()
        told = f"{lease.status()['fault']} {refused.value}"
        assert "StoreUnavailable" in told or "OperationalError" in told
        assert not any(secret in told for secret in ("127.0.0.1", "somebody", str(tmp_path)))
    free.close()


# A service.


async def test_a_service_that_stands_by_reads_and_takes_over(databases: Databases, tokens: Tokens) -> None:
    known: dict[str, str] = {}
    told = settings(lambda name: known.setdefault(name, databases(name)), tokens)
    first_person = {"name": "Olav Eksempel", "email": "olav@desk.example"}
    asked: Any = {"json": {"code": "ht-vest", "name": "Helseforetak vest", "region": "vest"}}
    asked |= {"Idempotency_Key": str(uuid4())}
    async with AsyncExitStack() as second_runs, AsyncExitStack() as first_runs:
        first = await first_runs.enter_async_context(serving(told))
        operator = Client(first, tokens.bearer("operator", "registry"))
        headers = tokens.bearer((await operator.made("/bootstrap", first_person))["person_id"], "registry")
        done = await Client(first, headers).send("POST", "/trusts", **asked)
        second = await second_runs.enter_async_context(serving(told))
        assert (await second.get("/health/live")).status_code == 200
        ready = await second.get("/health/ready")
        assert (ready.status_code, ready.json()["checks"]["lease"]["holder"]) == (503, False)
        assert (await Client(second, headers).get("/trusts")).json()["items"][0]["code"] == "ht-vest"
        _is_standing_by(await Client(second, headers).send("POST", "/trusts", **asked))
        await first_runs.aclose()
        await eventually_async(lambda: _is_ready(second))
        again = await Client(second, headers).send("POST", "/trusts", **asked)
        assert (again.status_code, again.json()) == (done.status_code, done.json()) == (201, done.json())


def _is_standing_by(answer: httpx.Response) -> None:
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (503, "standing_by")
    assert answer.headers["Retry-After"] == "2"
    assert answer.headers["Content-Type"] == "application/problem+json"


async def _is_ready(http: httpx.AsyncClient) -> bool:
    return (await http.get("/health/ready")).status_code == 200


async def test_a_service_starts_while_its_database_is_away(tokens: Tokens) -> None:
    with PostgresServer() as server:
        told = settings(postgres_databases(server), tokens)
        server.stop()
        async with serving(told) as http:
            assert (await http.get("/health/live")).status_code == 200
            assert not await _is_ready(http)
            operator: Any = Client(http, tokens.bearer("operator", "registry"))
            first = {"name": "Olav Eksempel", "email": "olav@desk.example"}
            _is_standing_by(await operator.post("/bootstrap", first))
            await asyncio.to_thread(server.start)
            await eventually_async(lambda: _is_ready(http))
            await operator.made("/bootstrap", first)
