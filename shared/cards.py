"""A mirror of the contact cards in the ``persons`` bucket: the newest of each, nothing of what it was."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

import structlog
from eventsourcing.persistence import PersistenceError
from sqlalchemy import Table

from shared.bus import BackOff, Bus
from shared.desk import Desk, Unavailable
from shared.eventstore import Drop, Put
from shared.registry_facts.queries import is_erased

log = structlog.get_logger()
Kept = Callable[[Mapping[str, Any]], Mapping[str, str | None]]

BUCKET = "persons"
"""The bucket with a card for each living person; the registry writes it."""


class CardMirror:
    """Keeps a table like the bucket; its methods may be told the same again.

    What of a card stands in the table is told by its columns, or by ``kept`` where that is not just as it came.
    """

    def __init__(self, desk: Desk, table: Table, kept: Kept | None = None) -> None:
        columns = [column.name for column in table.c if not column.primary_key]
        self._desk, self._table, self._back_off = desk, table, BackOff(longest=5.0)
        self._kept = kept or (lambda card: {name: card.get(name) for name in columns})

    async def follow(self, bus: Bus) -> None:
        """Follow the bucket until cancelled; after a fault of the database all of it is read again."""
        while True:
            try:
                await bus.bucket(BUCKET).watch(self.changed, self.complete)
            except (PersistenceError, Unavailable) as fault:
                log.warning("cards_wait", fault=type(fault).__name__)
                await self._back_off.wait()

    async def changed(self, key: str, value: bytes | None) -> None:
        """A card is new, other than before, or gone; that of somebody erased is gone whatever the bucket says.

        What is no card is passed over: others may write into the bucket, and nothing in it may stop the mirror.
        """
        person_id = _person(key)
        if person_id is None:
            log.error("foreign_key", bucket=BUCKET)
            return
        person = {"person_id": str(person_id)}
        if value is None or await asyncio.to_thread(is_erased, self._desk.store.rows, person_id):
            await self._desk.keep(Drop(self._table, person))
        elif (card := _card(value)) is None:
            log.error("foreign_value", bucket=BUCKET, person_id=str(person_id))
        else:
            await self._desk.keep(Put(self._table, {**person, **self._kept(card)}))

    async def complete(self, keys: frozenset[str]) -> None:
        """The whole bucket was read: whoever is not in it is not in the mirror either."""
        known = {row["person_id"] for row in await asyncio.to_thread(self._desk.store.rows, self._table.select())}
        gone = known - {str(_person(key)) for key in keys}
        await self._desk.keep(*(Drop(self._table, {"person_id": person}) for person in gone))
        self._back_off.reset()


def _person(key: str) -> UUID | None:
    try:
        return UUID(key)
    except ValueError:
        return None


def _card(value: bytes) -> dict[str, Any] | None:
    try:
        card = json.loads(value)
    except ValueError:
        return None
    return card if isinstance(card, dict) else None
