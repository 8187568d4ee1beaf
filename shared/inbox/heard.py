"""All that was ever heard, kept in the order it was taken in, so that every view can be made again from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Column, Index, MetaData, Select, Table, Text, func, select

from shared.contracts import PUBLISHED, CloudEvent
from shared.domain import Recorded
from shared.eventstore import EventStore

INBOX_TABLES = MetaData()
"""The tables a hearing service needs in its database."""

heard = Table(
    "heard",
    INBOX_TABLES,
    Column("speaker", Text, primary_key=True),
    Column("epoch", BigInteger, primary_key=True, autoincrement=False),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("type", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("time", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("turn", BigInteger, nullable=False),
    Column("own_position", BigInteger, nullable=False),
    Index("heard_turn", "turn"),
)
"""``turn`` counts what was taken in, whoever said it; ``own_position`` is where our own log ended at that turn.
``note`` is empty when the contract was handled, else says why nothing came of it (yet), or that its speaker lost it.
"""

parked = Table(
    "parked",
    INBOX_TABLES,
    Column("speaker", Text, primary_key=True),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("error", Text, nullable=False),
    Column("parked_at", Text, nullable=False),
    Index("parked_subject", "speaker", "subject"),
)
"""Contracts that could not be handled, waiting for a person; they keep later ones of their subject waiting."""

adopted = Table(
    "adopted",
    INBOX_TABLES,
    Column("speaker", Text, primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("after", BigInteger, nullable=False),
    Column("adopted_at", Text, nullable=False),
    Column("settled", BigInteger, nullable=False),
)
"""The epochs of speakers that were followed; ``settled`` once the views and our own things had followed too."""

PARKED, LOST, UNKNOWN = "parked: ", "lost: ", "unknown: "
IS_PARKED = heard.c.note.startswith(PARKED)
"""It waits for a person."""
IS_LOST = heard.c.note.startswith(LOST)
"""Its speaker was put back and does not know of it any more; kept as evidence."""
IS_UNKNOWN = heard.c.note.startswith(UNKNOWN)
"""The version that heard it did not know its type; it is taken in by one that does."""
_PAGE = 500


@dataclass(frozen=True)
class Heard:
    """One contract as it was heard, its turn, and what was noted about it."""

    event: CloudEvent
    note: str
    turn: int
    own_position: int

    @property
    def is_handled(self) -> bool:
        """Whether something came of it: it was neither parked nor without effect."""
        return not self.note

    @property
    def is_lost(self) -> bool:
        """Whether its speaker does not know of it any more."""
        return self.note.startswith(LOST)

    @property
    def is_folded(self) -> bool:
        """Whether its rows stand: a reaction that was refused leaves them, a parked or unknown contract has none yet.

        Those of a lost contract are gone, unless nobody may take back what it told of.
        """
        if self.note.removeprefix(LOST).startswith((PARKED, UNKNOWN)):
            return False
        contract = self.event.contract() if self.is_lost else None
        return not self.is_lost or (contract is not None and contract.IRREVOCABLE)


def row(event: CloudEvent, turn: int, own_position: int, note: str = "") -> dict[str, Any]:
    """What is kept of a contract."""
    return {
        "speaker": event.speaker,
        "epoch": event.epoch_number,
        "position": event.position,
        "type": event.type,
        "subject": event.subject,
        "time": event.time.isoformat(),
        "body": event.model_dump_json(exclude_none=True),
        "note": note or ("" if event.type in PUBLISHED else UNKNOWN + event.type),
        "turn": turn,
        "own_position": own_position,
    }


def last_turn() -> Select[Any]:
    return select(func.coalesce(func.max(heard.c.turn), 0).label("turn"))


def live(speaker: str) -> Select[Any]:
    """What was heard of a speaker and is still known to it."""
    return select(heard).where(heard.c.speaker == speaker, ~IS_LOST)


def heard_by(store: EventStore, after: int = 0) -> Iterator[Heard]:
    """All that was heard from any speaker, in the order of its turns."""
    while True:
        page = select(heard).where(heard.c.turn > after).order_by(heard.c.turn).limit(_PAGE)
        found = store.rows(page)
        if not found:
            return
        for kept in found:
            event = CloudEvent.model_validate_json(kept["body"])
            yield Heard(event, kept["note"], kept["turn"], kept["own_position"])
        after = found[-1]["turn"]


def in_order(store: EventStore) -> Iterator[tuple[int, Recorded] | Heard]:
    """Our own log and all that was heard, merged as the live service took them in.

    Whoever folds a view from both in this order comes to what the service had at the same point.
    """
    own = own_log(store)
    ours = next(own, None)
    for contract in heard_by(store):
        while ours is not None and ours[0] <= contract.own_position:
            yield ours
            ours = next(own, None)
        yield contract
    if ours is not None:
        yield ours
    yield from own


def own_log(store: EventStore, after: int = 0) -> Iterator[tuple[int, Recorded]]:
    """Our own log after a position, page by page."""
    while page := store.log(after, _PAGE):
        yield from page
        after = page[-1][0]
