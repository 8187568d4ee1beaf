"""Taking in what another service said: a batch is one unit of work, and nothing that was said is ever dropped.

What cannot be handled is parked with all later contracts of the same thing, until a person releases it; what no
longer applies is noted with the reason.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy.exc
import structlog
from eventsourcing.persistence import (
    DataError,
    IntegrityError,
    NotSupportedError,
    PersistenceError,
    ProgrammingError,
)
from sqlalchemy import Select, func, select

from shared.contracts import CloudEvent, Contract
from shared.desk import Command, Desk, HeardElsewhere, Unavailable, UnitOfWork
from shared.domain import Refused, identity
from shared.eventstore import Drop, Put
from shared.inbox.heard import PARKED, heard, last_turn, parked, row

log = structlog.get_logger()

Policy = Callable[[UnitOfWork, CloudEvent, Contract], None]
"""What a service does when it hears a contract: rows of its views, and reactions of its own things."""

TRANSIENT = (
    OSError,
    Unavailable,
    HeardElsewhere,
    PersistenceError,
    sqlalchemy.exc.OperationalError,
    sqlalchemy.exc.InterfaceError,
    sqlalchemy.exc.TimeoutError,
)
_OUR_FAULT = (DataError, IntegrityError, ProgrammingError, NotSupportedError)
"""Errors of the database that trying again does not cure."""


class _Cut(Exception):
    """The batch can be taken in only up to ``at``; ``why`` is what the contract there raised, if it did."""

    def __init__(self, at: int, why: Exception | None = None) -> None:
        self.at, self.why = at, why


def _may_pass(fault: Exception) -> bool:
    return isinstance(fault, TRANSIENT) and not isinstance(fault, _OUR_FAULT)


class Hearing:
    """How one service takes in what one speaker says.

    ``fold`` writes the rows that follow from a contract alone; it stands even when ``policy`` refuses.
    """

    def __init__(
        self,
        desk: Desk,
        speaker: str,
        policy: Policy,
        fold: Policy | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.speaker = speaker
        self._desk, self._policy, self._fold, self._now = desk, policy, fold, now

    async def take(self, events: Sequence[CloudEvent], after: int) -> None:
        """Take in ``events``, which follow position ``after``.

        Raises only what may pass by itself (one of ``TRANSIENT``); what was taken in until then is recorded.
        """
        rest, size = list(events), len(events)
        while rest:
            part = rest[:size]
            try:
                await self._hear(part, after)
            except _Cut as cut:
                if cut.at:
                    size = cut.at
                    continue
                part = part[:1]
                await self._set_aside(part[0], after, cut.why or cut)
            except Exception as fault:
                if _may_pass(fault):
                    raise
                if len(part) > 1:
                    size = len(part) // 2
                    continue
                await self._set_aside(part[0], after, fault)
            after, rest = part[-1].position, rest[len(part) :]
            size = len(rest)

    async def _hear(self, part: Sequence[CloudEvent], after: int, policy: bool = True, note: str = "") -> None:
        def decide(unit: UnitOfWork) -> None:
            waiting = {found["subject"] for found in unit.rows(self._parked_subjects())}
            turn, own = unit.rows(last_turn())[0]["turn"], self._desk.store.head()
            kept = []
            for n, event in enumerate(part):
                if event.subject in waiting:
                    kept += self._park(event, turn + n + 1, own, "an earlier one")
                else:
                    self._one(unit, n, event, policy)
                    kept.append(Put(heard, row(event, turn + n + 1, own, note)))
            unit.change(*kept)

        await self._desk.hear(self.speaker, part[-1].position, decide, after=after)

    def _one(self, unit: UnitOfWork, n: int, event: CloudEvent, policy: bool) -> None:
        unseen, reads = unit.changes_anything, unit.reads
        try:
            self._handle(unit, event, policy)
        except Exception as why:
            raise _Cut(n, why) from why
        if unseen and unit.reads > reads:
            # It looked at rows that do not show yet what earlier contracts of this batch change.
            raise _Cut(n)
        unit.caused_by(identity("heard", self.speaker, event.position), event.traceparent or "")

    def _handle(self, unit: UnitOfWork, event: CloudEvent, policy: bool = True) -> None:
        contract = event.contract()
        if contract is None:
            return
        if self._fold:
            self._fold(unit, event, contract)
        if policy:
            self._policy(unit, event, contract)

    async def _set_aside(self, event: CloudEvent, after: int, why: Exception) -> None:
        """A contract that cannot be handled: noted when a rule refused it, parked when it broke something."""
        if _may_pass(why):
            raise why
        if isinstance(why, Refused):
            log.info("heard_without_effect", speaker=self.speaker, position=event.position, code=why.code)
            try:
                await self._hear([event], after, policy=False, note=why.code)
            except _Cut as cut:
                why = cut.why or cut
            else:
                return
        await self._desk.hear(self.speaker, event.position, self._parking(event, why), after=after)

    def _parking(self, event: CloudEvent, why: Exception) -> Callable[[UnitOfWork], None]:
        def decide(unit: UnitOfWork) -> None:
            turn, own = unit.rows(last_turn())[0]["turn"] + 1, self._desk.store.head()
            unit.change(*self._park(event, turn, own, type(why).__name__))

        log.error("contract_parked", speaker=self.speaker, position=event.position, fault=type(why).__name__)
        return decide

    def _park(self, event: CloudEvent, turn: int, own_position: int, error: str) -> list[Put]:
        kept = row(event, turn, own_position, PARKED + error)
        waiting = {name: kept[name] for name in ("speaker", "position", "subject", "body")}
        at = self._now().isoformat()
        return [Put(heard, kept), Put(parked, {**waiting, "error": error, "parked_at": at})]

    def _parked_subjects(self) -> Select[Any]:
        return select(parked.c.subject).distinct().where(parked.c.speaker == self.speaker)

    def parked(self) -> int:
        """How many contracts of this speaker wait for a person."""
        query = select(func.count().label("n")).where(parked.c.speaker == self.speaker)
        return int(self._desk.store.rows(query)[0]["n"])

    async def release(self, subject: str) -> int:
        """Handle the parked contracts of one thing again, in order; how many were handled.

        Raises what the first of them still raises; it and those behind it stay parked.
        """
        released = 0
        while waiting := await asyncio.to_thread(self._desk.store.rows, self._first_parked(subject)):
            event = CloudEvent.model_validate_json(waiting[0]["body"])
            await self._release(event, "")
            released += 1
        return released

    def _first_parked(self, subject: str) -> Select[Any]:
        ours = (parked.c.speaker == self.speaker) & (parked.c.subject == subject)
        return select(parked).where(ours).order_by(parked.c.position).limit(1)

    async def _release(self, event: CloudEvent, note: str) -> None:
        def decide(unit: UnitOfWork) -> Mapping[str, Any]:
            turn, own = unit.rows(last_turn())[0]["turn"] + 1, self._desk.store.head()
            self._handle(unit, event, policy=not note)
            key = {"speaker": self.speaker, "position": event.position}
            unit.change(Put(heard, row(event, turn, own, note)), Drop(parked, key))
            return {"position": event.position}

        command_id = identity("heard", self.speaker, event.position)
        digest = hashlib.sha256(event.id.encode()).digest()
        try:
            await self._desk.do(Command(command_id, digest, decide, event.traceparent or ""))
        except Refused as refusal:
            if note:
                raise
            await self._release(event, refusal.code)
