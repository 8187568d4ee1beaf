"""Goes through what was heard, in its order, and writes down whom each fact concerns.

What one service says may rest on what another said before: a report is opened for those who hold roles.  So a fact
waits until everything its speaker could know of has been heard too.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

import structlog
from eventsourcing.persistence import PersistenceError

from services.notify.application.intending import intend
from services.notify.application.receivers import concerned
from services.notify.rules import rules_on
from services.notify.views import queries
from shared.clock import Clock
from shared.contracts import registry
from shared.desk import Desk, Unavailable, UnitOfWork
from shared.eventstore import EventStore
from shared.feed import Feed, FeedFault
from shared.inbox import Heard, heard_by, heard_upto
from shared.inbox.lost import first_told

log = structlog.get_logger()
FOLLOWER = "notify.rules"
"""The name under which the position in what was heard is tracked."""
RESTS_ON: Mapping[str, Sequence[str]] = {
    "registry": (),
    "reporting": ("registry",),
    "review": ("registry", "reporting"),
}
"""Whose facts each speaker's facts may rest on."""
_PAGE = 200
_PAUSE = 0.1


class CaughtUp:
    """Whether all that a speaker had said, when something was heard from somebody else, has been heard too."""

    def __init__(self, speaker: str, feed: Feed, store: EventStore) -> None:
        self.speaker = speaker
        self._feed, self._store = feed, store
        self._until = 0
        self.fault = ""

    async def by(self, turn: int) -> bool:
        """Whether it had been by a turn of our hearing; asks the speaker unless that is known already."""
        if turn <= self._until:
            return True
        newest = await asyncio.to_thread(queries.newest_turn, self._store.rows)
        if not await self.now():
            return False
        self._until = newest
        return True

    async def now(self) -> bool:
        """Whether all that the speaker has said by now has been heard."""
        try:
            told = await self._feed.at(0)
        except FeedFault as fault:
            self.fault = str(fault)
            return False
        self.fault = ""
        return await asyncio.to_thread(heard_upto, self._store, self.speaker) >= (told.epoch, told.head)


class Concerning:
    """The one follower of what was heard."""

    def __init__(self, desk: Desk, clock: Clock, caught_up: Mapping[str, CaughtUp]) -> None:
        self._desk, self._clock, self._caught_up = desk, clock, caught_up
        self.position = 0
        self.waits_for = ""

    def status(self) -> dict[str, Any]:
        """How far it has come, and whom it waits for."""
        faults = [one.fault for one in self._caught_up.values() if one.fault]
        return {
            "ok": not faults,
            "position": self.position,
            "waits_for": self.waits_for,
            "fault": "".join(faults[:1]),
        }

    async def run(self) -> None:
        """Follow until cancelled."""
        while True:
            try:
                done = await self.step()
            except (PersistenceError, Unavailable) as fault:
                log.warning("rules_wait", fault=type(fault).__name__)
                done = 0
            if not done:
                await asyncio.sleep(_PAUSE)

    async def step(self) -> int:
        """Take the next page of what was heard; how many facts were taken."""
        store = self._desk.store
        self.position = await asyncio.to_thread(store.tracked, FOLLOWER)
        page = await asyncio.to_thread(lambda: list(islice(heard_by(store, self.position), _PAGE)))
        for done, heard in enumerate(page):
            if _may_concern(heard):
                if not await self._is_ready(heard):
                    return done
                await self._take(heard)
            elif done == len(page) - 1:
                await self._pass_over(heard)
            self.position = heard.turn
        return len(page)

    async def _is_ready(self, heard: Heard) -> bool:
        for speaker in RESTS_ON[heard.event.speaker]:
            if not await self._caught_up[speaker].by(heard.turn):
                self.waits_for = speaker
                return False
        self.waits_for = ""
        return True

    async def _take(self, heard: Heard) -> None:
        at = self._clock.now()

        def decide(unit: UnitOfWork) -> None:
            said = heard.event.contract()
            if said is not None:
                fact = heard.event.model_copy(update={"id": first_told(unit.rows, heard.event)})
                new = intend(unit, concerned(unit.rows, fact, said), at)
                log.info("fact_concerns", fact=fact.id, messages=len(new))

        await self._desk.hear(FOLLOWER, heard.turn, decide, heard.event.traceparent or "")

    async def _pass_over(self, heard: Heard) -> None:
        await self._desk.hear(FOLLOWER, heard.turn, lambda unit: None)


def _may_concern(heard: Heard) -> bool:
    """Whether there is a rule on it; what was parked comes again, in a turn of its own, when it is released."""
    contract = heard.event.contract() if heard.is_folded else None
    return contract is not None and (bool(rules_on(type(contract))) or isinstance(contract, registry.RoleGrantedV1))
