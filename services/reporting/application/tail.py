"""Wakes those who follow a report when it has changed, when roles have, and when it is time to end.

One look at the log serves all who follow in this process: soon after something was recorded here, and every other
second for what another process recorded.  It runs while somebody follows.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from uuid import UUID

from shared.desk import Desk, Unavailable
from shared.eventstore import EventStore
from shared.loops import supervise

LOOK_AGAIN = 2.0
"""Seconds until the log is looked at though nothing was recorded here."""
GATHERING = 0.1
"""Seconds between two looks, so that what is recorded at once is told at once."""
BATCH = 500
MOST = 2_000
"""Followers of one process: each is an open connection."""
ROLES_FROM = "registry"


class Tail:
    """Who follows which report.  Belongs to the event loop.

    ``also`` names reports with other news than facts, at each look.
    """

    def __init__(self, store: EventStore, desk: Desk, also: Callable[[], set[UUID]]) -> None:
        self._store, self._desk, self._also = store, desk, also
        self._followers: dict[UUID, set[asyncio.Event]] = {}
        self._recorded = asyncio.Event()
        self._run: asyncio.Task[None] | None = None
        self.is_ending = False
        desk.wakes.append(self._recorded)

    @property
    def following(self) -> int:
        """How many follow a report in this process."""
        return sum(map(len, self._followers.values()))

    @property
    def is_looking(self) -> bool:
        """Whether the log is looked at, which it is while somebody follows."""
        return self._run is not None

    @contextmanager
    def follow(self, report_id: UUID) -> Iterator[asyncio.Event]:
        """Something that is set whenever the report may have news."""
        if self.is_ending or self.following >= MOST:
            raise Unavailable("no more can follow reports here now")
        woken = asyncio.Event()
        self._followers.setdefault(report_id, set()).add(woken)
        if self._run is None:
            self._run = asyncio.create_task(supervise("tail", self._look))
        try:
            yield woken
        finally:
            self._followers[report_id].discard(woken)
            if not self._followers[report_id]:
                del self._followers[report_id]
            if not self._followers and self._run is not None:
                self._run.cancel()
                self._run = None

    def wake(self, *report_ids: UUID) -> None:
        """Those who follow these reports look at them."""
        for report_id in report_ids:
            for woken in self._followers.get(report_id, ()):
                woken.set()

    def end(self) -> None:
        """The process is to end: all who follow are told, and nobody begins to."""
        self.is_ending = True
        self.wake(*self._followers)

    async def _look(self) -> None:
        position, heard = await asyncio.to_thread(self._where)
        # What was recorded before this look may have come after a follower's own.
        self.wake(*self._followers)
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._recorded.wait(), LOOK_AGAIN)
            self._recorded.clear()
            changed, position, heard_now = await asyncio.to_thread(self._news, position)
            self.wake(*(self._followers if heard_now != heard else changed | self._also()))
            heard = heard_now
            await asyncio.sleep(GATHERING)

    def _where(self) -> tuple[int, int]:
        return self._store.head(), self._store.tracked(ROLES_FROM)

    def _news(self, position: int) -> tuple[set[UUID], int, int]:
        """What has changed after a position, how far the log goes, and how far the registry was heard."""
        changed: set[UUID] = set()
        while found := self._store.log(position, BATCH):
            changed |= {recorded.originator_id for _, recorded in found}
            position = found[-1][0]
        return changed, position, self._store.tracked(ROLES_FROM)
