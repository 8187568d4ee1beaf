"""The signal that ends a process is told at once to answers without an end: a server waits for all its answers."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

SIGNALS = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def told_to_end(tell: Callable[[], None]) -> Iterator[None]:
    """Call ``tell`` in this event loop when the process is asked to end, beside what the server does about it.

    Only where a server listens for the signals itself, which it does in the main thread.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop = asyncio.get_running_loop()
    servers = {number: handler for number in SIGNALS if callable(handler := signal.getsignal(number))}

    def heard(number: int, frame: FrameType | None) -> None:
        with suppress(RuntimeError):  # the loop is over
            loop.call_soon_threadsafe(tell)
        servers[signal.Signals(number)](number, frame)

    for number in servers:
        signal.signal(number, heard)
    try:
        yield
    finally:
        for number, handler in servers.items():
            if signal.getsignal(number) is heard:
                signal.signal(number, handler)
