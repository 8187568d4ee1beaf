"""The fields of an activity entry as people fill them in: what they may type, and what it is taken for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from services.portal.languages import N_, Tongue

Texts = Sequence[str]
"""What stands in a field: one text, or one for each box that is ticked."""

TITLE, NAME, LINK, TEXT = 500, 300, 2000, 4000
LINES = 100
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_LINK = re.compile(r"""https?://[^\s/?#@\\<>"]+(?:[/?#][^\s\\<>"]*)?""", re.IGNORECASE)


class Mistyped(Exception):
    """What stands in a field cannot be taken for what the field asks for."""

    def __init__(self, message: str, **facts: object) -> None:
        super().__init__(message)
        self.message, self.facts = message, facts

    def said(self, tongue: Tongue) -> str:
        """The sentence, in the reader's language."""
        return tongue.text(self.message, **self.facts)


def cleaned(text: str) -> str:
    """Pasted text without what word processors leave in it: their line breaks and control characters."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\v", "\n").replace("\f", "\n")
    return _CONTROL.sub("", lines).strip()


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field; ``name`` is the API's, with dots between the levels."""

    widget: ClassVar[str] = "line"
    name: str
    label: str
    hint: str = ""
    most: int = 0
    width: str = ""

    def read(self, typed: Texts) -> Any:
        """What is sent to be kept; None when nothing was given."""
        text = self._text(typed)
        return self.value(text) if text else None

    def value(self, text: str) -> Any:
        """What a text that is not blank stands for."""
        return text

    def typed(self, value: Any) -> list[str]:
        """What is kept, as one would have typed it."""
        return [] if value is None else [str(value)]

    def shown(self, value: Any, tongue: Tongue) -> str:
        """What is kept, as it is read."""
        return ", ".join(self.typed(value))

    def _text(self, typed: Texts) -> str:
        text = cleaned(typed[0]) if typed else ""
        if self.most and len(text) > self.most:
            raise Mistyped(
                N_("Teksten er for lang: %(length)s tegn av høyst %(most)s."), length=len(text), most=self.most
            )
        return text


@dataclass(frozen=True, kw_only=True)
class Line(Field):
    """A text on one line."""

    most: int = TITLE

    def value(self, text: str) -> str:
        return " ".join(text.split())


@dataclass(frozen=True, kw_only=True)
class Hidden(Line):
    """What a line carries along without showing it."""

    widget = "hidden"


@dataclass(frozen=True, kw_only=True)
class Long(Field):
    """A longer text."""

    widget = "long"
    most: int = TEXT
    rows: int = 4


@dataclass(frozen=True, kw_only=True)
class Link(Line):
    """An address on the web."""

    widget = "link"
    most: int = LINK

    def value(self, text: str) -> str:
        if not _LINK.fullmatch(text):
            raise Mistyped(N_("Skriv hele lenken, slik: https://www.eksempel.no"))
        return text


@dataclass(frozen=True, kw_only=True)
class Names(Field):
    """Several names, one on each line."""

    widget = "lines"
    rows: int = 2

    def value(self, text: str) -> list[str]:
        names = [" ".join(line.split()) for line in text.split("\n") if line.strip()]
        if len(names) > LINES:
            raise Mistyped(N_("Det kan være høyst %(most)s linjer her."), most=LINES)
        if long := next((name for name in names if len(name) > NAME), None):
            raise Mistyped(
                N_("En av linjene er for lang: %(length)s tegn av høyst %(most)s."), length=len(long), most=NAME
            )
        return names

    def typed(self, value: Any) -> list[str]:
        return ["\n".join(value)] if value else []

    def shown(self, value: Any, tongue: Tongue) -> str:
        return ", ".join(value or ())
