"""Who has a report open, and where in it: kept in the memory of this process, for a moment, and recorded nowhere.

Where several processes of the service answer, each knows only of those who told it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from shared.clock import Clock

KEPT = timedelta(seconds=40)
"""For how long somebody is there without saying so again."""
MOST_TABS, MOST_PERSONS = 10, 200
"""What is kept of one person in one report, and of one report; who has been silent longest goes."""


@dataclass(frozen=True)
class Here:
    """One tab of somebody's browser."""

    role: str
    place: str
    question_id: str | None
    since: datetime
    said_at: datetime


@dataclass(frozen=True)
class Present:
    """A person who has the report open, in ``tabs`` tabs, and where they were last."""

    person_id: UUID
    role: str
    place: str
    question_id: str | None
    since: datetime
    tabs: int


class Presence:
    """Who is where.  Belongs to the event loop: it is asked and told without threads."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._here: dict[UUID, dict[UUID, dict[UUID, Here]]] = {}

    def say(
        self, report_id: UUID, person_id: UUID, tab: UUID, *, role: str, place: str, question_id: str | None
    ) -> bool:
        """Somebody is at a place in a report; whether that is news to others."""
        now = self._clock.now()
        before = self.people(report_id)
        persons = self._here.setdefault(report_id, {})
        # Whoever spoke last stands last, so that the silent are the first to go.
        persons[person_id] = tabs = persons.pop(person_id, {})
        stood = tabs.pop(tab, None)
        tabs[tab] = Here(role, place, question_id, stood.since if stood else now, now)
        _shorten(tabs, MOST_TABS)
        _shorten(persons, MOST_PERSONS)
        return before != self.people(report_id)

    def leave(self, report_id: UUID, person_id: UUID, tab: UUID) -> bool:
        """A tab is closed; whether that is news to others."""
        before = self.people(report_id)
        self._here.get(report_id, {}).get(person_id, {}).pop(tab, None)
        return before != self.people(report_id)

    def people(self, report_id: UUID) -> tuple[Present, ...]:
        """Who is in a report now, in the order they came."""
        self._forget_silent(report_id)
        found = [_present(person, tabs) for person, tabs in self._here.get(report_id, {}).items()]
        return tuple(sorted(found, key=lambda present: (present.since, str(present.person_id))))

    def reports(self) -> list[UUID]:
        """The reports in which somebody is, or was until a moment ago."""
        return list(self._here)

    def _forget_silent(self, report_id: UUID) -> None:
        since, persons = self._clock.now() - KEPT, self._here.get(report_id, {})
        for person, tabs in list(persons.items()):
            for tab in [tab for tab, here in tabs.items() if here.said_at <= since]:
                del tabs[tab]
            if not tabs:
                del persons[person]
        if not persons:
            self._here.pop(report_id, None)


def _present(person_id: UUID, tabs: dict[UUID, Here]) -> Present:
    *_, last = tabs.values()
    since = min(here.since for here in tabs.values())
    return Present(person_id, last.role, last.place, last.question_id, since, len(tabs))


def _shorten(kept: dict[UUID, Any], most: int) -> None:
    while len(kept) > most:
        del kept[next(iter(kept))]
