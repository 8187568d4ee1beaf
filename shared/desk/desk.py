"""The one door through which a service writes: commands of people, facts heard from others, and timers.

Behind the desk one writer thread owns the aggregates in use and the event store.  A command decides and causes
nothing by itself: what it decides becomes one unit of work, written whole or not at all.  Those that wait while a
transaction is under way go into the next one together.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

from shared.desk.batch import WORKS
from shared.desk.turns import Asked, Heard, Kept, Turn, answered
from shared.desk.unit import Command, Done, HistoryBehind, UnitOfWork
from shared.desk.waiting import Waiting
from shared.desk.writer import Rows, Writer
from shared.eventstore import Change, EventStore, Tracking

HOT = 2_000
"""Aggregates kept in memory between commands."""
WAITING = 1_000
"""Commands that may wait before the desk turns further ones away."""


class Desk:
    """Writes units of work, one transaction after another.

    ``rows`` gives the read rows that must be true the moment a thing has changed; they are written in the same
    transaction as its events.  ``may_write`` says whether this process is the one that writes.  ``recorded`` is set
    when something was recorded that those who follow the log care for: events of ``followed`` topics, unsaid of all.
    Each of ``wakes`` is set whenever anything may have been recorded.
    """

    def __init__(
        self,
        store: EventStore,
        rows: Rows,
        may_write: Callable[[], bool] = lambda: True,
        followed: Collection[str] | None = None,
    ) -> None:
        self.store = store
        self._followed = None if followed is None else frozenset(followed)
        self.recorded = asyncio.Event()
        self.wakes: list[asyncio.Event] = []
        self.waiting = Waiting()
        self._thread = ThreadPoolExecutor(1, "desk")
        self._writer = Writer(rows, may_write)
        self._line: deque[Turn] = deque()
        self._writing = False
        self._behind = ""

    def stop_adding(self, why: str) -> None:
        """Turn away whatever would add to the history, because of ``why``; nothing for going on."""
        self._behind = why

    async def do(self, command: Command, *, though_behind: bool = False) -> Done:
        """Carry out what somebody asks.

        Raises :class:`Refused` when a rule says no, :class:`KeyReused` when the key belongs to another request and
        :class:`Unavailable` when another process writes, too many wait or the database does not answer.  While the
        history is behind what others have heard, only what resolves that is carried out: ``though_behind``.
        """
        if not though_behind:
            self._must_not_be_behind()
        done: Done = await self._in_turn(Asked, command)
        return done

    async def hear(
        self,
        speaker: str,
        position: int,
        decide: Callable[[UnitOfWork], None],
        trace: str = "",
        *,
        after: int | None = None,
    ) -> bool:
        """Take in what ``speaker`` said up to ``position``; False when it had been heard before.

        The reactions, the rows and the position tracked are one unit of work, so hearing twice changes nothing.
        The same holds for a follower of the service's own log, under a name of its own.  With ``after`` the work
        is written only if exactly that position was tracked before, else :class:`HeardElsewhere`.
        """
        self._must_not_be_behind()
        heard: bool = await self._in_turn(Heard, Tracking(speaker, position), decide, trace, after)
        return heard

    async def keep(self, *changes: Change) -> None:
        """Write rows that follow from no history: copies of what somebody else holds the newest of."""
        if changes:
            await self._in_turn(Kept, changes)

    def _must_not_be_behind(self) -> None:
        if self._behind:
            raise HistoryBehind(self._behind)

    async def _in_turn(self, kind: Callable[..., Turn], *what: Any) -> Any:
        with self.waiting.one(room_for=WAITING):
            turn = kind(*what)
            self._line.append(turn)
            if not self._writing:
                self._thread.submit(self._write)
            told = await turn.told
        for wake in self.wakes:
            wake.set()
        if self._followed is None or turn.topics is None or not self._followed.isdisjoint(turn.topics):
            self.recorded.set()
        return told

    def done_before(self, command_id: UUID, digest: bytes) -> Done | None:
        """What was answered to a command, or None; :class:`KeyReused` when its key belongs to another request."""
        return answered(self.store.outcome(command_id), digest)

    async def forget(self) -> None:
        """Finish the work in hand, then keep nothing in memory: another process may change it from now on."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._writer.forget)

    def _write(self) -> None:
        """In the writer thread: record whatever waits, and whatever comes to wait meanwhile."""
        while self._line:
            self._writing = True
            try:
                turns = [self._line.popleft() for _ in range(min(len(self._line), WORKS))]
                self._line.extendleft(reversed(self._writer.write(self.store, turns)))
                self._writer.cache.shrink(HOT)
            finally:
                # Before the line is looked at again: who joins it after that look must find that nobody writes.
                self._writing = False

    def close(self) -> None:
        """Finish the work in hand and stop."""
        self._thread.shutdown(wait=True)
