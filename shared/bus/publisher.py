"""Publishes many messages in order without waiting for each: up to a window of them are under way."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Self

from nats.aio.msg import Msg
from nats.aio.subscription import Subscription

from shared.bus.faults import BusFault, refusal, translated

if TYPE_CHECKING:
    from shared.bus.connection import Bus

WINDOW = 256
PATIENCE = 2.0
"""Seconds without any acknowledgement, while some are owed, after which the bus counts as away."""


class Pipeline:
    """A run of fenced messages.  The first failure ends it: whoever publishes looks where the stream stands
    and begins another.  ``acknowledged`` is the highest position the stream has taken.
    """

    def __init__(self, bus: Bus, acknowledged: int, window: int = WINDOW) -> None:
        self.acknowledged = acknowledged
        self._client = bus.client
        self._window = window
        self._inbox = self._client.new_inbox()
        self._owed: set[int] = set()
        self._fault: BusFault | None = None
        self._acked = asyncio.Event()
        self._acks: Subscription | None = None

    async def __aenter__(self) -> Self:
        with translated("publish"):
            self._acks = await self._client.subscribe(f"{self._inbox}.*", cb=self._on_ack)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, _: object, __: TracebackType | None) -> None:
        if self._acks and not self._client.is_closed:
            with translated("publish"):
                await self._acks.unsubscribe()

    async def publish(self, position: int, subject: str, data: bytes, headers: Mapping[str, str]) -> None:
        """Send one more; waits while the window is full.  Raises what went wrong with an earlier one."""
        while len(self._owed) >= self._window:
            await self._next_ack()
        self._raise()
        self._owed.add(position)
        with translated("publish"):
            await self._client.publish(subject, data, reply=f"{self._inbox}.{position}", headers=dict(headers))

    async def settled(self) -> None:
        """Wait until the stream has taken everything that was sent."""
        while self._owed:
            await self._next_ack()
        self._raise()

    async def _next_ack(self) -> None:
        self._raise()
        self._acked.clear()
        try:
            async with asyncio.timeout(PATIENCE):
                await self._acked.wait()
        except TimeoutError:
            raise BusFault(f"{len(self._owed)} messages were not acknowledged") from None
        self._raise()

    def _raise(self) -> None:
        if self._fault:
            raise self._fault

    async def _on_ack(self, answer: Msg) -> None:
        position = int(answer.subject.rsplit(".", 1)[1])
        if not answer.data:
            self._fail(BusFault("no stream takes this subject"))
            return
        said = json.loads(answer.data)
        if error := said.get("error"):
            self._fail(refusal(f"publish {position}", error))
        elif said.get("duplicate"):
            # We continue from the stream's own last message, so it cannot hold this one: it was purged, and
            # only the memory of its id is left.
            self._fail(BusFault(f"the stream took {position} for a duplicate"))
        else:
            self._owed.discard(position)
            self.acknowledged = max(self.acknowledged, position)
        self._acked.set()

    def _fail(self, fault: BusFault) -> None:
        self._fault = self._fault or fault
        self._acked.set()
