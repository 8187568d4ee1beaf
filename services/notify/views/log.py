"""The log of messages as the service desk reads it: page by page, by person, unit, occasion and state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select

from services.notify.views import tables as t
from shared.read_rows import Rows
from shared.registry_facts import PERSONS


def page(rows: Rows, filters: Mapping[str, Any], after: str | None, limit: int) -> list[dict[str, Any]]:
    """A page of the messages, newest first, after a cursor; each with the receiver's name and address as known.

    Somebody erased has none, also while the bus is away and the card could not be taken out of the mirror.
    """
    query = select(t.MESSAGES, t.CARDS.c.name, t.CARDS.c.email, _key().label("cursor"))
    erased = select(PERSONS.c.person_id).where(PERSONS.c.erased == 1)
    of_receiver = and_(t.CARDS.c.person_id == t.MESSAGES.c.receiver, t.CARDS.c.person_id.not_in(erased))
    query = query.select_from(t.MESSAGES).outerjoin(t.CARDS, of_receiver)
    for column, value in filters.items():
        if value is not None:
            query = query.where(t.MESSAGES.c[column] == value)
    if after:
        query = query.where(_key() < after)
    return rows(query.order_by(_key().desc()).limit(limit))


def one(rows: Rows, message_id: UUID) -> dict[str, Any] | None:
    """One message of the log."""
    found = page(rows, {"message_id": str(message_id)}, None, 1)
    return found[0] if found else None


def _key() -> ColumnElement[str]:
    """What the log is sorted by, and its cursor: when it was intended, then the id."""
    return t.MESSAGES.c.intended_at + "|" + t.MESSAGES.c.message_id
