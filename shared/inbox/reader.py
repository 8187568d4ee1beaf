"""Listens to one speaker: on the bus while it is there, and from the speaker's feed whatever the bus lost."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import structlog
from pydantic import ValidationError

from shared.bus import BackOff, Bus, BusFault, Pull, Unsuitable
from shared.contracts import CloudEvent
from shared.desk import Desk
from shared.feed import Feed, FeedFault
from shared.inbox.hearing import TRANSIENT, Hearing, Policy

log = structlog.get_logger()

PAGE = 200
MOST_PARKED = 100
"""So many parked contracts are no longer single misfits: the reader stops until some are released."""


class SpeakerLostItsPast(RuntimeError):
    """The speaker's log ends before what was heard from it: it was restored from an older backup."""


@dataclass(frozen=True)
class InboxStatus:
    """How far one speaker was heard, and what had to be done for it."""

    speaker: str
    tracked: int
    head: int
    lag_events: int
    lag_seconds: float
    gaps: int
    healed: int
    skipped: int
    foreign: int
    sessions: int
    parked: int
    fault: str
    stopped_reason: str


class Inbox:
    """The one reader of ``speaker`` in the service ``hearer``.

    ``quiet`` is how long, in seconds, nothing may be heard before the speaker is asked whether that is true.
    """

    def __init__(
        self,
        bus: Bus,
        desk: Desk,
        hearer: str,
        speaker: str,
        feed: Feed,
        policy: Policy,
        fold: Policy | None = None,
        quiet: float = 1.0,
    ) -> None:
        self.speaker = speaker
        self.consumer = f"{hearer}-from-{speaker}"
        self._bus, self._desk, self._feed, self._quiet = bus, desk, feed, quiet
        self._hearing = Hearing(desk, speaker, policy, fold)
        self._stream, self._subjects = speaker.upper(), f"ev.{speaker}.>"
        self._tracked = self._head = self._parked = 0
        self._gaps = self._healed = self._skipped = self._foreign = self._sessions = 0
        self._behind_since: float | None = None
        self._released = asyncio.Event()
        self._fault = self._stopped = ""

    def status(self) -> InboxStatus:
        """How the hearing stands; ``lag_events`` counts positions, of which not each is a contract."""
        behind = max(0, self._head - self._tracked)
        since = self._behind_since
        seconds = _now() - since if behind and since is not None else 0.0
        return InboxStatus(
            speaker=self.speaker,
            tracked=self._tracked,
            head=self._head,
            lag_events=behind,
            lag_seconds=seconds,
            gaps=self._gaps,
            healed=self._healed,
            skipped=self._skipped,
            foreign=self._foreign,
            sessions=self._sessions,
            parked=self._parked,
            fault=self._fault,
            stopped_reason=self._stopped,
        )

    async def release(self, subject: str) -> int:
        """Handle the parked contracts of one thing again, in order; how many were handled."""
        try:
            return await self._hearing.release(subject)
        finally:
            self._parked = await asyncio.to_thread(self._hearing.parked)
            self._released.set()

    async def run(self) -> None:
        """Hear until cancelled."""
        back_off = BackOff()
        while True:
            try:
                await self._look()
                await self._session(back_off)
            except SpeakerLostItsPast as why:
                self._stopped = str(why)
                log.error("inbox_stopped", speaker=self.speaker, reason=self._stopped)
                await asyncio.Event().wait()
            except (Unsuitable, *TRANSIENT) as fault:
                if self._fault != str(fault):
                    log.warning("inbox_session_ended", speaker=self.speaker, fault=str(fault))
                self._fault = str(fault)
                await back_off.wait()

    async def _look(self) -> None:
        """How far are we, is anything parked; while the bus is away the feed alone is heard."""
        self._tracked = await asyncio.to_thread(self._desk.store.tracked, self.speaker)
        self._parked = await asyncio.to_thread(self._hearing.parked)
        while not self._bus.is_up:
            await self._until_few_are_parked()
            if await self._ask_for_head() > self._tracked:
                await self._heal()
            try:
                async with asyncio.timeout(self._quiet):
                    await self._bus.up()
            except TimeoutError:
                continue

    async def _session(self, back_off: BackOff) -> None:
        self._sessions += 1
        start = {"deliver_policy": "by_start_sequence", "opt_start_seq": await self._place()}
        async with Pull(self._bus, self._stream, self.consumer, start) as pull:
            self._fault, quiet_since, promised = "", -self._quiet, 0
            while True:
                await self._until_few_are_parked()
                messages = await pull.batch(PAGE, wait=min(0.5, self._quiet))
                if messages:
                    await self._listen(self._parse(message.data for message in messages))
                    quiet_since, promised = _now(), 0
                    back_off.reset()
                elif promised > self._tracked:
                    self._gaps += 1
                    await self._heal()
                    raise BusFault(f"stream {self._stream} had lost its tail")
                elif _now() - quiet_since > self._quiet:
                    # What was written this moment may be on its way: only if it still has not come after
                    # another quiet wait is it missing.
                    quiet_since, promised = _now(), await self._ask_for_head()
                    back_off.reset()

    async def _place(self) -> int:
        """The sequence of the first message after what was heard, found by halving."""
        state = await self._bus.state(self._stream)
        low, high = state.first_seq, state.last_seq + 1
        while low < high:
            middle = (low + high) // 2
            found, position = await self._position_from(middle)
            if position is None or position > self._tracked:
                high = middle
            else:
                low = found + 1
        return max(low, 1)

    async def _position_from(self, seq: int) -> tuple[int, int | None]:
        """Sequence and position of the first contract from ``seq`` on; no position when there is none."""
        while kept := await self._bus.get(self._stream, seq, self._subjects):
            if (position := kept.headers.get("Position", "")).isdigit():
                return kept.seq, int(position)
            seq = kept.seq + 1
        return seq, None

    def _parse(self, bodies: Iterable[bytes]) -> list[CloudEvent]:
        """The contracts among what came; the speaker never sent anything else, and the chain shows if it did."""
        events = []
        for body in bodies:
            try:
                event = CloudEvent.model_validate_json(body)
            except ValidationError:
                self._foreign += 1
                log.error("foreign_message", speaker=self.speaker)
                continue
            events.append(event)
        return events

    async def _listen(self, events: Sequence[CloudEvent]) -> None:
        """Take in what is new; where something is missing before it, take that from the feed first."""
        new: list[CloudEvent] = []
        last = self._tracked
        for event in events:
            if event.previous > last:
                self._gaps += 1
                await self._take(new)
                await self._heal(event.previous)
                new, last = [], self._tracked
            if event.position <= last:
                self._skipped += 1
                continue
            new.append(event)
            last = event.position
        await self._take(new)

    async def _heal(self, upto: int | None = None) -> None:
        """Read on from the feed, to its end or to position ``upto``."""
        while upto is None or self._tracked < upto:
            page = await self._feed.read(self._tracked, PAGE)
            if not page and upto is None:
                return
            if not page or not page[0].previous <= self._tracked < page[0].position:
                raise FeedFault(f"the feed of {self.speaker} has a gap after {self._tracked}")
            await self._take(page)
            self._healed += len(page)

    async def _take(self, events: Sequence[CloudEvent]) -> None:
        if not events:
            return
        self._learn_head(events[-1].position)
        await self._hearing.take(events, self._tracked)
        self._tracked = events[-1].position
        self._parked = await asyncio.to_thread(self._hearing.parked)
        self._learn_head(self._tracked)

    async def _ask_for_head(self) -> int:
        """The speaker's newest position; 0 when it cannot be asked, for then the bus is all there is."""
        try:
            head = await self._feed.head()
        except FeedFault as fault:
            self._fault = str(fault)
            return 0
        if head < self._tracked:
            raise SpeakerLostItsPast(
                f"the log of {self.speaker} ends at {head}, but it was heard up to {self._tracked}; "
                "it was restored from an older backup"
            )
        self._fault = ""
        self._learn_head(head)
        return head

    def _learn_head(self, position: int) -> None:
        self._head = max(self._head, position)
        if self._head <= self._tracked:
            self._behind_since = None
        elif self._behind_since is None:
            self._behind_since = _now()

    async def _until_few_are_parked(self) -> None:
        while self._parked > MOST_PARKED:
            if not self._stopped:
                self._stopped = f"{self._parked} contracts of {self.speaker} are parked"
                log.error("inbox_stopped", speaker=self.speaker, reason=self._stopped)
            self._released.clear()
            await self._released.wait()
        self._stopped = ""


def _now() -> float:
    return time.monotonic()
