"""What the fields of an activity entry are made of: texts, links, dates and counts, each in one form.

Limits may be widened and fields added, never the reverse: what was saved once must be readable for ever.
"""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from typing import Annotated, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Strict,
    StringConstraints,
)
from pydantic_core import PydanticCustomError

TITLE, NAME, LINK, TEXT = 500, 300, 2000, 4000
"""The most characters a title, a name, a link and a longer text may have."""
LIST = 100
"""The most items a list within an entry may have."""
COUNT = 10_000_000
"""The highest count that is taken for a count."""

_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LINK = re.compile(r"""https?://[^\s/?#@\\<>"]+(?:[/?#][^\s\\<>"]*)?""", re.IGNORECASE)

Item = TypeVar("Item")


class Entry(BaseModel):
    """One line of an activity list.  A draft may lack nearly everything; what it has is in the right form."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Region(StrEnum):
    """The four regional health authorities."""

    NORD = "nord"
    MIDT = "midt"
    VEST = "vest"
    SOR_OST = "sor_ost"


def _without_nul(text: str) -> str:
    if "\0" in text:
        raise PydanticCustomError("text_has_nul", "The text has a NUL character, which cannot be kept")
    return text


def _blank_is_none(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


def _web_link(text: str) -> str:
    if not _LINK.fullmatch(text):
        raise PydanticCustomError("link_malformed", "A link begins with https:// or http:// and names a place")
    return text


def _iso_date(value: object) -> object:
    # Left to itself, pydantic also reads numbers as seconds since 1970.
    if type(value) is date or (isinstance(value, str) and _ISO_DATE.fullmatch(value)):
        return value
    raise PydanticCustomError("date_malformed", "A date is written as in 2025-12-31")


def _without_blanks(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(text for text in texts if text)


def _each_once(items: tuple[Item, ...]) -> tuple[Item, ...]:
    return tuple(dict.fromkeys(items))


Blankable = Annotated[Item | None, BeforeValidator(_blank_is_none)]
"""A form sends an empty field as an empty text: nothing was given."""

_Clean = AfterValidator(_without_nul)
_Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=NAME), _Clean]

Title = Blankable[Annotated[str, StringConstraints(strip_whitespace=True, max_length=TITLE), _Clean]]
Name = Blankable[_Name]
RequiredName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=NAME), _Clean]
Names = Annotated[tuple[_Name, ...], Field(max_length=LIST), AfterValidator(_without_blanks)]
Text = Blankable[Annotated[str, StringConstraints(strip_whitespace=True, max_length=TEXT), _Clean]]
Link = Blankable[
    Annotated[str, StringConstraints(strip_whitespace=True, max_length=LINK), _Clean, AfterValidator(_web_link)]
]

Day = Annotated[date, BeforeValidator(_iso_date)]
Days = Annotated[tuple[Day, ...], Field(max_length=LIST), AfterValidator(_each_once)]
Year = Annotated[int, Strict(), Field(ge=1900, le=2200)]
Count = Annotated[int, Strict(), Field(ge=0, le=COUNT)]
Hours = Annotated[float, Strict(), Field(ge=0, le=100_000, allow_inf_nan=False)]
Percent = Annotated[float, Strict(), Field(ge=0, le=100, allow_inf_nan=False)]
Regions = Annotated[tuple[Region, ...], Field(max_length=LIST), AfterValidator(_each_once)]
