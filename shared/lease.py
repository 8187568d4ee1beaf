"""One process of a service writes; another stands by, answers what is read, and takes over when the first is gone."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

import structlog
from eventsourcing.persistence import PersistenceError

from shared.desk import StandingBy, Unavailable
from shared.eventstore import StoreUnavailable, WritersLock
from shared.loops import running

log = structlog.get_logger()
AGAIN = 1.0
"""Seconds until the one that stands by asks again whether it may write."""


class Lease:
    """Held by the one process that may write, relay, hear and act by the clock.

    The steps of ``begin`` are done each time it was taken, before anybody's command, and ``loops`` run while it is
    held; ``end`` is done when it was lost, before it may be taken again.
    """

    def __init__(
        self,
        lock: WritersLock,
        loops: Mapping[str, Callable[[], Awaitable[None]]],
        begin: Iterable[Callable[[], Awaitable[object]]] = (),
        end: Iterable[Callable[[], Awaitable[object]]] = (),
    ) -> None:
        self._lock, self._loops, self._begin, self._end = lock, loops, begin, end
        self._begun = False
        self._taken = 0
        self._fault = ""

    @property
    def is_held(self) -> bool:
        """Whether this process is the one that writes."""
        return self._begun and self._lock.is_held

    def status(self) -> Mapping[str, Any]:
        """Whether this process writes, how often it began to, and what kept it from it last."""
        return {"ok": self.is_held, "holder": self.is_held, "taken": self._taken, "fault": self._fault}

    def must_be_held(self) -> None:
        """Refuse what another process has to do."""
        if not self.is_held:
            raise StandingBy(f"this process stands by: {self._fault or 'the database has not answered'}")

    async def take(self) -> bool:
        """Become the writer if nobody is; :meth:`status` tells what stands in the way."""
        try:
            if not await self._lock.take():
                self._stand_by("another process is writing")
                return False
            for step in self._begin:
                await step()
        except (PersistenceError, Unavailable, OSError) as fault:
            self._stand_by(_openly(fault), detail=str(fault))
            await self._give_up()
            return False
        except BaseException:
            # What cannot begin here may begin elsewhere.
            await self.release()
            raise
        self._begun, self._fault = True, ""
        self._taken += 1
        log.info("lease_taken", taken=self._taken)
        return True

    async def run(self) -> None:
        """Stand by until it is ours, work while it is, and stand by again; for ever."""
        while True:
            if self._begun or await self.take():
                await self._work()
            else:
                await asyncio.sleep(AGAIN)

    async def _work(self) -> None:
        async with running(self._loops):
            await self._lock.lost()
        self._stand_by("the connection that held the lease broke")
        await self._give_up()

    async def release(self) -> None:
        """Let another process write; nothing is written here any more."""
        self._begun = False
        await self._lock.release()

    async def _give_up(self) -> None:
        await self.release()
        for step in self._end:
            await step()

    def _stand_by(self, why: str, **detail: str) -> None:
        if why != self._fault:
            log.warning("standing_by", reason=why, **detail)
        self._begun, self._fault = False, why


def _openly(fault: Exception) -> str:
    """A fault for everybody to read: a database's own words name hosts and users, and stay in the log."""
    ours = isinstance(fault, StoreUnavailable | Unavailable) and fault.__cause__ is None
    return f"{type(fault).__name__}: {fault}" if ours else type(fault).__name__
