"""When the suite rests: everything told was heard by whom it concerns, and everybody was told."""

from __future__ import annotations

import asyncio
from typing import Any

from deploy.demo.client import Suite, eventually
from deploy.environment import ASKS
from deploy.places import SERVICES

SENDING = 180.0
"""Seconds that a year's messages may take, one after the other, on a busy machine."""
UNDER_WAY = ("intended", "attempted", "retrying", "uncertain")
QUIET = 0.4


async def rest(suite: Suite) -> None:
    """Returns when no log grows any more, nothing is unheard, and no message waits to be sent."""
    for hearer, speakers in ASKS.items():
        for speaker in speakers:
            await suite.knows(hearer, speaker)

    async def rests() -> bool:
        before = await _heads(suite)
        await asyncio.sleep(QUIET)
        checks = await suite.health("notify")
        is_told = not waiting(checks) and not checks["rules"]["waits_for"]
        return is_told and before == await _heads(suite)

    await eventually(rests, "the suite rests", patience=SENDING)


def waiting(checks: dict[str, Any]) -> dict[str, int]:
    """How many messages have not come to an end, by what they wait for."""
    return {status: checks["sender"][status] for status in UNDER_WAY if checks["sender"].get(status)}


async def _heads(suite: Suite) -> list[int]:
    return [(await suite.health(service))["database"]["head"] for service in SERVICES]
