"""Says on the bus what our log holds for others, in order, each contract once.

There is no bookmark: the stream's own last message tells how far it has come.  So a stream that was lost, or
lost its tail, is filled again, and two relays at once cannot interleave.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from eventsourcing.persistence import PersistenceError
from pydantic import ValidationError

from shared.bus import BackOff, Bus, BusFault, Kept, Pipeline, Unsuitable
from shared.contracts import CloudEvent
from shared.feed import Publications

log = structlog.get_logger()

READ = 500
POLL = 0.05
"""Seconds between two looks at the log when nobody wakes the relay."""
CHECK = 5.0
"""Seconds of quiet after which the stream is compared with what it should hold."""
CLOUD_EVENT = "application/cloudevents+json"


class StreamIsAhead(RuntimeError):
    """The stream holds what our store does not: the store was restored from an older backup."""


@dataclass(frozen=True)
class OutboxStatus:
    """How far the relay has come; ``position`` is the last one the stream is known to hold."""

    unpublished: int
    resyncs: int
    position: int
    fault: str
    stopped_reason: str


class Outbox:
    """The relay of one speaker.  ``recorded`` wakes it when something was written; the rest is for its stream."""

    def __init__(
        self,
        bus: Bus,
        publications: Publications,
        recorded: asyncio.Event | None = None,
        *,
        max_bytes: int = 256 << 20,
        replicas: int = 1,
    ) -> None:
        self._bus = bus
        self._publications = publications
        self._recorded = recorded or asyncio.Event()
        self._settings = {"max_bytes": max_bytes, "replicas": replicas}
        self.stream = publications.speaker.upper()
        self.subjects = f"ev.{publications.speaker}.>"
        self._position = 0
        self._unpublished = 0
        self._sessions = 0
        self._begun = time.monotonic()
        self._batches = False
        self._fault = ""
        self._stopped = ""

    def oldest_unpublished(self) -> float:
        """How many seconds the oldest contract has waited that the stream is not known to hold; reads the log.

        Before the stream was first looked at, it is at most as long as we have been at it.
        """
        since = self._publications.committed_after(self._position)
        waited = (datetime.now(UTC) - since).total_seconds() if since else 0.0
        return max(0.0, waited if self._sessions else min(waited, time.monotonic() - self._begun))

    def status(self) -> OutboxStatus:
        resyncs = max(0, self._sessions - 1)
        return OutboxStatus(self._unpublished, resyncs, self._position, self._fault, self._stopped)

    async def run(self) -> None:
        """Relay until cancelled.  Stops for good, and stays to be seen, when the stream is ahead of the store."""
        back_off = BackOff(longest=5.0)
        while not self._stopped:
            try:
                await self._count()
                await self._bus.up()
                await self._session(back_off)
            except StreamIsAhead as why:
                self._stopped = str(why)
                log.error("outbox_stopped", stream=self.stream, reason=self._stopped)
            except (OSError, PersistenceError, Unsuitable) as fault:
                self._fault = str(fault)
                log.warning("outbox_session_ended", stream=self.stream, fault=self._fault)
                await back_off.wait()
        await asyncio.Event().wait()

    async def _count(self) -> None:
        self._unpublished = await asyncio.to_thread(self._publications.count, self._position)

    async def _session(self, back_off: BackOff) -> None:
        connection = self._bus.connections
        self._position, sequence = await self._where_the_stream_stands()
        self._sessions += 1
        async with Pipeline(self._bus, self._position, batches=self._batches) as pipeline:
            self._fault, checked = "", _now()
            begun = sent = self._position
            while self._bus.is_up and self._bus.connections == connection:
                self._recorded.clear()
                events = await asyncio.to_thread(self._publications.read, sent, READ)
                for event in events:
                    await self._say(pipeline, event, sequence, is_first=sent == begun)
                    sequence, sent = sequence + 1, event.position
                self._unpublished = len(events)
                if len(events) == READ:
                    self._position = pipeline.acknowledged
                    await self._count()
                    continue
                await pipeline.settled()
                self._position, self._unpublished = pipeline.acknowledged, 0
                back_off.reset()
                if not events and _now() - checked > CHECK:
                    await self._check()
                    checked = _now()
                await self._woken()
        raise BusFault("the connection broke")

    @staticmethod
    async def _say(pipeline: Pipeline, event: CloudEvent, sequence: int, is_first: bool) -> None:
        """Send one contract so that the stream takes it only where it belongs.

        The first of a session must find the stream exactly where it was seen.  A later one must find its
        predecessor: its sequence alone could fit by chance after an earlier one was refused, and the stream would
        have a hole.
        """
        headers = {
            "Content-Type": CLOUD_EVENT,
            "Nats-Msg-Id": event.id,
            "Nats-Expected-Last-Sequence": str(sequence),
            "Position": str(event.position),
            "Previous": str(event.previous),
        }
        if not is_first:
            headers["Nats-Expected-Last-Msg-Id"] = f"{event.speaker}:{event.previous}"
        if event.traceparent:
            headers["traceparent"] = event.traceparent
        body = event.model_dump_json(exclude_none=True).encode()
        await pipeline.publish(event.position, event.nats_subject, body, headers)

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
        last = await self._last_contract()
        state = await self._bus.state(self.stream)
        if await self._last_contract() != last:
            raise BusFault(f"somebody else is publishing on stream {self.stream}")
        if last is None:
            return 0, state.last_seq
        await self._must_be_ours(last)
        return last.position, state.last_seq

    async def _last_contract(self) -> CloudEvent | None:
        first_seq = (await self._bus.state(self.stream)).first_seq
        kept = await self._bus.last(self.stream, self.subjects)
        while kept is not None:
            if event := _contract(kept):
                return event
            log.error("foreign_message", stream=self.stream, seq=kept.seq)
            kept = await self._before(kept.seq, first_seq)
        return None

    async def _before(self, seq: int, first_seq: int) -> Kept | None:
        for earlier in range(seq - 1, first_seq - 1, -1):
            kept = await self._bus.get(self.stream, earlier, self.subjects)
            if kept is not None and kept.seq == earlier:
                return kept
        return None

    async def _must_be_ours(self, last: CloudEvent) -> None:
        ours = await asyncio.to_thread(self._publications.read, last.position - 1, 1)
        told = [(event.position, event.subject, event.time) for event in ours]
        if told != [(last.position, last.subject, last.time)]:
            raise StreamIsAhead(
                f"stream {self.stream} holds {last.id}, which is not what the store has at that position; "
                "the store was restored from an older backup and needs a new stream"
            )

    async def _check(self) -> None:
        """A stream that was lost under an open connection says nothing of it: look."""
        last = await self._bus.last(self.stream, self.subjects)
        event = _contract(last) if last else None
        if (event.position if event else 0) != self._position:
            raise BusFault(f"stream {self.stream} no longer ends at {self._position}")


def _contract(kept: Kept) -> CloudEvent | None:
    """The contract in a message, or None when the relay of this service never sent it."""
    try:
        return CloudEvent.model_validate_json(kept.data)
    except ValidationError:
        return None


def _now() -> float:
    return asyncio.get_running_loop().time()
