"""Opening a new epoch: what was lost is kept, what nobody may take back is done again, and speaking goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from shared.asked import Asked
from shared.contracts import CloudEvent, Contract
from shared.desk import Desk, Done, Unavailable, UnitOfWork
from shared.domain import Acting, ChangedMeanwhile, Refused
from shared.epochs.log import Epoch, EpochLog, opening
from shared.epochs.parting import HistoryAgrees, Parting, Proposal

log = structlog.get_logger()

Redo = Callable[[UnitOfWork, Contract, Acting, datetime], None]
"""Does again what a lost contract told of and nobody may take back: an erasure, a redaction."""


def nothing_to_do(unit: UnitOfWork, contract: Contract, by: Acting, at: datetime) -> None:
    """For a service that tells of nothing irrevocable."""


class PartedElsewhere(ChangedMeanwhile):
    """The histories part at another position than the one named; ``after`` is the right one."""

    code = "parted_elsewhere"
    place = "after"


class NotOurs(Refused):
    """A contract brought as evidence was not told by this service."""

    code = "not_ours"
    place = "heard"


@dataclass(frozen=True)
class Wanted:
    """The epoch an operator wants opened, after having seen the proposal; ``heard`` is evidence of the hearers."""

    after: int
    reason: str
    agreed: int | None = None
    known: int = 1
    heard: tuple[CloudEvent, ...] = ()


class Epochs:
    """The epochs of one speaker.  ``opened`` lets the relay look anew at the stream; a service that tells of what
    nobody may take back sets ``redo``.
    """

    def __init__(self, desk: Desk, own: EpochLog, parting: Parting, opened: Callable[[], None]) -> None:
        self._desk, self.log, self._parting, self._opened = desk, own, parting, opened
        self.redo: Redo = nothing_to_do

    async def propose(self, agreed: int | None = None, known: int = 1) -> Proposal:
        """What a new epoch would be; nothing is changed.  Refused when there is no reason for one."""
        try:
            return await self._parting.propose(agreed, known)
        except OSError as fault:
            raise Unavailable(f"the stream cannot be asked: {fault}") from fault

    async def open(self, asked: Asked, wanted: Wanted) -> Done:
        """Begin a new epoch after the position that was proposed."""
        found: Proposal | Exception
        try:
            found = await self.propose(wanted.agreed, wanted.known)
        except (Refused, Unavailable) as why:
            found = why  # unless this very request has opened it before

        def decide(unit: UnitOfWork) -> Mapping[str, Any]:
            if isinstance(found, Exception):
                raise found
            return self._begin(unit, found, wanted, asked)

        done = await self._desk.do(asked.command(decide), though_behind=True)
        if not done.repeated:
            log.warning("epoch_opened", **done.answer)
            self._opened()
        return done

    def _begin(self, unit: UnitOfWork, found: Proposal, wanted: Wanted, asked: Asked) -> Mapping[str, Any]:
        if found.number <= self.log.newest().number:
            raise HistoryAgrees("somebody else has opened the epoch meanwhile")
        if found.after != wanted.after:
            raise PartedElsewhere(
                f"the histories part after {found.after}, not after {wanted.after}",
                after=found.after,
                seen=wanted.after,
            )
        by = Acting(subject=asked.caller.subject, role="operator")
        evidence = {event.id: event for event in (*found.lost, *self._ours(wanted.heard))}
        epoch = Epoch(found.number, found.after, asked.at.isoformat(), wanted.reason, by.subject)
        unit.change(*opening(epoch, [*evidence.values()]))
        for contract in _irrevocable(evidence.values()):
            self.redo(unit, contract, by, asked.at)
        return {"number": found.number, "after": found.after, "lost": len(evidence)}

    def _ours(self, heard: Iterable[CloudEvent]) -> list[CloudEvent]:
        events = list(heard)
        for event in events:
            if event.speaker != self._parting.speaker:
                raise NotOurs(f"{event.id} was told by {event.speaker}")
        return events


def _irrevocable(events: Iterable[CloudEvent]) -> Iterable[Contract]:
    found = (event.contract() for event in events)
    return [contract for contract in found if contract is not None and contract.IRREVOCABLE]
