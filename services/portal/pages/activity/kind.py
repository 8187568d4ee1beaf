"""What one kind of activity entry is: the words it is spoken of by, and the fields it is filled in by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from services.portal.languages import N_
from services.portal.pages.activity.fields import Field

REGIONS = (("nord", "Helse Nord"), ("midt", "Helse Midt-Norge"), ("vest", "Helse Vest"), ("sor_ost", "Helse Sør-Øst"))
"""The regional health authorities; names are the same in every language."""
LINK = N_("Lenke")


@dataclass(frozen=True, kw_only=True)
class Group:
    """Fields that stand together under one heading; ``number`` is which of several like it."""

    label: str
    number: int = 0
    hint: str = ""
    fields: tuple[Field, ...]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of entry.

    ``heading`` is the field a line is known by, ``brief`` those it is told by in short.  ``carried`` are the fields
    worth taking over from a line of last year; without any, last year's lines are not offered.
    """

    name: str
    add: str
    change: str
    none: str
    heading: str
    parts: tuple[Field | Group, ...]
    brief: tuple[str, ...]
    carried: tuple[str, ...] = ()

    @property
    def fields(self) -> Iterator[Field]:
        """All fields in order, those of groups among them."""
        for part in self.parts:
            yield from part.fields if isinstance(part, Group) else (part,)
