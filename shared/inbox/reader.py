"""Listens to one speaker: on the bus while it is there, and from the speaker's feed whatever the bus lost."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress

import structlog
from pydantic import ValidationError

from shared.bus import BackOff, Bus, BusFault, Pull, Unsuitable
from shared.contracts import CloudEvent
from shared.desk import Desk
from shared.feed import Feed, FeedFault
from shared.inbox.faults import TRANSIENT
from shared.inbox.hearing import Hearing, Policy
from shared.inbox.parked import Released
from shared.inbox.place import place_after
from shared.inbox.progress import InboxStatus, Progress

log = structlog.get_logger()

PAGE = 200
MOST_PARKED = 100
"""So many parked contracts are no longer single misfits: the reader stops until some are released."""


class SpeakerLostItsPast(RuntimeError):
    """The speaker's log ends before what was heard from it: it was restored from an older backup."""


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
        self._progress = Progress(speaker)
        self._released, self._counting = asyncio.Event(), asyncio.Lock()

    def status(self) -> InboxStatus:
        """How the hearing stands."""
        return self._progress.status()

    async def release(self, by: str, subject: str | None = None) -> Released:
        """Take in again what is parked of one thing or of all, in order."""
        try:
            return await self._hearing.parked.release(by, subject)
        finally:
            await self._count_parked()
            self._released.set()

    async def run(self) -> None:
        """Hear until cancelled."""
        back_off = BackOff()
        while True:
            try:
                await self._look()
                await self._session(back_off)
            except SpeakerLostItsPast as why:
                self._progress.stopped_reason = str(why)
                log.error("inbox_stopped", speaker=self.speaker, reason=self._progress.stopped_reason)
                await asyncio.Event().wait()
            except (Unsuitable, *TRANSIENT) as fault:
                if self._progress.fault != str(fault):
                    log.warning("inbox_session_ended", speaker=self.speaker, fault=str(fault))
                self._progress.fault = str(fault)
                await back_off.wait()

    async def _look(self) -> None:
        """How far are we, is anything parked; while the bus is away the feed alone is heard."""
        self._progress.tracked = await asyncio.to_thread(self._desk.store.tracked, self.speaker)
        await self._count_parked()
        while not self._bus.is_up:
            try:
                async with asyncio.timeout(self._quiet):
                    await self._bus.up()
            except TimeoutError:
                await self._until_few_are_parked()
                if await self._ask_for_head() > self._progress.tracked:
                    await self._heal()

    async def _session(self, back_off: BackOff) -> None:
        self._progress.sessions += 1
        place = await place_after(self._bus, self._stream, self._subjects, self._progress.tracked)
        start = {"deliver_policy": "by_start_sequence", "opt_start_seq": place}
        async with Pull(self._bus, self._stream, self.consumer, start) as pull:
            self._progress.fault, quiet_since, promised = "", -self._quiet, 0
            while True:
                await self._until_few_are_parked()
                messages = await pull.batch(PAGE, wait=min(0.5, self._quiet))
                if messages:
                    await self._listen(self._parse(message.data for message in messages))
                    quiet_since, promised = _now(), 0
                    back_off.reset()
                elif promised > self._progress.tracked:
                    self._progress.gaps += 1
                    await self._heal()
                    raise BusFault(f"stream {self._stream} had lost its tail")
                elif _now() - quiet_since > self._quiet:
                    # What was written this moment may be on its way: only if it still has not come after
                    # another quiet wait is it missing.
                    quiet_since, promised = _now(), await self._ask_for_head()
                    back_off.reset()

    def _parse(self, bodies: Iterable[bytes]) -> list[CloudEvent]:
        """The contracts among what came; the speaker never sent anything else, and the chain shows if it did."""
        events = []
        for body in bodies:
            try:
                event = CloudEvent.model_validate_json(body)
            except ValidationError:
                self._progress.foreign += 1
                log.error("foreign_message", speaker=self.speaker)
                continue
            events.append(event)
        return events

    async def _listen(self, events: Sequence[CloudEvent]) -> None:
        """Take in what is new; where something is missing before it, take that from the feed first."""
        new: list[CloudEvent] = []
        last = self._progress.tracked
        for event in events:
            if event.previous > last:
                self._progress.gaps += 1
                await self._take(new)
                await self._heal(event.previous)
                new, last = [], self._progress.tracked
            if event.position <= last:
                self._progress.skipped += 1
                continue
            new.append(event)
            last = event.position
        await self._take(new)

    async def _heal(self, upto: int | None = None) -> None:
        """Read on from the feed, to its end or to position ``upto``."""
        while upto is None or self._progress.tracked < upto:
            page = await self._feed.read(self._progress.tracked, PAGE)
            if not page and upto is None:
                return
            if not page or not page[0].previous <= self._progress.tracked < page[0].position:
                raise FeedFault(f"the feed of {self.speaker} has a gap after {self._progress.tracked}")
            await self._take(page)
            self._progress.healed += len(page)

    async def _take(self, events: Sequence[CloudEvent]) -> None:
        if not events:
            return
        self._progress.learn_head(events[-1].position)
        await self._hearing.take(events, self._progress.tracked)
        await self._count_parked()
        self._progress.tracked = events[-1].position
        self._progress.learn_head(events[-1].position)

    async def _ask_for_head(self) -> int:
        """The speaker's newest position; 0 when it cannot be asked, for then the bus is all there is."""
        try:
            head = await self._feed.head()
        except FeedFault as fault:
            self._progress.fault = str(fault)
            return 0
        if head < self._progress.tracked:
            raise SpeakerLostItsPast(
                f"the log of {self.speaker} ends at {head}, but it was heard up to {self._progress.tracked}; "
                "it was restored from an older backup"
            )
        self._progress.fault = ""
        self._progress.learn_head(head)
        return head

    async def _count_parked(self) -> None:
        # One at a time, so that a count made before a release never stands for one made after it.
        async with self._counting:
            self._progress.parked = await asyncio.to_thread(self._hearing.parked.count)

    async def _until_few_are_parked(self) -> None:
        while self._progress.parked > MOST_PARKED:
            if not self._progress.stopped_reason:
                self._progress.stopped_reason = f"{self._progress.parked} contracts of {self.speaker} are parked"
                log.error("inbox_stopped", speaker=self.speaker, reason=self._progress.stopped_reason)
            self._released.clear()
            # Asked anew now and then, for another process may have released them.
            with suppress(TimeoutError):
                await asyncio.wait_for(self._released.wait(), self._quiet)
            await self._count_parked()
        self._progress.stopped_reason = ""


def _now() -> float:
    return time.monotonic()
