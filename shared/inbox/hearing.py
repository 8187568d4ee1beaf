"""Taking in what another service said: a batch is one unit of work, and nothing that was said is ever dropped.

What cannot be handled is parked with all later contracts of the same thing, until a person releases it; what no
longer applies is noted with the reason, and what is said in words not known yet waits for a version that knows them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import structlog

from shared.contracts import CloudEvent, Contract
from shared.desk import Desk, UnitOfWork
from shared.domain import Refused, identity
from shared.eventstore import Put
from shared.inbox.faults import described, may_pass
from shared.inbox.heard import heard, last_turn, row
from shared.inbox.parked import BEHIND, Parked, parking
from shared.inbox.unknown import Unknown
from shared.inbox.views import Views

log = structlog.get_logger()

Policy = Callable[[UnitOfWork, CloudEvent, Contract], None]
"""What a service does when it hears a contract: rows of its views, and reactions of its own things."""


class _Cut(Exception):
    """The batch can be taken in only up to ``at``; ``why`` is what the contract there raised, if it did."""

    def __init__(self, at: int, why: Exception | None = None) -> None:
        self.at, self.why = at, why


class Hearing:
    """How one service takes in what one speaker says.

    ``fold`` writes the rows that follow from a contract alone; it stands even when ``policy`` refuses.  How far the
    speaker was heard is tracked for its ``lineage``: itself, and each later epoch of it.
    """

    def __init__(
        self,
        desk: Desk,
        speaker: str,
        policy: Policy,
        fold: Policy | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        views: Views | None = None,
    ) -> None:
        self.speaker = self.lineage = speaker
        self._desk, self._policy, self._fold, self._now = desk, policy, fold, now
        self.parked = Parked(desk, speaker, self._handle, now)
        self.unknown = Unknown(desk, speaker, self._handle, views, now)

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
                if may_pass(fault):
                    raise
                if len(part) > 1:
                    size = len(part) // 2
                    continue
                await self._set_aside(part[0], after, fault)
            after, rest = part[-1].position, rest[len(part) :]
            size = len(rest)

    async def _hear(self, part: Sequence[CloudEvent], after: int, policy: bool = True, note: str = "") -> None:
        def decide(unit: UnitOfWork) -> None:
            waiting = self.parked.subjects(unit)
            turn, own = unit.rows(last_turn())[0]["turn"], unit.store.head()
            kept = []
            for n, event in enumerate(part):
                if event.subject in waiting:
                    kept += parking(event, turn + n + 1, own, BEHIND, self._now())
                else:
                    self._one(unit, n, event, policy)
                    kept.append(Put(heard, row(event, turn + n + 1, own, note)))
            unit.change(*kept)

        await self._desk.hear(self.lineage, part[-1].position, decide, after=after)

    def _one(self, unit: UnitOfWork, n: int, event: CloudEvent, policy: bool) -> None:
        unseen, reads = unit.changes_anything, unit.reads
        try:
            self._handle(unit, event, policy)
        except Exception as why:
            raise _Cut(n, why) from why
        if unseen and unit.reads > reads:
            # It looked at rows that do not show yet what earlier contracts of this batch change.
            raise _Cut(n)
        unit.caused_by(identity("heard", event.lineage, event.position), event.traceparent or "")

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
        if may_pass(why):
            raise why
        if isinstance(why, Refused):
            log.info("heard_without_effect", speaker=self.speaker, position=event.position, code=why.code)
            try:
                await self._hear([event], after, policy=False, note=why.code)
            except _Cut as cut:
                why = cut.why or cut
            else:
                return
        await self._desk.hear(self.lineage, event.position, self._parking(event, why), after=after)

    def _parking(self, event: CloudEvent, why: Exception) -> Callable[[UnitOfWork], None]:
        def decide(unit: UnitOfWork) -> None:
            turn, own = unit.rows(last_turn())[0]["turn"] + 1, unit.store.head()
            unit.change(*parking(event, turn, own, described(why), self._now()))

        log.error("contract_parked", speaker=self.speaker, position=event.position, fault=described(why))
        return decide
