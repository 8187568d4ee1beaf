"""A unit of work as data: everything one decision writes, whole or not at all."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from eventsourcing.persistence import PersistenceError, StoredEvent, Tracking
from sqlalchemy import Table


class StoreUnavailable(PersistenceError):
    """The database does not answer, or not in time; whoever asked may ask again later."""


class StoreFull(StoreUnavailable):
    """The database has no room left; nothing of the work was written."""


@dataclass(frozen=True)
class Put:
    """Write a row of a read model: inserted, or the named columns replaced where its primary key exists."""

    table: Table
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Drop:
    """Remove the rows of a read model whose columns equal ``where``."""

    table: Table
    where: Mapping[str, Any]


Change = Put | Drop


@dataclass(frozen=True)
class Outcome:
    """What a command answered, kept so that the same request gets the same answer.

    ``digest`` is of the request; ``answer`` is JSON and holds ids, states and versions only, never texts.
    ``position`` is where its last event stands in the log, known once it is written.
    """

    command_id: UUID
    digest: bytes
    answer: str
    position: int | None = None


@dataclass(frozen=True)
class Work:
    """What one decision writes in one transaction.

    Vault keys are not part of it: they live in another database and are stored before a text is sealed
    with them, so that no event can ever refer to a key that was not kept.
    """

    events: Sequence[StoredEvent] = ()
    outcome: Outcome | None = None
    changes: Sequence[Change] = field(default_factory=tuple)
    tracking: Tracking | None = None
    tracked_before: int | None = None
    """Where the tracking must stand for this work to follow it; None when any lower position will do."""
    snapshots: Sequence[StoredEvent] = ()
    """States of things as they are with this work, so that opening them need not read their whole history."""
    upon: Sequence[int] = ()
    """Which works before it, recorded together with it, it was decided upon: it is stale unless they are recorded."""
    writer: str = ""
    """Who decided it, the same for all works recorded together; nobody who remembers anything when it is empty."""
    remembers: bool = False
    """Whether it was decided upon rows that were read before: it is stale if anybody but its writer has recorded
    since."""
    as_new: bool = False
    """Whether its command was decided without looking whether it was done before: if it was, nothing is written."""


class Verdict(StrEnum):
    """What became of a work: recorded, or the reason why nothing of it was."""

    RECORDED = "recorded"
    STALE = "stale"
    """What this work was decided upon has moved on, or was not recorded; decide again on what it is now."""
    REPEATED = "repeated"
    """The command was recorded before; its outcome stands."""
    HEARD = "heard"
    """The position was tracked before; there is nothing to do."""
    WITHHELD = "withheld"
    """It was not tried, because another one of those recorded together was taken as new and is not."""


@dataclass(frozen=True)
class Receipt:
    """The verdict on one work, with the positions its events got in the log.

    ``others`` says whether anybody has recorded between its writer and its writer: then rows may have changed.
    """

    verdict: Verdict
    positions: Sequence[int] = ()
    others: bool = False


def withheld(works: Sequence[Work], done: Collection[UUID]) -> list[Receipt]:
    """What becomes of works of which some were taken as new though they are ``done``: nothing is written."""
    return [
        Receipt(Verdict.REPEATED if work.outcome and work.outcome.command_id in done else Verdict.WITHHELD)
        for work in works
    ]


def taken_as_new(works: Iterable[Work]) -> list[UUID]:
    """The commands of which nobody has looked yet whether they were done before."""
    return [work.outcome.command_id for work in works if work.as_new and work.outcome]
