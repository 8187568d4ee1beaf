"""What was said before this version knew its type: taken in when it is known, with what follows of the same thing."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

import structlog
from sqlalchemy import Select, select

from shared.contracts import PUBLISHED, CloudEvent
from shared.desk import Command, Desk, UnitOfWork
from shared.domain import Refused, identity
from shared.eventstore import Change, Put
from shared.inbox.faults import described, may_pass
from shared.inbox.heard import IS_UNKNOWN, Heard, heard, last_turn, live, parked, row
from shared.inbox.parked import BEHIND, Handle, parking
from shared.inbox.views import Views

log = structlog.get_logger()


class Unknown:
    """What one speaker said in words that this service did not know when it heard them."""

    def __init__(
        self, desk: Desk, speaker: str, handle: Handle, views: Views | None, now: Callable[[], datetime]
    ) -> None:
        self._desk, self._speaker, self._handle, self._views, self._now = desk, speaker, handle, views, now

    async def take_in(self) -> None:
        """Take in what this version knows, in the order it was said, each once however often it is begun.

        Raises what may pass by itself; what breaks is parked.
        """
        mine = heard.c.speaker == self._speaker
        known = select(heard).where(mine, IS_UNKNOWN, heard.c.type.in_(PUBLISHED))
        query = known.order_by(heard.c.epoch, heard.c.position)
        for kept in await asyncio.to_thread(self._desk.store.rows, query):
            event = CloudEvent.model_validate_json(kept["body"])
            try:
                note = await self._take_in(event, kept["turn"])
            except Exception as why:
                if may_pass(why):
                    raise
                note = described(why)
                log.error("contract_parked", speaker=self._speaker, position=event.position, fault=note)
                await self._once(event, kept["turn"], "parked", partial(self._park, event=event, error=note))
            log.info("contract_known_now", contract=event.id, type=event.type, note=note)

    async def _take_in(self, event: CloudEvent, turn: int, note: str = "") -> str:
        """Why nothing came of it, if nothing did."""
        try:
            await self._once(event, turn, "known", partial(self._handled, event=event, note=note))
        except Refused as refusal:
            if note:
                raise
            return await self._take_in(event, turn, refusal.code)
        return note

    def _handled(self, unit: UnitOfWork, event: CloudEvent, note: str) -> None:
        if unit.rows(self._parked_before(event)):
            self._park(unit, event, BEHIND)
            return
        self._handle(unit, event, not note)
        unit.caused_by(identity("heard", event.lineage, event.position), event.traceparent or "")
        turn = unit.rows(last_turn())[0]["turn"] + 1
        unit.change(Put(heard, row(event, turn, unit.store.head(), note)))
        if self._views:
            unit.change(*self._once_more(unit.rows(self._after(event)), turn, self._views))

    def _once_more(self, later: Iterable[Mapping[str, Any]], turn: int, views: Views) -> Iterable[Change]:
        """The rows of what followed, which was taken in already, stand above those of what went before it."""
        for kept in later:
            event = CloudEvent.model_validate_json(kept["body"])
            contract = event.contract()
            if contract is not None and Heard(event, kept["note"], kept["turn"], kept["own_position"]).is_folded:
                turn += 1
                yield from views.rows(contract)
                yield Put(heard, {**kept, "turn": turn})

    def _park(self, unit: UnitOfWork, event: CloudEvent, error: str) -> None:
        turn = unit.rows(last_turn())[0]["turn"] + 1
        unit.change(*parking(event, turn, unit.store.head(), error, self._now()))

    def _parked_before(self, event: CloudEvent) -> Select[Any]:
        same = (parked.c.speaker == self._speaker) & (parked.c.subject == event.subject)
        return select(parked.c.position).where(same, parked.c.position < event.position)

    def _after(self, event: CloudEvent) -> Select[Any]:
        later = (heard.c.subject == event.subject) & (heard.c.position > event.position)
        return live(self._speaker).where(later).order_by(heard.c.epoch, heard.c.position)

    async def _once(self, event: CloudEvent, turn: int, step: str, act: Callable[[UnitOfWork], None]) -> None:
        def decide(unit: UnitOfWork) -> Mapping[str, Any]:
            # Its speaker may have lost it since it was looked for.
            if unit.rows(self._still_unknown(event)):
                act(unit)
            return {}

        # The same contract may be unknown again one day, after a step back: that is another turn.
        command_id = identity(step, event.lineage, event.position, turn)
        digest = hashlib.sha256(command_id.bytes).digest()
        await self._desk.do(Command(command_id, digest, decide, event.traceparent or ""))

    def _still_unknown(self, event: CloudEvent) -> Select[Any]:
        same = (heard.c.epoch == event.epoch_number) & (heard.c.position == event.position)
        return select(heard.c.position).where(heard.c.speaker == self._speaker, same, IS_UNKNOWN)
