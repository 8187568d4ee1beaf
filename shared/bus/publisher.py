"""Publishes many messages in order without waiting for each: in batches, or with a window of them under way."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Self

import structlog
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription

from shared.bus.batch import Batch, NotAsOne, Outgoing
from shared.bus.faults import BusFault, Fenced, refusal, translated

if TYPE_CHECKING:
    from shared.bus.connection import Bus

log = structlog.get_logger()

WINDOW = 256
LARGEST, SMALLEST = 250, 4
"""Messages of one batch; fewer go one by one, for a batch costs two round trips however small it is."""
PATIENCE = 2.0
"""Seconds without any acknowledgement, while some are owed, after which the bus counts as away."""


class Pipeline:
    """A run of fenced messages.  The first failure ends it: whoever publishes looks where the stream stands
    and begins another.  ``acknowledged`` is the highest position the stream has taken.

    With ``batches`` messages are gathered, and stored many at once; on a server that will not have it, one by one.
    """

    def __init__(self, bus: Bus, acknowledged: int, window: int = WINDOW, *, batches: bool = False) -> None:
        self.acknowledged = acknowledged
        self._bus, self._client, self._connection = bus, bus.client, bus.connections
        self._window = window
        self._batches = batches
        self._gathered: list[Outgoing] = []
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
        """Send one more, at the latest with ``settled``.  Raises what went wrong with an earlier one."""
        message = Outgoing(position, subject, data, headers)
        if not self._batches:
            await self._send(message)
            return
        self._gathered.append(message)
        if len(self._gathered) == LARGEST:
            await self._send_gathered()

    async def settled(self) -> None:
        """Wait until the stream has taken everything."""
        await self._send_gathered()
        while self._owed:
            await self._next_ack()
        self._raise()

    async def _send_gathered(self) -> None:
        messages, self._gathered = self._gathered, []
        if len(messages) >= SMALLEST:
            try:
                await Batch(self._bus, self._connection, messages).publish()
            except NotAsOne as why:
                log.warning("batch_not_taken", fault=str(why))
                self._batches = False
            else:
                self.acknowledged = messages[-1].position
                return
        for message in messages:
            await self._send(message)

    async def _send(self, message: Outgoing) -> None:
        while len(self._owed) >= self._window:
            await self._next_ack()
        self._raise()
        self._owed.add(message.position)
        inbox = f"{self._inbox}.{message.position}"
        with translated("publish"):
            await self._client.publish(message.subject, message.data, reply=inbox, headers=dict(message.headers))

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
            self._fail(Fenced(f"the stream took {position} for a duplicate"))
        else:
            self._owed.discard(position)
            self.acknowledged = max(self.acknowledged, position)
        self._acked.set()

    def _fail(self, fault: BusFault) -> None:
        self._fault = self._fault or fault
        self._acked.set()
