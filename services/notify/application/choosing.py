"""Everybody chooses for themselves how to be told; nobody chooses for others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.notify.preferences import Choice, Preferences
from shared.asked import Asked
from shared.desk import Desk, Done, UnitOfWork
from shared.domain import Acting, StaleVersion
from shared.eventstore import EventStore
from shared.registry_facts import person_of
from shared.tokens import Caller

ONESELF = "oneself"
"""The role in which somebody chooses for their own person."""


class Choosing:
    """The use cases of preferences."""

    def __init__(self, desk: Desk, store: EventStore) -> None:
        self._desk, self._store = desk, store

    async def choose(self, asked: Asked, choice: Choice, seen: int) -> Done:
        """Choose; ``seen`` is the version the choice is based on, 0 before the first."""

        def decide(unit: UnitOfWork) -> Mapping[str, Any]:
            person_id = person_of(unit.rows, asked.caller)
            by = Acting(subject=str(person_id), role=ONESELF)
            preferences = unit.find(Preferences, Preferences.identify(person_id))
            current = preferences.version if preferences else 0
            if current != seen:
                raise StaleVersion(f"it is at version {current} now", seen=seen, current=current)
            if preferences is None:
                preferences = unit.add(Preferences.first(person_id, choice, by=by, at=asked.at))
            else:
                preferences.choose(choice, by=by, at=asked.at)
            return {"version": preferences.version}

        return await self._desk.do(asked.command(decide))

    def chosen(self, caller: Caller) -> tuple[UUID, Choice, int]:
        """The caller's person and choice, and its version."""
        person_id = person_of(self._store.rows, caller)
        preferences = self._store.load(Preferences, Preferences.identify(person_id))
        if preferences is None:
            return person_id, Choice(), 0
        return person_id, preferences.state.choice, preferences.version
