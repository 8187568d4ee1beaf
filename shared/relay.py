"""One run of the relay over one connection: says what the log holds after the place where the stream stands.

It reads on as soon as something was recorded and does not wait until the stream has taken what was said before;
what is under way is fenced, so whatever goes wrong with one message ends the run before anything is out of order.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from shared.bus import Bus, BusFault, Pipeline
from shared.contracts import CloudEvent
from shared.feed import Publications
from shared.stream_copy import StreamCopy, headers_of
from shared.stream_place import Place

READ = 500
POLL = 0.5
"""Seconds between two looks at the log when nobody wakes the relay: another process may have written."""


@dataclass(frozen=True)
class Start:
    """What a run begins with: where the stream stood, over which connection, our epoch, how many wait to be said."""

    place: Place
    connection: int
    epoch: int
    unread: int
    batches: bool


class Relay:
    """A run that begins at a place of the stream and ends when its connection does, or with a fault.

    ``woken`` is set when the log has more.  ``is_over`` tells that the stream may be of another epoch than ours.
    """

    def __init__(
        self,
        bus: Bus,
        copy: StreamCopy,
        publications: Publications,
        start: Start,
        woken: asyncio.Event,
        is_over: Callable[[], bool],
    ) -> None:
        self._bus, self._copy, self._publications = bus, copy, publications
        self._woken, self._is_over = woken, is_over
        self._connection, self._epoch, self._unread = start.connection, start.epoch, start.unread
        place = start.place
        self._pipeline = Pipeline(bus, place.position, batches=start.batches, failed=woken.set)
        self._sequence, self._sent, self._before = place.sequence, place.position, ""
        self.made = place.made
        self.is_condemned = False

    @property
    def position(self) -> int:
        """The last position the stream is known to hold."""
        return self._pipeline.acknowledged

    @property
    def unpublished(self) -> int:
        """How many contracts it is not known to hold, of those that were seen in the log."""
        return self._unread + self._pipeline.under_way

    async def run(self, check_every: float, caught_up: Callable[[], None]) -> None:
        """Relay; ``caught_up`` is called when the stream has everything for the first time.  Never returns."""
        async with self._pipeline:
            await self._say_what_is_new()
            await self._pipeline.settled()
            caught_up()
            checked = _now()
            while True:
                if _now() - checked > check_every or self.is_condemned:
                    await self._look_at_the_stream()
                    checked = _now()
                await self._until_woken()
                self._woken.clear()
                await self._say_what_is_new()

    async def _say_what_is_new(self) -> None:
        while await self._say_a_page():
            pass

    async def _say_a_page(self) -> bool:
        """Say what is next, as long as that belongs to an epoch the stream can be of; whether there is more."""
        self._must_stand()
        events = await asyncio.to_thread(self._publications.following, self._sent, READ)
        if self._is_over() or any(event.epoch_number > self._epoch for event in events):
            raise BusFault(f"stream {self._copy.name} may be of an epoch that is over")
        more = len(events) == READ
        self._unread = await asyncio.to_thread(self._publications.count, events[-1].position) if more else 0
        for event in events:
            await self._say(event)
        await self._pipeline.flush()
        return more

    def _must_stand(self) -> None:
        if not self._bus.is_up or self._bus.connections != self._connection:
            raise BusFault("the connection broke")
        self._pipeline.check()

    async def _say(self, event: CloudEvent) -> None:
        body = event.model_dump_json(exclude_none=True).encode()
        headers = headers_of(event, self._sequence, self._before)
        await self._pipeline.publish(event.position, event.nats_subject, body, headers)
        self._sequence, self._sent, self._before = self._sequence + 1, event.position, event.id

    async def _look_at_the_stream(self) -> None:
        """When it has taken everything: give it up if that is wanted, else see that it still ends where it should."""
        await self._pipeline.settled()
        if self.is_condemned:
            await self._copy.give_up(self.made, "its audit found a break")
        await self._copy.must_end_at(self.position, self.made)

    async def _until_woken(self) -> None:
        try:
            async with asyncio.timeout(POLL):
                await self._woken.wait()
        except TimeoutError:
            return


def _now() -> float:
    return asyncio.get_running_loop().time()
