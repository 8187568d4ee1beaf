"""Where in a speaker's stream the contracts after a position begin: the stream is ordered, so by halving."""

from __future__ import annotations

from shared.bus import Bus


async def place_after(bus: Bus, stream: str, subjects: str, position: int) -> int:
    """The sequence of the first message whose contract stands after ``position``."""
    state = await bus.state(stream)
    low, high = state.first_seq, state.last_seq + 1
    while low < high:
        middle = (low + high) // 2
        seq, found = await _contract_from(bus, stream, subjects, middle)
        if found is None or found > position:
            high = middle
        else:
            low = seq + 1
    return max(low, 1)


async def _contract_from(bus: Bus, stream: str, subjects: str, seq: int) -> tuple[int, int | None]:
    """Sequence and position of the first contract from ``seq`` on; no position when there is none."""
    while kept := await bus.get(stream, seq, subjects):
        if (position := kept.headers.get("Position", "")).isdigit():
            return kept.seq, int(position)
        seq = kept.seq + 1
    return seq, None
