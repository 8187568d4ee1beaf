"""Where in a stream something begins to hold that holds of all that follows: found by halving, as it is ordered."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from shared.bus.stream import Kept

if TYPE_CHECKING:
    from shared.bus.connection import Bus

Beyond = Callable[[Kept], Awaitable[bool | None]]
"""Whether a message lies beyond the place that is looked for; None when it does not tell."""


async def place_of_first(bus: Bus, stream: str, subjects: str, beyond: Beyond) -> int:
    """The sequence from which all that tells lies beyond; the one after the last when nothing does."""
    state = await bus.state(stream)
    low, high = state.first_seq, state.last_seq + 1
    while low < high:
        middle = (low + high) // 2
        seq, is_beyond = await _first_that_tells(bus, stream, subjects, middle, beyond)
        if is_beyond:
            high = middle
        else:
            low = seq + 1
    return low


async def _first_that_tells(bus: Bus, stream: str, subjects: str, seq: int, beyond: Beyond) -> tuple[int, bool]:
    while kept := await bus.get(stream, seq, subjects):
        if (is_beyond := await beyond(kept)) is not None:
            return kept.seq, is_beyond
        seq = kept.seq + 1
    return seq, True
