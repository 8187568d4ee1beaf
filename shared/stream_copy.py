"""Our stream on the bus: a copy of what we told, of which the broker may have lost the end, the middle or all."""

from __future__ import annotations

from typing import Any, NoReturn

import structlog
from pydantic import ValidationError

from shared.bus import Bus, BusFault, Kept, StreamState
from shared.contracts import CloudEvent

log = structlog.get_logger()

CLOUD_EVENT = "application/cloudevents+json"


class StreamCopy:
    """One speaker's stream as its relay sees it; ``remade`` counts how often it was given up to be filled again."""

    def __init__(self, bus: Bus, speaker: str, **settings: Any) -> None:
        self._bus, self._settings = bus, settings
        self.name = speaker.upper()
        self.subjects = f"ev.{speaker}.>"
        self.remade = 0

    async def ensure(self) -> bool:
        """Make it, or bring it up to its settings; whether it takes batches."""
        config = await self._bus.ensure_stream(self.name, [self.subjects], batches=True, **self._settings)
        return config.get("allow_atomic") is True

    async def state(self) -> StreamState:
        """What the broker says of it."""
        return await self._bus.state(self.name)

    async def end(self) -> tuple[CloudEvent | None, StreamState]:
        """The newest of our contracts that can be read, and what the broker says of the stream, of one moment."""
        last = await self.last_contract()
        state = await self.state()
        if await self.last_contract() != last:
            raise BusFault(f"somebody else is publishing on stream {self.name}")
        return last, state

    async def must_end_at(self, position: int, made: str) -> None:
        """A stream that was lost under an open connection says nothing of it: look.

        What it has acknowledged and no longer gives would not be readable behind the damage if it were sent again.
        What only became too old is gone from an undamaged stream, and is not sent again.
        """
        last = await self.last_contract()
        found = last.position if last else 0
        if found == position or (last is None and (await self.state()).is_aged_out):
            return
        if found < position:
            await self.give_up(made, f"it lost what it had taken after {found}")
        raise BusFault(f"stream {self.name} no longer ends at {position}")

    async def last_contract(self) -> CloudEvent | None:
        """The newest of our contracts that can be read; None when there is none."""
        first_seq = (await self.state()).first_seq
        kept = await self._bus.last(self.name, self.subjects)
        while kept is not None:
            if event := contract_in(kept):
                return event
            log.error("foreign_message", stream=self.name, seq=kept.seq)
            kept = await self._before(kept.seq, first_seq)
        return None

    async def _before(self, seq: int, first_seq: int) -> Kept | None:
        """The last message before ``seq`` that can be read: a damaged block may hide thousands, so by halving."""
        found, low, high = None, first_seq, seq
        while low < high:
            middle = (low + high) // 2
            kept = await self._bus.get(self.name, middle, self.subjects)
            if kept is not None and kept.seq < seq:
                found, low = kept, kept.seq + 1
            else:
                high = middle
        return found

    async def give_up(self, made: str, why: str) -> NoReturn:
        """Delete the stream that was ``made`` then, unless another stands in its place; the relay fills a new one."""
        if (await self.state()).made == made:
            log.error("stream_given_up", stream=self.name, reason=why)
            await self._bus.ask(f"STREAM.DELETE.{self.name}")
            self.remade += 1
        raise BusFault(f"stream {self.name} is made anew: {why}")


def headers_of(event: CloudEvent, sequence: int, before: str) -> dict[str, str]:
    """What is sent with one contract so that the stream takes it only where it belongs.

    The first of a session must find the stream exactly where it was seen.  A later one must find ``before``:
    its sequence alone could fit by chance after an earlier one was refused, and the stream would have a hole.
    """
    headers = {
        "Content-Type": CLOUD_EVENT,
        "Nats-Msg-Id": event.id,
        "Nats-Expected-Last-Sequence": str(sequence),
        "Position": str(event.position),
        "Previous": str(event.previous),
    }
    if before:
        headers["Nats-Expected-Last-Msg-Id"] = before
    if event.epoch:
        headers["Epoch"] = str(event.epoch)
    if event.traceparent:
        headers["traceparent"] = event.traceparent
    return headers


def contract_in(kept: Kept) -> CloudEvent | None:
    """The contract in a message, or None when the relay of this service never sent it."""
    try:
        return CloudEvent.model_validate_json(kept.data)
    except ValidationError:
        return None
