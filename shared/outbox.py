"""Says on the bus what our log holds for others, in order, each contract once.

There is no bookmark: the stream's own last message tells how far it has come.  So a stream that was lost, or
lost its tail, is filled again, and two relays at once cannot interleave.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import structlog
from eventsourcing.persistence import PersistenceError

from shared.bus import BackOff, Bus, BusFault, Fenced, Unsuitable
from shared.contracts import CloudEvent
from shared.epochs.behind import StreamIsAhead
from shared.feed import Publications
from shared.relay import Relay, Start
from shared.stream_copy import StreamCopy
from shared.stream_place import Place, place_of

log = structlog.get_logger()

CHECK = 5.0
"""Seconds after which the end of the stream is compared with what it should hold."""
AWAY = 1.0
"""Seconds between two counts of what waits for the bus."""
AGAIN = 15.0
"""Seconds until a relay that was stopped looks whether its reason is gone."""
WATCHED = 0.05
"""Seconds between two looks whether the stream was made anew."""


@dataclass(frozen=True)
class OutboxStatus:
    """How far the relay has come; ``position`` is the last one the stream is known to hold."""

    unpublished: int
    resyncs: int
    remade: int
    position: int
    fault: str
    stopped_reason: str


@dataclass(frozen=True)
class Standing:
    """What the stream ``made`` then is known to hold: everything up to ``position``."""

    made: str
    position: int


class Outbox:
    """The relay of one speaker.  ``recorded`` wakes it when something was written; the rest is for its stream.

    ``is_kept`` knows what of the stream was kept as lost when a new epoch began; ``stopped`` is told why the relay
    has stopped, and nothing once it goes on.  ``stream`` is what our stream is asked to be, beside its defaults.
    """

    def __init__(
        self,
        bus: Bus,
        publications: Publications,
        recorded: asyncio.Event | None = None,
        *,
        is_kept: Callable[[CloudEvent], bool] = lambda event: False,
        stopped: Callable[[str], None] = lambda why: None,
        **stream: Any,
    ) -> None:
        self._bus, self._publications = bus, publications
        self._recorded = recorded or asyncio.Event()
        self._is_kept, self._tell_stopped = is_kept, stopped
        self._look_again, self._agreed = asyncio.Event(), asyncio.Event()
        self._copy = StreamCopy(bus, publications.speaker, **stream)
        self.stream, self.subjects = self._copy.name, self._copy.subjects
        self._relay: Relay | None = None
        self._position = self._unpublished = self._sessions = 0
        self._begun = time.monotonic()
        self._fault = self._stopped = ""
        self._refused = Place("", 0, 0)

    @property
    def position(self) -> int:
        """The last position the stream is known to hold."""
        return self._relay.position if self._relay else self._position

    def standing(self) -> Standing | None:
        """What the stream must hold now; None while the relay is not at work."""
        return Standing(self._relay.made, self._relay.position) if self._relay else None

    async def make_anew(self, broken: Standing) -> None:
        """Let the relay delete the stream and fill another, unless that has happened; returns when it is full.

        The relay does it itself, between two messages: nothing is published meanwhile.
        """
        while (now := self.standing()) is None or now.made == broken.made or now.position < broken.position:
            if self._stopped:
                raise BusFault(f"stream {self.stream} is not made anew: {self._stopped}")
            if self._relay and self._relay.made == broken.made:
                self._relay.is_condemned = True
                self._recorded.set()
            await asyncio.sleep(WATCHED)

    def oldest_unpublished(self) -> float:
        """How many seconds the oldest contract has waited that the stream is not known to hold; reads the log.

        Before the stream was first looked at, it is at most as long as we have been at it.
        """
        since = self._publications.committed_after(self.position)
        waited = (datetime.now(UTC) - since).total_seconds() if since else 0.0
        return max(0.0, waited if self._sessions else min(waited, time.monotonic() - self._begun))

    def status(self) -> OutboxStatus:
        unpublished = self._relay.unpublished if self._relay else self._unpublished
        resyncs, remade = max(0, self._sessions - 1), self._copy.remade
        return OutboxStatus(unpublished, resyncs, remade, self.position, self._fault, self._stopped)

    async def run(self) -> None:
        """Relay until cancelled.  Stops, and stays to be seen, while the stream is ahead of the store."""
        back_off = BackOff(longest=5.0)
        while True:
            try:
                await self._count()
                await self._until_the_bus_is_up()
                await self._session(back_off)
            except StreamIsAhead as why:
                await self._stop(str(why))
            except (OSError, PersistenceError, Unsuitable) as fault:
                self._fault = str(fault)
                log.warning("outbox_session_ended", stream=self.stream, fault=self._fault)
                await back_off.wait()

    async def until_agreed(self) -> None:
        """Wait until the stream was found to hold nothing that the store does not."""
        await self._agreed.wait()

    def look_again(self) -> None:
        """Whatever stopped the relay may be gone, and the stream may be of an epoch that is over."""
        self._look_again.set()
        self._recorded.set()

    async def _stop(self, why: str) -> None:
        if self._stopped != why:
            log.error("outbox_stopped", stream=self.stream, reason=why)
        self._stopped = why
        self._agreed.clear()
        self._tell_stopped(why)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._look_again.wait(), AGAIN)

    def _go_on(self) -> None:
        if self._stopped:
            log.info("outbox_goes_on", stream=self.stream)
        self._stopped = ""
        self._agreed.set()
        self._tell_stopped("")

    async def _count(self) -> None:
        self._unpublished = await asyncio.to_thread(self._publications.count, self.position)

    async def _until_the_bus_is_up(self) -> None:
        """What waits meanwhile is counted again and again: that somebody sees it grow."""
        while not self._bus.is_up:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._bus.up(), AWAY)
            await self._count()

    async def _session(self, back_off: BackOff) -> None:
        connection = self._bus.connections
        self._look_again.clear()
        epoch = (await asyncio.to_thread(self._publications.epochs))[-1].number
        batches = await self._copy.ensure()
        place = await self._look()
        start = Start(place, connection, epoch, self._unpublished, batches=batches)
        relay = Relay(self._bus, self._copy, self._publications, start, self._recorded, self._look_again.is_set)
        self._relay, self._fault = relay, ""
        try:
            await relay.run(CHECK, back_off.reset)
        except Fenced:
            self._refused = place
            raise
        finally:
            self._position, self._unpublished, self._relay = relay.position, relay.unpublished, None

    async def _look(self) -> Place:
        place = await place_of(self._copy, self._publications, self._is_kept)
        self._position = place.position
        self._go_on()
        if place == self._refused:
            # Nobody has published since, yet to a message it says that it stands elsewhere than when it is asked.
            await self._copy.give_up(place.made, "it refuses what should follow")
        self._sessions += 1
        return place
