"""The loops of a service are stopped when it is: also one that does not hear it the first time."""

from __future__ import annotations

import asyncio

import pytest

from shared import loops
from shared.loops import running

pytestmark = [pytest.mark.unit, pytest.mark.anyio]


async def test_a_loop_that_lost_its_cancellation_is_told_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loops, "PATIENCE", 0.05)
    begun, told = asyncio.Event(), 0

    async def hard_of_hearing() -> None:
        nonlocal told
        while told < 3:
            begun.set()
            try:
                await asyncio.sleep(3600)
            except asyncio.CancelledError:
                told += 1
        raise asyncio.CancelledError

    async with asyncio.timeout(30):
        async with running({"hard of hearing": hard_of_hearing}):
            await begun.wait()
    assert told == 3
