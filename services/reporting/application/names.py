"""Who reads which names: as in the registry, those who help or audit all, and those of a unit each other's."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from services.reporting.views import queries
from shared.access import Assignment, Role
from shared.domain import Acting
from shared.read_rows import Rows

SEES_ALL = frozenset({Role.SERVICE_DESK, Role.JOINT_DESK, Role.APPOINTING_AUTHORITY, Role.AUDITOR})
"""Who reads everybody's name, here as in the registry."""


class Names:
    """The names of persons who have or had to do with one unit, as one reader may see them.

    They are the names of today, from the mirror of contact cards: none of who was erased, and none kept in history.
    """

    def __init__(self, rows: Rows, unit_id: UUID, held: Iterable[Assignment], on: date, reader: UUID | None) -> None:
        standing = [role for role in held if role.holds(on)]
        self._rows, self._unit_id, self.reader = rows, unit_id, reader
        self._all = any(role.role in SEES_ALL for role in standing)
        self._of_the_unit = any(role.unit_id == unit_id for role in standing)
        self._known: dict[str, dict[str, Any] | None] = {}

    def of(self, subject: str) -> str | None:
        """The name of who did something; None for the system, and for who may not be named to this reader."""
        card = self._card(subject)
        return card["name"] if card else None

    def contact(self, subject: str) -> dict[str, str | None]:
        """How somebody is reached; whoever may read the name may read this."""
        card = self._card(subject) or {}
        return {"email": card.get("email"), "phone": card.get("phone")}

    def look_up(self, subjects: Iterable[str]) -> None:
        """Find out several at once, before each is asked for."""
        unknown = {subject for subject in subjects if subject not in self._known}
        persons = {subject: person for subject in unknown if (person := _person(subject))}
        cards = queries.cards(self._rows, self._nameable(list(persons.values()))) if persons else {}
        for subject in unknown:
            self._known[subject] = cards.get(persons[subject]) if subject in persons else None

    def who(self, by: Acting) -> dict[str, Any]:
        """Who did something, in which role."""
        return {"subject": by.subject, "role": by.role, "name": self.of(by.subject)}

    def _card(self, subject: str) -> dict[str, Any] | None:
        if subject not in self._known:
            self.look_up([subject])
        return self._known[subject]

    def _nameable(self, persons: list[UUID]) -> list[UUID]:
        if self._all:
            return persons
        of_the_unit = queries.persons_of(self._rows, self._unit_id) if self._of_the_unit else set()
        return [person for person in persons if person == self.reader or person in of_the_unit]


def _person(subject: str) -> UUID | None:
    try:
        return UUID(subject)
    except ValueError:
        return None
