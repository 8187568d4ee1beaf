"""What can go wrong on the bus, in our own words, and how long to wait before trying again."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import nats.errors

WRONG_LAST_SEQUENCE = 10071


class BusFault(ConnectionError):
    """The bus is away, slow, or refused what was asked.  Trying again later loses nothing."""


class NoSuchThing(BusFault):
    """There is no such stream, consumer or message."""


class Fenced(BusFault):
    """The stream is not where its writer thought: somebody else published, or it lost something."""


class Unsuitable(RuntimeError):
    """The server is too old, or silently left out a setting that was asked for."""


@contextmanager
def translated(what: str) -> Iterator[None]:
    """Faults of the client library, told as ours; and a cancellation it swallowed, which it does when the
    answer comes in the same moment, takes effect after all.
    """
    try:
        yield
    except (nats.errors.Error, TimeoutError) as fault:
        raise BusFault(f"{what}: {type(fault).__name__} {fault}".rstrip()) from fault
    task = asyncio.current_task()
    if task and task.cancelling():
        raise asyncio.CancelledError


def refusal(what: str, error: dict[str, Any]) -> BusFault:
    """The server's refusal as a fault of ours."""
    kind = BusFault
    if error.get("err_code") == WRONG_LAST_SEQUENCE:
        kind = Fenced
    elif error.get("code") == 404:
        kind = NoSuchThing
    return kind(f"{what}: {error.get('description', 'refused')} ({error.get('err_code', error.get('code'))})")


def left_out(wanted: Mapping[str, Any], echoed: Mapping[str, Any]) -> list[str]:
    """The settings the server did not take as they were wanted."""
    return [setting for setting, value in wanted.items() if echoed.get(setting) != value]


class BackOff:
    """Waits a little longer after each failure, until something succeeds."""

    def __init__(self, first: float = 0.1, longest: float = 30.0) -> None:
        self._first = self._next = first
        self._longest = longest

    async def wait(self) -> None:
        pause, self._next = self._next, min(self._next * 2, self._longest)
        await asyncio.sleep(pause)

    def reset(self) -> None:
        self._next = self._first
