"""Listens to one speaker: on the bus while it is there, and from the speaker's feed whatever the bus lost."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress

import structlog
from pydantic import ValidationError

from shared.bus import BackOff, Bus, BusFault, Pull, Unsuitable
from shared.contracts import CloudEvent, lineage
from shared.desk import Desk
from shared.epochs.log import FIRST, Epoch, epoch_of
from shared.feed import Feed, FeedFault
from shared.inbox.adopting import Adopting, Forget, followed
from shared.inbox.agreement import SpeakerLostItsPast, last_heard, must_agree
from shared.inbox.faults import TRANSIENT
from shared.inbox.hearing import Hearing, Policy
from shared.inbox.parked import Released
from shared.inbox.place import place_after
from shared.inbox.progress import InboxStatus, Progress
from shared.inbox.views import Views

log = structlog.get_logger()

PAGE = 200
MOST_PARKED = 100
"""So many parked contracts are no longer single misfits: the reader stops until some are released."""


AGAIN = 5.0
"""Seconds until a speaker that lost its past is asked whether it has begun a new epoch."""


class Inbox:
    """The one reader of ``speaker`` in the service ``hearer``.

    ``quiet`` is how long, in seconds, nothing may be heard before the speaker is asked whether that is true.
    ``views`` and ``forget`` say what becomes of what was heard and then lost by the speaker.
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
        *,
        views: Views | None = None,
        forget: Forget | None = None,
    ) -> None:
        self.speaker = speaker
        self.consumer = f"{hearer}-from-{speaker}"
        self._bus, self._desk, self._feed, self._quiet = bus, desk, feed, quiet
        self._hearing = Hearing(desk, speaker, policy, fold, views=views)
        self._adopting = Adopting(desk, speaker, views, forget)
        self._epochs: Sequence[Epoch] = (FIRST,)
        self._last: CloudEvent | None = None
        self._stream, self._subjects = speaker.upper(), f"ev.{speaker}.>"
        self._progress = Progress(speaker)
        self._released, self._counting = asyncio.Event(), asyncio.Lock()
        self._shut_out = 0

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
                if self._progress.lost_past != str(why):
                    log.error("inbox_stopped", speaker=self.speaker, reason=str(why))
                self._progress.lost_past = self._progress.stopped_reason = str(why)
                await asyncio.sleep(min(AGAIN, 10 * self._quiet))
            except (Unsuitable, *TRANSIENT) as fault:
                if self._progress.fault != str(fault):
                    log.warning("inbox_session_ended", speaker=self.speaker, fault=str(fault))
                self._progress.fault = str(fault)
                self._shut_out += 1
                await back_off.wait()

    async def _look(self) -> None:
        """How far are we, is anything parked; while the bus is away the feed alone is heard."""
        await self._adopting.settle()
        if not self._progress.sessions:
            await self._hearing.unknown.take_in()
        store = self._desk.store
        self._epochs = await asyncio.to_thread(followed, store, self.speaker)
        self._progress.enter(self._epochs[-1].number)
        self._hearing.lineage = lineage(self.speaker, self._progress.epoch)
        self._progress.tracked = await asyncio.to_thread(store.tracked, self._hearing.lineage)
        self._last = await asyncio.to_thread(last_heard, store, self.speaker)
        await self._count_parked()
        if await self._ask_for_head() > self._progress.tracked and self._shut_out > 1:
            # The broker answers, but not with this stream: until it does, the feed is all there is.
            await self._heal()
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
            self._progress.fault, self._shut_out, quiet_since, promised = "", 0, -self._quiet, 0
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
        await self._ask_for_head()
        while upto is None or self._progress.tracked < upto:
            await self._until_few_are_parked()
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
        self._must_be_of_our_epochs(events)
        self._progress.learn_head(events[-1].position)
        await self._hearing.take(events, self._progress.tracked)
        await self._count_parked()
        self._last, self._progress.tracked = events[-1], events[-1].position
        self._progress.learn_head(events[-1].position)

    def _must_be_of_our_epochs(self, events: Iterable[CloudEvent]) -> None:
        for event in events:
            expected = epoch_of(event.position, self._epochs)
            if event.epoch_number > expected:
                raise BusFault(f"{event.id} is of a new epoch: {self.speaker} has to say where it began")
            if event.epoch_number < expected:
                raise BusFault(f"stream {self._stream} still holds {event.id}, which {self.speaker} has lost")

    async def _ask_for_head(self) -> int:
        """The speaker's newest position; 0 when it cannot be asked, for then the bus is all there is.

        What was heard last must still be what the speaker has there.  Where it tells of a new epoch, that is
        followed, and the hearing begins anew.
        """
        try:
            told = await self._feed.at(self._last.position if self._last else 0)
            if told.epoch > self._progress.epoch:
                await self._adopting.adopt(await self._feed.epochs())
                raise BusFault(f"{self.speaker} has begun epoch {told.epoch}")
            if told.epoch < self._progress.epoch:
                raise SpeakerLostItsPast(
                    f"{self.speaker} is in epoch {told.epoch}, but was heard in {self._progress.epoch}; "
                    "it was restored from an older backup"
                )
            await must_agree(self._desk.store, self._feed, self._last, told)
        except FeedFault as fault:
            if self._progress.lost_past:
                raise SpeakerLostItsPast(self._progress.lost_past) from fault
            self._progress.fault = str(fault)
            return 0
        self._progress.fault = self._progress.lost_past = ""
        self._progress.learn_head(told.head)
        return told.head

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
