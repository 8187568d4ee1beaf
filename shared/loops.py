"""The work a service does all the time beside answering requests, restarted when it breaks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

import structlog

log = structlog.get_logger()
_LONGEST_PAUSE = 30.0


async def supervise(name: str, run: Callable[[], Awaitable[None]]) -> None:
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
async def running(loops: Mapping[str, Callable[[], Awaitable[None]]]) -> AsyncIterator[None]:
    """All ``loops`` run inside the context and are stopped, and waited for, when it is left."""
    tasks = [asyncio.create_task(supervise(name, run), name=name) for name, run in loops.items()]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
