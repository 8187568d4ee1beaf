"""Readers follow a report: they are told what changes and who else is there, while they may read it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date
from time import monotonic
from typing import Any
from uuid import UUID

from eventsourcing.persistence import PersistenceError

from services.reporting.application.changes import changes_after
from services.reporting.application.deciding import readable_in
from services.reporting.application.looking import Look, look
from services.reporting.application.presence import Presence, Present
from services.reporting.application.tail import Tail
from shared.clock import Clock
from shared.desk import Desk
from shared.domain import Refused
from shared.eventstore import EventStore
from shared.tokens import Caller
from shared.vault import Vault

LONGEST = 600.0
"""Seconds a reader is told of changes on one token: twice what a token lives.  Then the reader comes with another."""
RIGHTS_AGAIN = 30.0
"""Seconds until the reader's rights are looked at again though nothing has happened."""
MOST_AT_ONCE = 200
"""Changes told one by one; who missed more loads the report anew."""


@dataclass(frozen=True)
class Message:
    """Something told to a follower; ``version`` is where to go on from, where the report has changed."""

    data: dict[str, Any]
    version: int | None = None


class Following:
    """The use cases of having a report open."""

    def __init__(
        self, store: EventStore, vault: Vault, desk: Desk, clock: Clock, *, longest: float = LONGEST
    ) -> None:
        self._store, self._vault, self._clock, self._longest = store, vault, clock, longest
        self.presence = Presence(clock)
        self._shown: dict[UUID, tuple[Present, ...]] = {}
        self.tail = Tail(store, desk, self._came_or_went)

    def version(self, caller: Caller, report_id: UUID) -> int:
        """The version a report has, for who may read it; else there is none."""
        return readable_in(self._store, caller, report_id, self._today())[0].version

    async def messages(
        self, caller: Caller, report_id: UUID, seen: int, woken: asyncio.Event
    ) -> AsyncIterator[Message]:
        """What is told to one follower after the version ``seen``, until there is a reason to end."""
        until, present = monotonic() + self._longest, None
        while True:
            woken.clear()
            try:
                now, changes = await asyncio.to_thread(self._news, caller, report_id, seen)
                people = await self.people(now)
            except (Refused, PersistenceError) as fault:
                yield _ended("not_allowed" if isinstance(fault, Refused) else "unavailable")
                return
            for message in changes:
                yield message
            seen = now.report.version
            if people != present:
                present = people
                yield Message({"kind": "presence", "people": people})
            if self.tail.is_ending or monotonic() >= until:
                yield _ended("shutting_down" if self.tail.is_ending else "renew")
                return
            with suppress(TimeoutError):
                await asyncio.wait_for(woken.wait(), min(RIGHTS_AGAIN, max(until - monotonic(), 0)))

    async def say(
        self, caller: Caller, report_id: UUID, tab: UUID, place: str, question_id: str | None
    ) -> list[dict[str, Any]]:
        """The caller has the report open, at a place in it; who is there."""
        now = await asyncio.to_thread(self._look, caller, report_id)
        if question_id is not None:
            now.report.slot(question_id)
        person_id = UUID(caller.subject)
        role = now.held[0].role
        if self.presence.say(report_id, person_id, tab, role=role, place=place, question_id=question_id):
            self.tail.wake(report_id)
        return await self.people(now)

    async def leave(self, caller: Caller, report_id: UUID, tab: UUID) -> list[dict[str, Any]]:
        """The caller has closed a tab; who is there still."""
        now = await asyncio.to_thread(self._look, caller, report_id)
        if self.presence.leave(report_id, UUID(caller.subject), tab):
            self.tail.wake(report_id)
        return await self.people(now)

    async def people(self, seen: Look) -> list[dict[str, Any]]:
        """Who has the report open, as one reader may know it."""
        present = self.presence.people(seen.report.id)
        if not present:
            return []
        await asyncio.to_thread(seen.names.look_up, [str(each.person_id) for each in present])
        return [
            {
                **asdict(each),
                "person_id": str(each.person_id),
                "name": seen.names.of(str(each.person_id)),
                "you": each.person_id == seen.names.reader,
            }
            for each in present
        ]

    def _look(self, caller: Caller, report_id: UUID) -> Look:
        return look(self._store, self._vault, caller, report_id, self._today())

    def _news(self, caller: Caller, report_id: UUID, seen: int) -> tuple[Look, list[Message]]:
        """The report as it is, and what has changed in it after a version."""
        now = self._look(caller, report_id)
        version = now.report.version
        if seen > version or version - seen > MOST_AT_ONCE:
            return now, [Message({"kind": "reload", "version": version}, version)]
        return now, [Message(told, told["version"]) for told in changes_after(self._store, now, seen)]

    def _came_or_went(self) -> set[UUID]:
        """The reports in which others are there than at the last look: some fell silent."""
        now = {report_id: self.presence.people(report_id) for report_id in {*self._shown, *self.presence.reports()}}
        moved = {report_id for report_id, people in now.items() if people != self._shown.get(report_id, ())}
        self._shown = {report_id: people for report_id, people in now.items() if people}
        return moved

    def _today(self) -> date:
        return self._clock.today()


def _ended(reason: str) -> Message:
    return Message({"kind": "ended", "reason": reason})
