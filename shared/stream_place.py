"""Where our stream stands, as its own end tells: there is no bookmark that could say something else."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from shared.contracts import CloudEvent
from shared.epochs.behind import is_left_behind
from shared.feed import Publications
from shared.stream_copy import StreamCopy


@dataclass(frozen=True)
class Place:
    """The stream ``made`` then ends with the contract at ``position``, in message ``sequence``."""

    made: str
    position: int
    sequence: int


async def place_of(copy: StreamCopy, publications: Publications, is_kept: Callable[[CloudEvent], bool]) -> Place:
    """Where the stream stands, which is given up when nothing of it is of use.

    :class:`StreamIsAhead` when it holds what our store does not.
    """
    last, state = await copy.end()
    if last is None:
        if state.messages:
            await copy.give_up(state.made, "nothing in it can be read")
        # What is older than the last message was would be too old by now, whether it was said or not.
        silent = state.is_aged_out
        position = await asyncio.to_thread(publications.last_by, state.last_at) if silent else 0
        return Place(state.made, position, state.last_seq)
    if await asyncio.to_thread(is_left_behind, last, publications, is_kept):
        await copy.give_up(state.made, f"a new epoch began without {last.id}")
    return Place(state.made, last.position, state.last_seq)
