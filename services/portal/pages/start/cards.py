"""What waits for somebody: one card for each unit and year, with the tasks on it and the nearest date first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from services.portal.pages.report.deadline import Deadline
from services.portal.pages.report.words import STATUSES
from services.portal.visit import Visit
from shared.clock import OSLO

FAR = datetime(9999, 1, 1, tzinfo=OSLO)
"""What has no date comes after all that has one."""


@dataclass(frozen=True)
class Task:
    """One thing to do; ``note`` says more, ``due`` is a date of its own beside the report's deadline."""

    text: str
    address: str = ""
    note: str = ""
    due: date | None = None


@dataclass
class Card:
    """A unit's year and what is to be done about it."""

    unit: str
    year: int | None = None
    address: str = ""
    status: tuple[str, str] | None = None
    deadline: Deadline | None = None
    due: datetime = FAR
    parties: list[Mapping[str, Any]] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def first_due(self) -> datetime:
        """The nearest of its dates."""
        dates = [datetime.combine(task.due, time.max, OSLO) for task in self.tasks if task.due]
        return min([self.due, *dates])


class Cards:
    """All that waits for one person."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._cards: dict[tuple[str, int | None], Card] = {}

    def card(self, unit_id: str, year: int | None, unit: str) -> Card:
        """The card of a unit's year, a new one if need be."""
        return self._cards.setdefault((unit_id, year), Card(unit=unit, year=year))

    def tell_report(self, card: Card, item: Mapping[str, Any]) -> None:
        """What is known of the report a card is about."""
        now, dates = self._visit.portal.clock.now(), item["deadline"]
        word, color = STATUSES[item["status"]]
        card.address = f"/reports/{item['report_id']}"
        card.status = (self._visit.text(word), color)
        if dates:
            card.deadline = Deadline.of(dates, now, self._visit.tongue)
            card.due = datetime.fromisoformat(dates["due"])

    def waiting(self) -> list[Card]:
        """The cards with something to do, the nearest date first."""
        cards: Iterable[Card] = (card for card in self._cards.values() if card.tasks)
        return sorted(cards, key=lambda card: (card.first_due, card.unit))
