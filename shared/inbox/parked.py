"""Contracts that could not be taken in: they wait in sight for a person, who has them taken in again, in order."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

import structlog
from sqlalchemy import BigInteger, Column, Index, Select, Table, Text, func, select

from shared.contracts import CloudEvent
from shared.desk import Command, Desk, UnitOfWork
from shared.domain import Refused, identity
from shared.eventstore import Drop, Put
from shared.inbox.faults import described, may_pass
from shared.inbox.heard import INBOX_TABLES, IS_PARKED, PARKED, heard, last_turn, parked, row

log = structlog.get_logger()
Handle = Callable[[UnitOfWork, CloudEvent, bool], None]
"""Does with a contract what the service does with it; with False only the rows that follow from it alone."""

BEHIND = "an earlier one"
"""Why a contract is parked that nothing is wrong with: it follows one that is."""

releases = Table(
    "releases",
    INBOX_TABLES,
    Column("id", Text, primary_key=True),
    Column("speaker", Text, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("subject", Text, nullable=False),
    Column("parked_at", Text, nullable=False),
    Column("released_at", Text, nullable=False),
    Column("released_by", Text, nullable=False),
    Column("result", Text, nullable=False),
    Column("error", Text, nullable=False),
    Index("releases_contract", "speaker", "position"),
    Index("releases_time", "released_at", "id"),
)
"""Every attempt to take in a parked contract again: who asked, when, and what came of it.  Only added to."""

HANDLED, WITHOUT_EFFECT, BROKEN = "handled", "without_effect", "broken"


@dataclass(frozen=True)
class Broken:
    """A contract that broke again; it and what follows it stay parked."""

    subject: str
    position: int
    error: str


@dataclass(frozen=True)
class Released:
    """What came of a release."""

    handled: int
    broken: tuple[Broken, ...] = ()


def parking(event: CloudEvent, turn: int, own_position: int, error: str, at: datetime) -> list[Put]:
    """The rows that park a contract, and keep it as heard."""
    kept = row(event, turn, own_position, PARKED + error)
    waiting = {name: kept[name] for name in ("speaker", "position", "subject", "body")}
    return [Put(heard, kept), Put(parked, {**waiting, "error": error, "parked_at": at.isoformat()})]


class Parked:
    """The contracts of one speaker that wait for a person."""

    def __init__(self, desk: Desk, speaker: str, handle: Handle, now: Callable[[], datetime]) -> None:
        self._desk, self._speaker, self._handle, self._now = desk, speaker, handle, now

    def count(self) -> int:
        """How many there are."""
        query = select(func.count().label("n")).where(parked.c.speaker == self._speaker)
        return int(self._desk.store.rows(query)[0]["n"])

    def subjects(self, unit: UnitOfWork) -> set[str]:
        """The things whose further contracts must wait too."""
        query = select(parked.c.subject).distinct().where(parked.c.speaker == self._speaker)
        return {found["subject"] for found in unit.rows(query)}

    async def release(self, by: str, subject: str | None = None) -> Released:
        """Take in again, in the order they were said, those of one thing or all.

        One that breaks again stays with those behind it, while other things go on.  Raises what may pass by itself
        (a database that is away); what was taken in until then stays so.
        """
        handled, broken = 0, dict[str, Broken]()
        while found := await asyncio.to_thread(self._desk.store.rows, self._next(subject, broken)):
            waiting = found[0]
            try:
                handled += await self._take_in(waiting, by)
            except Exception as why:
                if may_pass(why):
                    raise
                again = Broken(waiting["subject"], waiting["position"], described(why))
                broken[again.subject] = again
                log.error("release_broken", speaker=self._speaker, position=again.position, fault=again.error, by=by)
                await self._desk.keep(self._attempt(uuid4(), waiting, by, BROKEN, again.error))
            else:
                log.info("contract_released", speaker=self._speaker, position=waiting["position"], by=by)
        return Released(handled, tuple(broken.values()))

    def _next(self, subject: str | None, broken: Collection[str]) -> Select[Any]:
        same = IS_PARKED & (heard.c.speaker == parked.c.speaker) & (heard.c.position == parked.c.position)
        query = select(parked, heard.c.turn).join(heard, same).where(parked.c.speaker == self._speaker)
        query = query.where(parked.c.subject.not_in(broken)).order_by(parked.c.position).limit(1)
        return query if subject is None else query.where(parked.c.subject == subject)

    async def _take_in(self, waiting: Mapping[str, Any], by: str, note: str = "") -> bool:
        """Whether it was this release that took it in, and not another at the same time."""
        event = CloudEvent.model_validate_json(waiting["body"])
        # The same contract may be parked again one day, at another turn: that is another thing to release.
        command_id = identity("released", event.lineage, event.position, waiting["turn"])

        def decide(unit: UnitOfWork) -> Mapping[str, Any]:
            if not unit.rows(_as_it_waited(waiting)):
                # Its speaker has lost it since it was looked for: it waits no longer, and nothing comes of it.
                return {}
            turn, own = unit.rows(last_turn())[0]["turn"] + 1, unit.store.head()
            self._handle(unit, event, not note)
            unit.caused_by(identity("heard", event.lineage, event.position), event.traceparent or "")
            key = {"speaker": self._speaker, "position": event.position}
            result = WITHOUT_EFFECT if note else HANDLED
            attempt = self._attempt(command_id, waiting, by, result, note)
            unit.change(Put(heard, row(event, turn, own, note)), Drop(parked, key), attempt)
            return {"position": event.position}

        digest = hashlib.sha256(event.id.encode()).digest()
        try:
            done = await self._desk.do(Command(command_id, digest, decide, event.traceparent or ""))
        except Refused as refusal:
            if note:
                raise
            return await self._take_in(waiting, by, refusal.code)
        return bool(done.answer) and not done.repeated

    def _attempt(self, id: object, waiting: Mapping[str, Any], by: str, result: str, error: str) -> Put:
        kept = {name: waiting[name] for name in ("speaker", "position", "subject", "parked_at")}
        done = {"released_at": self._now().isoformat(), "released_by": by, "result": result, "error": error}
        return Put(releases, {"id": str(id), **kept, **done})


def _as_it_waited(waiting: Mapping[str, Any]) -> Select[Any]:
    same = (parked.c.speaker == waiting["speaker"]) & (parked.c.position == waiting["position"])
    return select(parked.c.position).where(same, parked.c.body == waiting["body"])
