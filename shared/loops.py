"""The work a service does all the time beside answering requests, restarted when it breaks."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import structlog

log = structlog.get_logger()
_LONGEST_PAUSE = 30.0
RECENT = 600.0
"""Seconds for which a break is remembered as a sign that something is wrong."""
TOLERATED = 2
"""How many breaks in that time may be one mishap."""
PATIENCE = 2.0
"""Seconds that a loop has to end in before it is told again."""

Run = Callable[[], Awaitable[None]]


class Breaks:
    """How often each loop broke, which is always a fault of ours: what may happen, a loop handles itself."""

    def __init__(self) -> None:
        self._total: dict[str, int] = {}
        self._recent: dict[str, deque[float]] = {}
        self._fault: dict[str, str] = {}

    def watching(self, loops: Mapping[str, Run]) -> dict[str, Run]:
        """The same loops, counted when they break."""
        for name in loops:
            self._total.setdefault(name, 0)
            self._recent.setdefault(name, deque(maxlen=TOLERATED + 1))
        return {name: partial(self._watched, name, run) for name, run in loops.items()}

    async def _watched(self, name: str, run: Run) -> None:
        try:
            await run()
        except Exception as fault:
            self._total[name] += 1
            self._recent[name].append(time.monotonic())
            self._fault[name] = type(fault).__name__
            raise

    def checks(self) -> dict[str, Callable[[], Mapping[str, Any]]]:
        """What each loop says of itself; not well when it broke again and again a short while ago."""
        return {f"loop:{name}": partial(self._status, name) for name in self._total}

    def _status(self, name: str) -> Mapping[str, Any]:
        recent = [moment for moment in self._recent[name] if time.monotonic() - moment < RECENT]
        return {
            "ok": len(recent) <= TOLERATED,
            "breaks": self._total[name],
            "fault": self._fault[name] if recent else "",
        }


async def supervise(name: str, run: Run) -> None:
    """Run until cancelled; after a break wait (longer each time, 30 s at most) and run again."""
    pause = 0.1
    while True:
        started = asyncio.get_running_loop().time()
        try:
            await run()
        except Exception as fault:
            log.error("loop_broke", loop=name, fault=type(fault).__name__, exc_info=fault)
        if asyncio.get_running_loop().time() - started > _LONGEST_PAUSE:
            pause = 0.1
        await asyncio.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE)


@asynccontextmanager
async def running(loops: Mapping[str, Run]) -> AsyncIterator[None]:
    """All ``loops`` run inside the context and are stopped, and waited for, when it is left."""
    tasks = [asyncio.create_task(supervise(name, run), name=name) for name, run in loops.items()]
    try:
        yield
    finally:
        await stopped(tasks)


async def stopped(tasks: Iterable[asyncio.Task[None]]) -> None:
    """Cancel until each has ended.

    Once is not enough: ``asyncio.wait_for`` before Python 3.12, and with it libraries that talk to a server, forget
    a cancellation that comes together with the answer, and the loop would go on for ever.
    """
    left = set(tasks)
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=PATIENCE)
