"""Publishes many messages in order without waiting for each: in batches, or with a window of them under way."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
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
    Whoever does not wait for acknowledgements is told by ``failed`` that it is over, and asks :meth:`check` why.
    """

    def __init__(
        self,
        bus: Bus,
        acknowledged: int,
        window: int = WINDOW,
        *,
        batches: bool = False,
        failed: Callable[[], None] = lambda: None,
    ) -> None:
        self.acknowledged = acknowledged
        self._bus, self._client, self._connection = bus, bus.client, bus.connections
        self._window = window
        self._batches = batches
        self._failed = failed
        self._gathered: list[Outgoing] = []
        self._inbox = self._client.new_inbox()
        self._owed: set[int] = set()
        self._fault: BusFault | None = None
        self._acked = asyncio.Event()
        self._heard = 0.0
        self._acks: Subscription | None = None

    @property
    def under_way(self) -> int:
        """How many messages the stream is not known to have taken yet."""
        return len(self._gathered) + len(self._owed)

    async def __aenter__(self) -> Self:
        with translated("publish"):
            self._acks = await self._client.subscribe(f"{self._inbox}.*", cb=self._on_ack)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, _: object, __: TracebackType | None) -> None:
        if self._acks and not self._client.is_closed:
            with translated("publish"):
                await self._acks.unsubscribe()

    async def publish(self, position: int, subject: str, data: bytes, headers: Mapping[str, str]) -> None:
        """Send one more, at the latest with ``flush``.  Raises what went wrong with an earlier one."""
        message = Outgoing(position, subject, data, headers)
        if not self._batches:
            await self._send(message)
            return
        self._gathered.append(message)
        if len(self._gathered) == LARGEST:
            await self.flush()

    async def flush(self) -> None:
        """Send what was gathered; what went as one has been taken, the rest is under way."""
        if len(self._gathered) >= SMALLEST and await self._taken_as_one():
            return
        messages, self._gathered = self._gathered, []
        for message in messages:
            await self._send(message)

    async def settled(self) -> None:
        """Wait until the stream has taken everything."""
        await self.flush()
        await self._acknowledged()

    def check(self) -> None:
        """Raise what went wrong, also when nothing was heard of what is under way for too long."""
        if self._owed and _now() - self._heard > PATIENCE:
            raise self._silence()
        self._raise()

    async def _acknowledged(self) -> None:
        while self._owed:
            await self._next_ack()
        self._raise()

    async def _taken_as_one(self) -> bool:
        # Its first message says only how many the stream must hold: those before it must not be in doubt.
        await self._acknowledged()
        try:
            await Batch(self._bus, self._connection, self._gathered).publish()
        except NotAsOne as why:
            log.warning("batch_not_taken", fault=str(why))
            self._batches = False
            return False
        self.acknowledged = self._gathered[-1].position
        self._gathered = []
        return True

    async def _send(self, message: Outgoing) -> None:
        while len(self._owed) >= self._window:
            await self._next_ack()
        self._raise()
        if not self._owed:
            self._heard = _now()
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
            raise self._silence() from None
        self._raise()

    def _silence(self) -> BusFault:
        return BusFault(f"{len(self._owed)} messages were not acknowledged")

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
            self._heard = _now()
            self.acknowledged = max(self.acknowledged, position)
        self._acked.set()

    def _fail(self, fault: BusFault) -> None:
        self._fault = self._fault or fault
        self._acked.set()
        self._failed()


def _now() -> float:
    return asyncio.get_running_loop().time()
