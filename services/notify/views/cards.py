"""A mirror of the contact cards in the ``persons`` bucket: the newest of each, nothing of what it was."""

from __future__ import annotations

import json
from uuid import UUID

from email_validator import EmailNotValidError, validate_email

from services.notify.views.tables import CARDS
from shared.desk import Desk
from shared.eventstore import Change, Drop, Put


class CardMirror:
    """Keeps the mirror like the bucket; both methods may be told the same again."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def changed(self, key: str, value: bytes | None) -> None:
        """A card is new, other than before, or gone."""
        person_id = str(UUID(key))
        if value is None:
            await self._desk.keep(Drop(CARDS, {"person_id": person_id}))
            return
        card = json.loads(value)
        columns = {"name": card.get("name"), "email": usable(card.get("email"))}
        await self._desk.keep(Put(CARDS, {"person_id": person_id, **columns}))

    async def complete(self, keys: frozenset[str]) -> None:
        """The whole bucket was read: whoever is not in it is not in the mirror either."""
        known = {row["person_id"] for row in self._desk.store.rows(CARDS.select())}
        gone: list[Change] = [Drop(CARDS, {"person_id": person}) for person in known - keys]
        await self._desk.keep(*gone)


def usable(address: str | None) -> str | None:
    """An address as it can stand in a header; what is none is as good as missing."""
    try:
        found = validate_email(address or "", check_deliverability=False)
    except EmailNotValidError:
        return None
    return found.ascii_email or found.normalized
