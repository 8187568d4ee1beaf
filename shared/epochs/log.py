"""The epochs of a speaker: each begins where its store and the others last agreed on what had been said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Column, MetaData, Table, Text, select

from shared.contracts import CloudEvent
from shared.eventstore import Change, EventStore, Put

EPOCH_TABLES = MetaData()
"""The tables a speaking service needs in its database."""

epochs = Table(
    "epochs",
    EPOCH_TABLES,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("after", BigInteger, nullable=False),
    Column("opened_at", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("opened_by", Text, nullable=False),
)
"""Epochs from the second on; the first needs no row."""

lost = Table(
    "lost",
    EPOCH_TABLES,
    Column("epoch", BigInteger, primary_key=True, autoincrement=False),
    Column("id", Text, primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("type", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("time", Text, nullable=False),
    Column("body", Text, nullable=False),
)
"""What we had said and no longer know, as it was found outside when ``epoch`` was opened: evidence, never used up."""


@dataclass(frozen=True)
class Epoch:
    """A speaker's epoch: the positions after ``after``, up to where a later one begins."""

    number: int
    after: int
    opened_at: str = ""
    reason: str = ""
    opened_by: str = ""


FIRST = Epoch(1, 0)


def epoch_of(position: int, known: Iterable[Epoch]) -> int:
    """The number of the epoch that a position belongs to."""
    return max(epoch.number for epoch in known if epoch.after < position)


class EpochLog:
    """A speaker's epochs and what it lost, as its own database knows them."""

    def __init__(self, store: EventStore) -> None:
        self._store = store

    def known(self) -> list[Epoch]:
        """All epochs, the first one first."""
        return [FIRST, *(Epoch(**row) for row in self._store.rows(select(epochs).order_by(epochs.c.number)))]

    def newest(self) -> Epoch:
        """The epoch that new contracts belong to."""
        return self.known()[-1]

    def lost(self) -> list[dict[str, Any]]:
        """Everything that was ever lost, in its order."""
        return self._store.rows(select(lost).order_by(lost.c.epoch, lost.c.position, lost.c.id))

    def lost_of(self, contract: str) -> list[CloudEvent]:
        """What was lost of one kind of contract."""
        query = select(lost.c.body).where(lost.c.type == contract).order_by(lost.c.epoch, lost.c.position)
        return [CloudEvent.model_validate_json(row["body"]) for row in self._store.rows(query)]

    def is_kept(self, event: CloudEvent) -> bool:
        """Whether it is among what is known to be lost."""
        return bool(self._store.rows(select(lost.c.id).where(lost.c.id == event.id).limit(1)))


def opening(epoch: Epoch, found: Sequence[CloudEvent]) -> list[Change]:
    """The rows of a new epoch and of what is lost with it."""
    row = {name: getattr(epoch, name) for name in ("number", "after", "opened_at", "reason", "opened_by")}
    return [Put(epochs, row), *(Put(lost, _kept(epoch.number, event)) for event in found)]


def _kept(number: int, event: CloudEvent) -> dict[str, Any]:
    return {
        "epoch": number,
        "id": event.id,
        "position": event.position,
        "type": event.type,
        "subject": event.subject,
        "time": event.time.isoformat(),
        "body": event.model_dump_json(exclude_none=True),
    }
