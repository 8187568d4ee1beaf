"""Going on with a speaker that began a new epoch: what it lost is kept, but counts no longer.

First one unit of work marks what was lost and begins to track the new epoch.  Then the views are made again without
it, and our own things are told, each step once however often it is begun.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import select

from shared.contracts import CloudEvent, Contract, lineage
from shared.desk import Command, Desk, UnitOfWork
from shared.domain import Refused, identity
from shared.epochs.log import FIRST, Epoch
from shared.eventstore import Drop, EventStore, Put
from shared.inbox.faults import described, may_pass
from shared.inbox.heard import LOST, PARKED, adopted, heard, live, parked
from shared.inbox.views import Views, differences

log = structlog.get_logger()

Forget = Callable[[UnitOfWork, CloudEvent, Contract], None]
"""What a service does about its own things when something it had heard was lost by its speaker."""


def followed(store: EventStore, speaker: str) -> list[Epoch]:
    """The epochs of a speaker that are followed, the first one first."""
    query = select(adopted).where(adopted.c.speaker == speaker).order_by(adopted.c.number)
    return [FIRST, *(Epoch(row["number"], row["after"]) for row in store.rows(query))]


def heard_upto(store: EventStore, speaker: str) -> tuple[int, int]:
    """The epoch of a speaker that is followed, and the last position heard in it."""
    number = followed(store, speaker)[-1].number
    return number, store.tracked(lineage(speaker, number))


class Adopting:
    """How one hearer follows the epochs of one speaker."""

    def __init__(
        self,
        desk: Desk,
        speaker: str,
        views: Views | None,
        forget: Forget | None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._desk, self._speaker, self._views, self._forget, self._now = desk, speaker, views, forget, now

    async def adopt(self, told: Sequence[Epoch]) -> None:
        """Follow the epochs a speaker tells of that were not followed yet."""
        store = self._desk.store
        newest, upto = await asyncio.to_thread(heard_upto, store, self._speaker)
        new = [epoch for epoch in told if epoch.number > newest]
        if not new:
            return
        after, number = min(epoch.after for epoch in new), new[-1].number
        name, start = lineage(self._speaker, number), min(after, upto)
        log.warning("epoch_adopted", speaker=self._speaker, number=number, after=after)
        if start:
            await self._desk.hear(name, start, lambda unit: self._mark(unit, new, after))
        else:
            # Nothing of the old history stands: the new one is heard from its beginning, which needs no tracking.
            await self._once(identity("adopted", name), lambda unit: self._mark(unit, new, after))

    def _mark(self, unit: UnitOfWork, new: Sequence[Epoch], after: int) -> None:
        for row in unit.rows(live(self._speaker).where(heard.c.position > after)):
            unit.change(Put(heard, {**row, "note": LOST + row["note"]}))
            if row["note"].startswith(PARKED):
                unit.change(Drop(parked, {"speaker": self._speaker, "position": row["position"]}))
        at = self._now().isoformat()
        for epoch in new:
            row = {"speaker": self._speaker, "number": epoch.number, "after": epoch.after}
            unit.change(Put(adopted, {**row, "adopted_at": at, "settled": 0}))

    async def settle(self) -> None:
        """Let views and own things follow what was adopted, if that was not done or was broken off."""
        unsettled = (adopted.c.speaker == self._speaker) & (adopted.c.settled == 0)
        due = await asyncio.to_thread(self._desk.store.rows, select(adopted).where(unsettled))
        if not due:
            return
        name = lineage(self._speaker, max(row["number"] for row in due))
        if self._views:
            await self._once(identity("views", name), self._fold_again)
        if self._forget:
            for row in await asyncio.to_thread(self._desk.store.rows, self._lost()):
                await self._forget_one(row, self._forget)
        await self._desk.keep(*(Put(adopted, {**row, "settled": 1}) for row in due))

    def _fold_again(self, unit: UnitOfWork) -> None:
        if self._views:
            unit.change(*differences(unit.store, self._views))

    def _lost(self) -> Any:
        # What was heard last is forgotten first.
        query = select(heard).where(heard.c.speaker == self._speaker, heard.c.note == LOST)
        return query.order_by(heard.c.turn.desc())

    async def _forget_one(self, row: Mapping[str, Any], forget: Forget) -> None:
        """Have our own things follow one lost contract; where they cannot, that is noted for a person."""
        event = CloudEvent.model_validate_json(row["body"])
        contract = event.contract()
        if contract is None or contract.IRREVOCABLE:
            return
        try:
            await self._once(identity("lost", event.lineage, event.position), lambda u: forget(u, event, contract))
        except Exception as why:
            if may_pass(why):
                raise
            note = LOST + (why.code if isinstance(why, Refused) else described(why))
            log.warning("lost_contract_stands", contract=event.id, why=note)
            await self._desk.keep(Put(heard, {**row, "note": note}))

    async def _once(self, command_id: UUID, act: Callable[[UnitOfWork], None]) -> None:
        def decide(unit: UnitOfWork) -> Mapping[str, Any]:
            act(unit)
            return {}

        await self._desk.do(Command(command_id, hashlib.sha256(command_id.bytes).digest(), decide))
