"""What people know the words of a form by: those of our own lists, and those that a question of a report offers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from services.portal.languages import Tongue
from shared.remembered import Remembered

CHOICE = "choice"
"""The field of what is ticked in an answer."""
KEPT = 36_000.0
"""Seconds; nobody sends a page from before their session, and no session is longer."""


class Labels:
    """The names of choices; ``own`` are those of the portal's lists, by the field and its word.

    What a question offers is for the report's template to say.  It is remembered from when it was shown: it may be
    sent while reporting is away, and a form that brought its labels along could have us say anything.
    """

    def __init__(self, own: Mapping[tuple[str, str], str]) -> None:
        self._own = own
        self._offered = Remembered[str, dict[str, Mapping[str, str]]](KEPT, 1_000)

    def learn(self, questions: Iterable[Mapping[str, Any]]) -> None:
        """Questions that are shown now."""
        for question in questions:
            if question["choices"]:
                self._offered.keep(question["id"], {each["id"]: each["label"] for each in question["choices"]})

    def of(self, name: str, value: str, question_id: str, tongue: Tongue) -> str:
        """What a choice is called; nothing for what was typed, and for what nobody was offered here."""
        if name == CHOICE:
            return (self._offered.get(question_id) or {}).get(value, {}).get(tongue.language, "")
        label = self._own.get((name, value))
        return tongue.text(label) if label else ""
