"""A mirror of the contact cards in the ``persons`` bucket: the newest of each, nothing of what it was."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Table

from shared.bus import Bus
from shared.desk import Desk
from shared.eventstore import Change, Drop, Put
from shared.registry_facts.queries import is_erased

Kept = Callable[[Mapping[str, Any]], Mapping[str, str | None]]

BUCKET = "persons"
"""The bucket with a card for each living person; the registry writes it."""


class CardMirror:
    """Keeps a table like the bucket; its methods may be told the same again.

    What of a card stands in the table is told by its columns, or by ``kept`` where that is not just as it came.
    """

    def __init__(self, desk: Desk, table: Table, kept: Kept | None = None) -> None:
        columns = [column.name for column in table.c if not column.primary_key]
        self._desk, self._table = desk, table
        self._kept = kept or (lambda card: {name: card.get(name) for name in columns})

    async def follow(self, bus: Bus) -> None:
        """Follow the bucket until cancelled."""
        await bus.bucket(BUCKET).watch(self.changed, self.complete)

    async def changed(self, key: str, value: bytes | None) -> None:
        """A card is new, other than before, or gone; that of somebody erased is gone whatever the bucket says."""
        person = {"person_id": str(UUID(key))}
        if value is None or is_erased(self._desk.store.rows, UUID(key)):
            await self._desk.keep(Drop(self._table, person))
        else:
            await self._desk.keep(Put(self._table, {**person, **self._kept(json.loads(value))}))

    async def complete(self, keys: frozenset[str]) -> None:
        """The whole bucket was read: whoever is not in it is not in the mirror either."""
        known = {row["person_id"] for row in self._desk.store.rows(self._table.select())}
        gone: list[Change] = [Drop(self._table, {"person_id": person}) for person in known - keys]
        await self._desk.keep(*gone)
