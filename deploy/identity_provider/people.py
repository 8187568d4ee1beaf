"""The invented people one may log in as, read from a file."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field, TypeAdapter

Language = Literal["nb", "nn", "en"]
_SYNTHETIC = re.compile(r"(0[1-9]|[12][0-9]|3[01])(8[1-9]|9[0-2])[0-9]{7}")


def _synthetic(number: str) -> str:
    """Synthetic numbers have 80 added to the month: they can belong to nobody."""
    if not _SYNTHETIC.fullmatch(number):
        raise ValueError("not a synthetic national identity number (11 digits, 80 added to the month)")
    return number


class Person(BaseModel):
    """Somebody one may log in as, and what a newcomer sees when doing so; a ``group`` stands under one heading.

    ``level`` is how surely the real provider would know who it is: 4 is what the portal asks for.
    """

    name: Annotated[str, Field(min_length=1)]
    pid: Annotated[str, AfterValidator(_synthetic)]
    description: dict[Language, str] = {}
    group: str = ""
    level: Literal[3, 4] = 4

    def described(self, language: Language) -> str:
        """The description in a language, else in bokmål, else none."""
        return self.description.get(language) or self.description.get("nb", "")


_PEOPLE = TypeAdapter(list[Person])


class People:
    """Everybody in the file, as it is now: the examples may be written after the provider was started."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.all()

    def all(self) -> list[Person]:
        """In the order of the file, none while there is no file; a number that could be real is refused."""
        try:
            told = self._file.read_bytes()
        except FileNotFoundError:
            return []
        people = _PEOPLE.validate_json(told)
        if len({person.pid for person in people}) < len(people):
            raise ValueError(f"{self._file} names two people with the same number")
        return people

    def find(self, pid: str) -> Person | None:
        """Whose number it is."""
        return next((person for person in self.all() if person.pid == pid), None)
