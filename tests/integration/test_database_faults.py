"""Databases fail and processes die under writing load: what was acknowledged is recorded once, and nothing else."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from shared.desk import Desk, StorageFull, Unavailable
from shared.eventstore import EventStore
from tests.eventually import eventually_async
from tests.integration.load import Load, must_be_kept
from tests.integration.loading import Told, WritingProcess
from tests.servers import PostgresServer
from tests.servers.engines import containers_wanted
from tests.servers.postgres import unprivileged_user
from tests.stores import Databases, postgres_databases, sqlite_databases
from tests.tally import METADATA, adding, row_of

pytestmark = [pytest.mark.integration, pytest.mark.anyio]

HOLDER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN EXCLUSIVE")
print("locked", flush=True)
sys.stdin.read()
"""


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    """A PostgreSQL that writes to disk as in earnest, and that these tests may crash."""
    with PostgresServer() as running:
        yield running


async def under_load(url: str, harm: Callable[[Load], Awaitable[None]], seed: int = 1) -> Load:
    """People write, the harm is done, they go on, and then everything is counted."""
    store = EventStore(url, [METADATA])
    desk = Desk(store, row_of)
    load = Load([desk], seed)
    running = asyncio.create_task(load.run())
    await load.until(20)
    await harm(load)
    await load.until(20)
    load.enough.set()
    await running
    must_be_kept(store, load.asked, load.acknowledged, load.refused, load.heard)
    assert load.refused
    desk.close()
    store.close()
    return load


# Connections and servers that break.


async def test_backends_killed_again_and_again_lose_and_double_nothing(postgres: PostgresServer) -> None:
    url = postgres_databases(postgres)("killed")

    async def kill_them_all(load: Load) -> None:
        with psycopg.connect(url, autocommit=True) as connection:
            for _ in range(6):
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
                await load.until(7)

    load = await under_load(url, kill_them_all)
    assert load.turned_away, "nobody noticed, so nothing was proven"


async def test_a_crash_of_the_database_loses_and_doubles_nothing(server: PostgresServer) -> None:
    async def crash(load: Load) -> None:
        for _ in range(2):
            await asyncio.to_thread(server.kill)
            await eventually_async(lambda: bool(load.turned_away))
            load.turned_away.clear()
            await asyncio.to_thread(server.start)
            await load.until(10)

    await under_load(postgres_databases(server)("crashed"), crash)


# Processes that die.


async def test_a_process_killed_in_the_middle_loses_and_doubles_nothing(databases: Databases) -> None:
    url, told, random = databases("process"), Told(), Random(4711)
    for seed in range(3):
        with WritingProcess(url, seed, told) as process:
            process.until_said("heard", 2)
            process.until_said("done", random.randrange(1, 60))
        await told.must_be_kept(url)
    assert told.refused
    if url.startswith("sqlite"):
        assert sqlite3.connect(url.removeprefix("sqlite:///")).execute("PRAGMA integrity_check").fetchone() == ("ok",)


async def test_two_processes_that_write_by_accident_stay_correct(databases: Databases) -> None:
    """The lease is for order and speed; what keeps the history right are versions and the ids of commands."""
    url, told = databases("both"), Told()
    if url.startswith("sqlite"):
        EventStore(url, [METADATA]).close()
    with WritingProcess(url, 1, told) as one, WritingProcess(url, 2, told) as other:
        for _ in range(4):
            one.until_said("done", 10)
            other.until_said("done", 10)
    await told.must_be_kept(url)


# SQLite locked by somebody else.


async def test_a_locked_file_is_waited_for_then_unavailable_and_then_goes_on(tmp_path: Path) -> None:
    url = sqlite_databases(tmp_path)("locked")
    store = EventStore(url, [METADATA])
    desk, asked = Desk(store, row_of), adding(1, key=uuid4())
    await desk.do(adding(1))
    with locked(url) as holder:
        with pytest.raises(Unavailable):
            await desk.do(asked)
        assert store.head() == 2
        waiting = asyncio.create_task(desk.do(asked))
        await eventually_async(lambda: len(desk.waiting) == 1)
        holder.communicate("")
        assert (await waiting).answer == {"total": 2, "version": 3}
    assert (await desk.do(asked)).repeated
    desk.close()
    store.close()


def locked(url: str) -> subprocess.Popen[str]:
    """Another process that has the file to itself until it is spoken to."""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, url.removeprefix("sqlite:///")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout
    assert holder.stdout.readline() == "locked\n"
    return holder


# No room left.


async def test_a_file_that_may_not_grow_is_told_and_when_it_may_writing_goes_on(tmp_path: Path) -> None:
    url, told = sqlite_databases(tmp_path)("limited"), Told()
    with WritingProcess(url, 1, told, limit=1_000_000) as process:
        process.until_said("done", 20)
        process.until_said("away StorageFull", 10)
        process.make_room()
        process.until_said("done", 40)
    await told.must_be_kept(url)


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A disk of a few megabytes, which the user of a PostgreSQL may reach."""
    place = Path(tempfile.mkdtemp(prefix="aarring-small-disk-"))
    mount = ["mount", "-t", "tmpfs", "-o", "size=24m,mode=0777", "none", str(place)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        place.rmdir()
        pytest.skip("a disk that can be filled must be mounted, which is not allowed here")
    try:
        yield place
    finally:
        umount = ["umount", "--lazy", str(place)]
        subprocess.run(umount, check=True)
        place.rmdir()


async def fill_up(disk: Path, load: Load) -> None:
    """Nothing fits on the disk for a while."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        while _is_written(file):
            pass
    await eventually_async(lambda: load.turned_away[StorageFull.__name__] > 20)
    assert set(load.turned_away) == {StorageFull.__name__}
    filler.unlink()


def _is_written(file: Any) -> bool:
    try:
        file.write(bytes(4096))
    except OSError:
        return False
    return True


async def test_a_full_disk_stops_sqlite_only_until_there_is_room(small_disk: Path) -> None:
    await under_load(sqlite_databases(small_disk)("full"), lambda load: fill_up(small_disk, load))


async def test_a_full_disk_stops_postgresql_only_until_there_is_room(small_disk: Path) -> None:
    if containers_wanted():
        pytest.skip("a server in a container does not see a disk made here")
    with PostgresServer() as server:
        elsewhere = postgres_databases(server)("elsewhere")
        tables = small_disk / "tables"
        tables.mkdir()
        shutil.chown(tables, unprivileged_user() or os.geteuid())
        with psycopg.connect(elsewhere, autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE TABLESPACE small LOCATION {}").format(str(tables)))
            connection.execute("CREATE DATABASE full_up TABLESPACE small")
        await under_load(f"{elsewhere.rpartition('/')[0]}/full_up", lambda load: fill_up(small_disk, load))
