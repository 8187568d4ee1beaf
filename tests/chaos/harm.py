"""Does to a running suite what the plan says, and undoes it when its time is over."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import sqlite3
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from functools import partial
from pathlib import Path

import psycopg
from sqlalchemy.engine import make_url

from shared.bus import Bus, BusFault
from tests.chaos.plan import DATABASE, NATS, Fault
from tests.e2e.suite import RunningSuite
from tests.eventually import eventually_async
from tests.servers import PostgresServer
from tests.servers.smtp import DIE, HANG, MailServer

DOWN_AT_ONCE = 2
"""So many faults that kill programs, at most: on a slow machine nothing else would happen than starting them."""
UP_WITHIN = 120.0
_NEEDS = {"bit_flipped": NATS, "stream_deleted": NATS, "backends_killed": DATABASE}
"""What a fault has to itself, where that is not its target."""
END_THE_OTHERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
Doing = Callable[[Fault], Awaitable[str]]
"""Does a fault and undoes it; what became of it, for the timeline."""


class Harm:
    """All that can be done to one suite, within ``seconds``; nothing is done twice at once to the same program."""

    def __init__(
        self, suite: RunningSuite, post: MailServer, bus: Bus, postgres: PostgresServer | None, seconds: float
    ) -> None:
        self._until = _now() + seconds
        self._suite, self._post, self._bus, self._postgres = suite, post, bus, postgres
        self._store = suite.var / "nats/store"
        self._down = asyncio.Semaphore(DOWN_AT_ONCE)
        self._taken: Mapping[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._how: Mapping[str, Doing] = {
            "killed": self._kill,
            "two_killed": self._kill,
            "frozen": self._freeze,
            "store_wiped": self._wipe,
            "store_put_back": lambda fault: self._put_back(fault, lambda folder: [folder]),
            "blocks_put_back": lambda fault: self._put_back(fault, lambda folder: sorted(folder.rglob("msgs"))),
            "bit_flipped": lambda fault: self._flip(fault.target, fault.where),
            "damaged_unheard": self._flip_unheard,
            "stream_deleted": self._delete_stream,
            "locked": self._lock,
            "backends_killed": self._kill_backends,
            "database_crashed": self._crash_database,
            "mail_hangs": lambda fault: self._mail_says(fault, TEXT=HANG),
            "mail_dies": lambda fault: self._mail_says(fault, TEXT=DIE),
            "mail_refuses": lambda fault: self._mail_says(fault, TEXT="451 later"),
            "mail_away": self._mail_is_away,
        }

    async def do(self, fault: Fault) -> str:
        """Do it, wait its time, undo it; left out when its turn comes long after its moment."""
        async with AsyncExitStack() as ours:
            for taken in sorted(_NEEDS.get(fault.kind, fault.target).split("+")):
                await ours.enter_async_context(self._taken[taken])
            if _now() > self._until:
                return "left out, for the suite was busy with those before it"
            return await self._how[fault.kind](fault)

    # Programs.

    async def _kill(self, fault: Fault) -> str:
        """Over when all of them are there again: what is killed while it starts has hardly lived."""
        async with self._down:
            killed = {name: await self._running(name) for name in fault.target.split("+")}
            for process in killed.values():
                _send(process, signal.SIGKILL)
            for name, process in killed.items():
                await eventually_async(partial(self._is_back, name, process), UP_WITHIN)
        return ""

    async def _freeze(self, fault: Fault) -> str:
        async with _frozen(await self._running(fault.target)):
            await asyncio.sleep(fault.lasts)
        return ""

    def _is_back(self, program: str, killed: int) -> bool:
        if self._suite.running(program) in (None, killed):
            return False
        with socket.socket() as attempt:
            return attempt.connect_ex(("127.0.0.1", self._suite.addresses.ports[program])) == 0

    async def _running(self, program: str) -> int:
        found: int = await eventually_async(lambda: self._suite.running(program))
        return found

    # The broker and its store.

    async def _wipe(self, fault: Fault) -> str:
        async with self._without_broker():
            shutil.rmtree(self._store)
            await asyncio.sleep(fault.lasts)
        return ""

    async def _put_back(self, fault: Fault, parts: Callable[[Path], list[Path]]) -> str:
        """The store, or parts of it, as it was ``lasts`` seconds ago: as after a loss of power."""
        copy = self._store.with_name("copy")
        await eventually_async(self._store.exists)
        async with _frozen(await self._running(NATS)):
            shutil.copytree(self._store, copy)
        await asyncio.sleep(fault.lasts)
        async with self._without_broker():
            for part in parts(copy):
                target = self._store / part.relative_to(copy)
                shutil.rmtree(target, ignore_errors=True)
                shutil.copytree(part, target)
        shutil.rmtree(copy)
        return ""

    async def _flip(self, stream: str, where: float) -> str:
        async with self._without_broker():
            blocks = sorted(self._store.rglob(f"{stream}/msgs/*.blk"))
            place = int(where * sum(block.stat().st_size for block in blocks))
            for block in blocks:
                held = bytearray(block.read_bytes())
                if place < len(held):
                    held[place] ^= 1 << (place % 8)
                    block.write_bytes(held)
                    return f"byte {place} of {len(held)} in {block.name}"
                place -= len(held)
        return "the stream is empty"

    async def _flip_unheard(self, fault: Fault) -> str:
        """A hearer sleeps, and what is said meanwhile is damaged before it wakes."""
        hearer, _, _ = fault.target.partition("+")
        async with _frozen(await self._running(hearer)):
            await asyncio.sleep(fault.lasts)
            return await self._flip("REGISTRY", 0.95 + fault.where / 20)

    async def _delete_stream(self, fault: Fault) -> str:
        try:
            async with asyncio.timeout(10):
                await self._bus.up()
                await self._bus.ask(f"STREAM.DELETE.{fault.target}")
        except (BusFault, TimeoutError) as why:
            return f"not deleted: {why}"
        return ""

    @asynccontextmanager
    async def _without_broker(self) -> AsyncIterator[None]:
        """The broker dies, and its supervisor notices only afterwards."""
        broker = await self._running(NATS)
        async with _frozen(self._suite.supervisor()):
            _send(broker, signal.SIGKILL)
            await eventually_async(lambda: _is_gone(broker))
            yield

    # Databases.

    async def _lock(self, fault: Fault) -> str:
        """Somebody else holds the only lock for writing there is."""
        file = make_url(self._suite.database(fault.target)).database
        other = sqlite3.connect(str(file), timeout=10, isolation_level=None, check_same_thread=False)
        try:
            await asyncio.to_thread(other.execute, "BEGIN IMMEDIATE")
            await asyncio.sleep(fault.lasts)
        except sqlite3.OperationalError as why:
            return str(why)
        finally:
            other.close()
        return ""

    async def _kill_backends(self, fault: Fault) -> str:
        def kill() -> int:
            with psycopg.connect(self._suite.database(fault.target), autocommit=True) as connection:
                return len(connection.execute(END_THE_OTHERS).fetchall())

        return f"{await asyncio.to_thread(kill)} of them"

    async def _crash_database(self, fault: Fault) -> str:
        assert self._postgres is not None
        await asyncio.to_thread(self._postgres.kill)
        try:
            await asyncio.sleep(fault.lasts)
        finally:
            await asyncio.to_thread(self._postgres.restart)
        return ""

    # The mail server.

    async def _mail_says(self, fault: Fault, **says: str) -> str:
        self._post.says = dict(says)
        try:
            await asyncio.sleep(fault.lasts)
        finally:
            self._post.says = {}
        return ""

    async def _mail_is_away(self, fault: Fault) -> str:
        await self._post.__aexit__()
        try:
            await asyncio.sleep(fault.lasts)
        finally:
            await self._post.__aenter__()
        return ""


@asynccontextmanager
async def _frozen(process: int) -> AsyncIterator[None]:
    _send(process, signal.SIGSTOP)
    try:
        yield
    finally:
        _send(process, signal.SIGCONT)


def _now() -> float:
    return time.monotonic()


def _send(process: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(process, number)


def _is_gone(process: int) -> bool:
    """Dead, though nobody may have asked for its exit code yet."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True
