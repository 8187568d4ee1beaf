"""Waiting for a fact: asked again and again until it holds, and told plainly when it never does."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")
PAUSE = 0.02


def eventually(condition: Callable[[], T], timeout: float = 60.0) -> T:
    """What ``condition`` gives as soon as it is true; AssertionError after ``timeout`` seconds."""
    end = time.monotonic() + timeout
    while not (found := condition()):
        if time.monotonic() > end:
            raise AssertionError(_never(condition, timeout))
        time.sleep(PAUSE)
    return found


async def eventually_async(condition: Callable[[], Any], timeout: float = 60.0) -> Any:  # noqa: ASYNC109
    """The same without blocking the event loop; ``condition`` may be a coroutine function."""
    end = time.monotonic() + timeout
    while True:
        asked = condition()
        found = await asked if inspect.isawaitable(asked) else asked
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError(_never(condition, timeout))
        await asyncio.sleep(PAUSE)


def _never(condition: Callable[[], object], timeout: float) -> str:
    try:
        asked = inspect.getsource(condition).strip()
    except OSError:
        asked = repr(condition)
    return f"not within {timeout:g} s: {asked}"
