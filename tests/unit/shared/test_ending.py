"""A process that is asked to end tells it to answers that would go on, and its server ends as it always does."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from types import FrameType

import pytest

from shared.ending import told_to_end


@pytest.fixture
def server() -> Iterator[list[int]]:
    """What a server hears of the signals, as it listens for them itself."""
    heard: list[int] = []

    def hear(number: int, frame: FrameType | None) -> None:
        heard.append(number)

    before = signal.signal(signal.SIGTERM, hear)
    yield heard
    signal.signal(signal.SIGTERM, before)


def test_both_are_told(server: list[int]) -> None:
    async def served() -> None:
        ended = asyncio.Event()
        with told_to_end(ended.set):
            signal.raise_signal(signal.SIGTERM)
            await asyncio.wait_for(ended.wait(), 60)

    asyncio.run(served())
    assert server == [signal.SIGTERM]


def test_afterwards_only_the_server_listens(server: list[int]) -> None:
    told: list[str] = []

    async def served() -> None:
        with told_to_end(lambda: told.append("end")):
            pass
        signal.raise_signal(signal.SIGTERM)
        await asyncio.sleep(0)

    asyncio.run(served())
    assert (server, told) == ([signal.SIGTERM], [])


def test_elsewhere_than_in_the_main_thread_nothing_is_listened_for(server: list[int]) -> None:
    async def served() -> None:
        with told_to_end(lambda: None):
            pass

    listening = signal.getsignal(signal.SIGTERM)
    asyncio.run(asyncio.to_thread(asyncio.run, served()))
    assert signal.getsignal(signal.SIGTERM) is listening
