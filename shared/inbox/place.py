"""Where in a speaker's stream the contracts after a position begin."""

from __future__ import annotations

from shared.bus import Bus, Kept, place_of_first


async def place_after(bus: Bus, stream: str, subjects: str, position: int) -> int:
    """The sequence of the first message whose contract stands after ``position``."""

    async def beyond(kept: Kept) -> bool | None:
        told = kept.headers.get("Position", "")
        return int(told) > position if told.isdigit() else None

    return max(await place_of_first(bus, stream, subjects, beyond), 1)
