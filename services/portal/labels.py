"""What people know the words of a form by: those of our own lists, and those that a question of a report offers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from services.portal.languages import Tongue
from services.portal.sessions import LONGEST
from shared.remembered import Remembered

Place = tuple[str, str]
"""A question of a report, by the ids of both: another report may offer others, or call them otherwise."""
CHOICE = "choice"
"""The field of what is ticked in an answer."""
KEPT = LONGEST.total_seconds()
"""Nobody sends a page from before their session."""


class Labels:
    """The names of choices; ``own`` are those of the portal's lists, by the field and its word.

    What a question offers is for the report's template to say.  It is remembered from when it was shown: it may be
    sent while reporting is away, and a form that brought its labels along could have us say anything.
    """

    def __init__(self, own: Mapping[tuple[str, str], str]) -> None:
        self._own = own
        self._offered = Remembered[Place, dict[str, Mapping[str, str]]](KEPT, 10_000)

    def learn(self, report_id: UUID, questions: Iterable[Mapping[str, Any]]) -> None:
        """Questions of a report that are shown now."""
        for question in questions:
            if question["choices"]:
                place = str(report_id), str(question["id"])
                self._offered.keep(place, {each["id"]: each["label"] for each in question["choices"]})

    def of(self, name: str, value: str, place: Place, tongue: Tongue) -> str:
        """What a choice is called; nothing for what was typed, and for what nobody was offered there."""
        if name == CHOICE:
            return (self._offered.get(place) or {}).get(value, {}).get(tongue.language, "")
        label = self._own.get((name, value))
        return tongue.text(label) if label else ""
