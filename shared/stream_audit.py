"""Compares our stream, message by message, with the log it is a copy of, and has it made anew where they differ.

What a broker says of a stream proves nothing: it goes on counting messages that it can no longer deliver, and
hearers that are past a damaged place never look back.  Only reading all of it shows what a newcomer would get.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import structlog
from eventsourcing.persistence import PersistenceError

from shared.bus import BackOff, Bus, BusFault, Kept, Pull, Unsuitable, delivered
from shared.feed import Publications
from shared.outbox import Outbox, Standing
from shared.stream_comparison import Break, Comparison, Fault

log = structlog.get_logger()

PAGE = 500
SILENCE = 5.0
"""Seconds in which a server that is alive delivers what it can deliver."""
OVERDUE = 3
"""So many periods without a finished audit are no longer bad luck."""


@dataclass(frozen=True)
class AuditStatus:
    """What is known of the stream; ``broken`` names a break that was not mended yet."""

    running: bool
    last_verified_at: str
    last_verified_position: int
    seconds_since_verified: float
    breaks: int
    rebuilt: int
    broken: str
    fault: str


class StreamAudit:
    """The audit of one speaker's stream, in the process whose relay fills it.

    ``every`` is how many seconds lie between two audits that nobody asked for.
    """

    def __init__(self, bus: Bus, outbox: Outbox, publications: Publications, every: float = 3600.0) -> None:
        self._bus, self._outbox, self._publications, self._every = bus, outbox, publications, every
        self._turn = asyncio.Lock()
        self._since = time.monotonic()
        self._verified_at = ""
        self._verified = self._breaks = self._rebuilt = 0
        self._broken = self._fault = ""

    def status(self) -> AuditStatus:
        return AuditStatus(
            running=self._turn.locked(),
            last_verified_at=self._verified_at,
            last_verified_position=self._verified,
            seconds_since_verified=time.monotonic() - self._since,
            breaks=self._breaks,
            rebuilt=self._rebuilt,
            broken=self._broken,
            fault=self._fault,
        )

    def check(self) -> dict[str, Any]:
        """For the service's health: ill while a break is not mended, or when no audit comes to an end."""
        status = self.status()
        overdue = status.seconds_since_verified > OVERDUE * self._every
        return {"ok": not status.broken and not overdue, **vars(status)}

    async def run(self) -> None:
        """Audit as soon as the relay is at work, and then again and again, until cancelled."""
        back_off = BackOff(longest=60.0)
        while True:
            try:
                await self.audit()
            except (OSError, PersistenceError, Unsuitable) as fault:
                log.info("stream_audit_inconclusive", stream=self._outbox.stream, fault=str(fault))
                await back_off.wait()
                continue
            back_off.reset()
            await asyncio.sleep(self._every)

    async def audit(self) -> AuditStatus:
        """Compare the whole stream with the log now, and mend it; :class:`BusFault` when that cannot be done now."""
        async with self._turn:
            try:
                await self._audit()
            except (OSError, PersistenceError, Unsuitable) as fault:
                self._fault = str(fault)
                raise
        return self.status()

    async def _audit(self) -> None:
        found, standing = await self._look()
        if found:
            self._breaks += 1
            self._broken = str(found)
            log.error("stream_broken", stream=self._outbox.stream, **vars(found))
            await self._outbox.make_anew(standing)
            self._rebuilt += 1
            log.info("stream_made_anew", stream=self._outbox.stream)
            found, standing = await self._look()
            if found:
                raise BusFault(f"stream {self._outbox.stream} was made anew and is broken again: {found}")
        self._verified_at = datetime.now(UTC).isoformat(timespec="seconds")
        self._verified, self._since = standing.position, time.monotonic()
        self._broken = self._fault = ""

    async def _look(self) -> tuple[Break | None, Standing]:
        """The stream's first break, believed only when it was seen twice."""
        standing = self._standing()
        found = await self._walk(standing) and await self._walk(standing)
        if self._standing().made != standing.made:
            raise BusFault(f"stream {self._outbox.stream} was replaced while it was read")
        return found, standing

    def _standing(self) -> Standing:
        standing = self._outbox.standing()
        if standing is None:
            raise BusFault(f"the relay of stream {self._outbox.stream} is not at work")
        return standing

    async def _walk(self, standing: Standing) -> Break | None:
        comparison, state = Comparison(self._publications.read), await self._bus.state(self._outbox.stream)
        async with Pull(self._bus, self._outbox.stream, f"audit-{uuid4().hex}", {"deliver_policy": "all"}) as pull:
            began = time.monotonic()
            while comparison.seq < state.last_seq and (page := await self._page(pull)):
                if found := await self._compare(comparison, page):
                    return found
                # Beside the service's own work this takes half of the time at most.
                await asyncio.sleep(time.monotonic() - began)
                began = time.monotonic()
        if comparison.position < standing.position and not await self._is_aged_out():
            return Break(Fault.MISSING, comparison.seq + 1, comparison.position)
        return None

    async def _is_aged_out(self) -> bool:
        """Whether all of it became too old, as after a long silence, maybe only while it was read."""
        return (await self._bus.state(self._outbox.stream)).is_aged_out

    @staticmethod
    async def _page(pull: Pull) -> list[Kept]:
        """The next messages; none when there are no more that can be delivered."""
        until = time.monotonic() + SILENCE
        while time.monotonic() < until:
            if messages := await pull.batch(PAGE):
                return [delivered(message) for message in messages]
        return []

    async def _compare(self, comparison: Comparison, page: Sequence[Kept]) -> Break | None:
        while found := await asyncio.to_thread(comparison.take, page):
            first = (await self._bus.state(self._outbox.stream)).first_seq
            if found.fault is not Fault.MISSING or first == 1 or found.seq > first:
                return found
            # The oldest make room for new ones, also while we read.
            page = [message for message in page if message.seq >= found.seq]
            comparison.go_on_at(page[0])
        return None
