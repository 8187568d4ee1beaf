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

import structlog
from eventsourcing.persistence import PersistenceError

from shared.bus import BackOff, Bus, BusFault, Fenced, Pipeline, Unsuitable
from shared.contracts import CloudEvent
from shared.epochs.behind import StreamIsAhead, is_left_behind
from shared.feed import Publications
from shared.stream_copy import StreamCopy, headers_of

log = structlog.get_logger()

READ = 500
POLL = 0.05
"""Seconds between two looks at the log when nobody wakes the relay."""
CHECK = 5.0
"""Seconds after which the end of the stream is compared with what it should hold."""
AWAY = 1.0
"""Seconds between two counts of what waits for the bus."""
AGAIN = 15.0
"""Seconds until a relay that was stopped looks whether its reason is gone."""


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
    has stopped, and nothing once it goes on.
    """

    def __init__(
        self,
        bus: Bus,
        publications: Publications,
        recorded: asyncio.Event | None = None,
        *,
        is_kept: Callable[[CloudEvent], bool] = lambda event: False,
        stopped: Callable[[str], None] = lambda why: None,
        max_bytes: int = 256 << 20,
        replicas: int = 1,
    ) -> None:
        self._bus = bus
        self._publications = publications
        self._recorded = recorded or asyncio.Event()
        self._is_kept, self._tell_stopped = is_kept, stopped
        self._look_again, self._agreed = asyncio.Event(), asyncio.Event()
        self._settings = {"max_bytes": max_bytes, "replicas": replicas}
        self._copy = StreamCopy(bus, publications.speaker)
        self.stream, self.subjects = self._copy.name, self._copy.subjects
        self._position = 0
        self._unpublished = 0
        self._sessions = 0
        self._begun = time.monotonic()
        self._batches = False
        self._fault = ""
        self._stopped = ""
        self._made = self._condemned = ""
        self._stood = self._refused = "", 0, 0

    def standing(self) -> Standing | None:
        """What the stream must hold now; None while the relay is not at work."""
        return Standing(self._made, self._position) if self._made else None

    async def make_anew(self, broken: Standing) -> None:
        """Let the relay delete the stream and fill another, unless that has happened; returns when it is full.

        The relay does it itself, between two messages: nothing is published meanwhile.
        """
        while (now := self.standing()) is None or now.made == broken.made or now.position < broken.position:
            if self._stopped:
                raise BusFault(f"stream {self.stream} is not made anew: {self._stopped}")
            self._condemned = broken.made
            await asyncio.sleep(POLL)

    def oldest_unpublished(self) -> float:
        """How many seconds the oldest contract has waited that the stream is not known to hold; reads the log.

        Before the stream was first looked at, it is at most as long as we have been at it.
        """
        since = self._publications.committed_after(self._position)
        waited = (datetime.now(UTC) - since).total_seconds() if since else 0.0
        return max(0.0, waited if self._sessions else min(waited, time.monotonic() - self._begun))

    def status(self) -> OutboxStatus:
        resyncs = max(0, self._sessions - 1)
        remade = self._copy.remade
        return OutboxStatus(self._unpublished, resyncs, remade, self._position, self._fault, self._stopped)

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
        self._unpublished = await asyncio.to_thread(self._publications.count, self._position)

    async def _until_the_bus_is_up(self) -> None:
        """What waits meanwhile is counted again and again: that somebody sees it grow."""
        while not self._bus.is_up:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._bus.up(), AWAY)
            await self._count()

    async def _session(self, back_off: BackOff) -> None:
        try:
            await self._relay(back_off)
        except Fenced:
            self._refused = self._stood
            raise
        finally:
            self._made = ""

    async def _look(self) -> tuple[str, int]:
        """When the stream was made, and the sequence of its last message."""
        self._position, sequence = await self._where_the_stream_stands()
        self._go_on()
        made = (await self._copy.state()).made
        self._stood = made, self._position, sequence
        if self._stood == self._refused:
            # Nobody has published since, yet to a message it says that it stands elsewhere than when it is asked.
            await self._copy.give_up(made, "it refuses what should follow")
        self._sessions += 1
        return made, sequence

    async def _relay(self, back_off: BackOff) -> None:
        connection = self._bus.connections
        self._look_again.clear()
        epoch = (await asyncio.to_thread(self._publications.epochs))[-1].number
        made, sequence = await self._look()
        async with Pipeline(self._bus, self._position, batches=self._batches) as pipeline:
            self._fault, self._made, checked = "", made, _now()
            sent, before = self._position, ""
            while self._bus.is_up and self._bus.connections == connection:
                self._recorded.clear()
                events = await self._next(sent, epoch)
                for event in events:
                    await self._say(pipeline, event, sequence, before)
                    sequence, sent, before = sequence + 1, event.position, event.id
                self._unpublished = len(events)
                if len(events) == READ:
                    self._position = pipeline.acknowledged
                    await self._count()
                    continue
                await pipeline.settled()
                self._position, self._unpublished = pipeline.acknowledged, 0
                back_off.reset()
                await self._give_up_what_is_condemned()
                if _now() - checked > CHECK:
                    await self._check()
                    checked = _now()
                await self._woken()
        raise BusFault("the connection broke")

    async def _next(self, sent: int, epoch: int) -> list[CloudEvent]:
        """What is to be said after a position, as long as that belongs to an epoch which the stream can be of."""
        events = await asyncio.to_thread(self._publications.read, sent, READ)
        if self._look_again.is_set() or any(event.epoch_number > epoch for event in events):
            raise BusFault(f"stream {self.stream} may be of an epoch that is over")
        return events

    @staticmethod
    async def _say(pipeline: Pipeline, event: CloudEvent, sequence: int, before: str) -> None:
        body = event.model_dump_json(exclude_none=True).encode()
        await pipeline.publish(event.position, event.nats_subject, body, headers_of(event, sequence, before))

    async def _give_up_what_is_condemned(self) -> None:
        condemned, self._condemned = self._condemned, ""
        if condemned and condemned == self._made:
            await self._copy.give_up(condemned, "its audit found a break")

    async def _woken(self) -> None:
        try:
            async with asyncio.timeout(POLL):
                await self._recorded.wait()
        except TimeoutError:
            return

    async def _where_the_stream_stands(self) -> tuple[int, int]:
        """The position of the stream's last contract and the sequence of its last message, both of one moment."""
        config = await self._bus.ensure_stream(self.stream, [self.subjects], batches=True, **self._settings)
        self._batches = config.get("allow_atomic") is True
        last = await self._copy.last_contract()
        state = await self._copy.state()
        if await self._copy.last_contract() != last:
            raise BusFault(f"somebody else is publishing on stream {self.stream}")
        if last is None and state.messages:
            await self._copy.give_up(state.made, "nothing in it can be read")
        if last is None:
            return 0, state.last_seq
        if await asyncio.to_thread(is_left_behind, last, self._publications, self._is_kept):
            await self._copy.give_up(state.made, f"a new epoch began without {last.id}")
        return last.position, state.last_seq

    async def _check(self) -> None:
        """A stream that was lost under an open connection says nothing of it: look.

        What it has acknowledged and no longer gives would not be readable behind the damage if it were sent again.
        """
        last = await self._copy.last_contract()
        position = last.position if last else 0
        if position < self._position:
            await self._copy.give_up(self._made, f"it lost what it had taken after {position}")
        if position != self._position:
            raise BusFault(f"stream {self.stream} no longer ends at {self._position}")


def _now() -> float:
    return asyncio.get_running_loop().time()
