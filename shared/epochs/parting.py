"""Where our history and the one that others know part: up to there all agree, what follows is only theirs."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from uuid import uuid4

from shared.bus import Bus, Kept, NoSuchThing, Pull, delivered, place_of_first
from shared.contracts import CloudEvent
from shared.domain import Refused
from shared.feed import Publications
from shared.stream_copy import contract_in

_PAGE = 200


class HistoryAgrees(Refused):
    """Nobody is known to have heard anything that the store does not hold: there is no reason for a new epoch."""

    code = "history_agrees"


class PartingUnknown(Refused):
    """The stream begins after the histories have parted: only those who heard can say where that was."""

    code = "parting_unknown"
    place = "agreed"


@dataclass(frozen=True)
class Proposal:
    """The epoch to be opened: its number, the last position all agree on, and what the stream holds beyond it."""

    number: int
    after: int
    lost: tuple[CloudEvent, ...]


class Parting:
    """Compares a speaker's stream with what its store would say."""

    def __init__(self, bus: Bus, publications: Publications) -> None:
        self._bus, self._publications = bus, publications
        self.speaker = publications.speaker
        self._stream = publications.speaker.upper()
        self._subjects = f"ev.{publications.speaker}.>"

    async def propose(self, agreed: int | None = None, known: int = 1) -> Proposal:
        """The epoch that resolves what is found.

        ``agreed`` is the last position on which whoever heard the least agreeing history agrees, ``known`` the
        newest epoch anybody has heard of; both come from the hearers, for the stream may have been lost as well.
        """
        newest = (await asyncio.to_thread(self._publications.epochs))[-1].number
        head = await asyncio.to_thread(self._publications.head)
        common, is_certain, seq = await self._agreement(head)
        lost = tuple(await self._from(seq)) if seq is not None else ()
        if not lost and known <= newest and (agreed is None or agreed >= head):
            raise HistoryAgrees(f"the stream holds nothing that {self.speaker} does not know")
        if not is_certain and agreed is None:
            raise PartingUnknown("the stream begins after the histories have parted")
        after = common if agreed is None else min(common, agreed)
        after = await asyncio.to_thread(self._publications.last_upto, after)
        return Proposal(max([newest, known, *(event.epoch_number for event in lost)]) + 1, after, lost)

    async def _agreement(self, head: int) -> tuple[int, bool, int | None]:
        """The last position on which store and stream agree, whether that is certain, and the sequence that follows.

        Histories that have parted never meet again, so the place is found by halving.  Where nothing of the stream
        is ours, they have parted somewhere before it begins.
        """
        common, parted = -1, None

        async def beyond(kept: Kept) -> bool | None:
            nonlocal common, parted
            if (event := contract_in(kept)) is None:
                return None
            # Each that agrees lies after the one before, and each that does not before it: the last ones stand.
            if await self._is_ours(event):
                common = event.position
                return False
            parted = (kept.seq, event.previous)
            return True

        try:
            await place_of_first(self._bus, self._stream, self._subjects, beyond)
        except NoSuchThing:
            return head, True, None
        if parted is None:
            return head, True, None
        seq, before = parted
        return (common, True, seq) if common >= 0 else (before, before == 0, seq)

    async def _is_ours(self, event: CloudEvent) -> bool:
        ours = await asyncio.to_thread(self._publications.at, event.position)
        return event.is_same_as(ours)

    async def _from(self, seq: int) -> list[CloudEvent]:
        """Every contract of the stream from a sequence on."""
        start = {"deliver_policy": "by_start_sequence", "opt_start_seq": seq}
        found: list[CloudEvent] = []
        async with Pull(self._bus, self._stream, f"{self.speaker}-parted-{uuid4().hex}", start) as pull:
            more = pull.waiting > 0
            while more:
                for message in await pull.batch(_PAGE):
                    more = message.metadata.num_pending > 0
                    if event := contract_in(delivered(message)):
                        found.append(event)
        return found
