"""The words of an activity entry that are chosen rather than written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from services.portal.languages import N_, Tongue
from services.portal.pages.activity.fields import Field, Mistyped, Texts


@dataclass(frozen=True, kw_only=True)
class Choice(Field):
    """One of some words; ``given`` is what it is when nothing was chosen."""

    widget = "choice"
    choices: tuple[tuple[str, str], ...]
    given: str = ""

    def read(self, typed: Texts) -> Any:
        text = self._text(typed) or self.given
        return self.value(text) if text else None

    def value(self, text: str) -> Any:
        if text not in dict(self.choices):
            raise Mistyped(N_("Velg en av mulighetene i listen."))
        return text

    def shown(self, value: Any, tongue: Tongue) -> str:
        labels = dict(self.choices)
        return ", ".join(tongue.text(labels[each]) if each in labels else each for each in self.typed(value))


@dataclass(frozen=True, kw_only=True)
class Flag(Choice):
    """Yes, no, or not said."""

    choices: tuple[tuple[str, str], ...] = (("true", N_("Ja")), ("false", N_("Nei")))

    def value(self, text: str) -> bool:
        return bool(super().value(text) == "true")

    def typed(self, value: Any) -> list[str]:
        return [] if value is None else [str(value).lower()]


@dataclass(frozen=True, kw_only=True)
class Ticked(Choice):
    """Any of some words."""

    widget = "ticks"

    def read(self, typed: Texts) -> list[str]:
        return [self.value(text) for text in dict.fromkeys(typed) if text]

    def typed(self, value: Any) -> list[str]:
        return list(value or ())
