"""Numbers and dates of an activity entry as people type them: digits with blanks, a decimal comma, the day first."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.portal.languages import N_, Tongue
from services.portal.pages.activity.fields import LINES, Field, Mistyped, Names

COUNT = 10_000_000
"""The highest count that is taken for a count."""
_DAY = re.compile(r"(\d{1,2})\s*[./ -]\s*(\d{1,2})\s*[./ -]\s*(\d{4})")
_ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


@dataclass(frozen=True, kw_only=True)
class Whole(Field):
    """A whole number."""

    widget = "number"
    width: str = "short"
    highest: int = COUNT

    def value(self, text: str) -> int:
        digits = "".join(text.split())
        if not (digits.isascii() and digits.isdigit()):
            raise Mistyped(N_("Skriv et helt tall med sifre, for eksempel 42."))
        if len(digits) > 12 or int(digits) > self.highest:
            raise Mistyped(N_("Tallet kan ikke være høyere enn %(most)s."), most=self.highest)
        return int(digits)

    def shown(self, value: Any, tongue: Tongue) -> str:
        return "" if value is None else tongue.number(value)


@dataclass(frozen=True, kw_only=True)
class Year(Whole):
    """A year in four digits."""

    widget = "year"

    def value(self, text: str) -> int:
        if not (text.isascii() and text.isdigit() and 1900 <= int(text[:5]) <= 2200):
            raise Mistyped(N_("Skriv året med fire sifre, for eksempel 2025."))
        return int(text)

    def shown(self, value: Any, tongue: Tongue) -> str:
        return "" if value is None else str(value)


@dataclass(frozen=True, kw_only=True)
class Decimal(Field):
    """A number that may have decimals, written with a comma."""

    widget = "decimal"
    width: str = "short"
    highest: int = 100_000

    def value(self, text: str) -> float:
        digits = "".join(text.split()).rstrip("%").replace(",", ".")
        if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,6})?", digits):
            raise Mistyped(N_("Skriv et tall, for eksempel 7,5."))
        if float(digits) > self.highest:
            raise Mistyped(N_("Tallet kan ikke være høyere enn %(most)s."), most=self.highest)
        return float(digits)

    def typed(self, value: Any) -> list[str]:
        return [] if value is None else [f"{value:.6f}".rstrip("0").rstrip(".").replace(".", ",")]

    def shown(self, value: Any, tongue: Tongue) -> str:
        return "" if value is None else tongue.number(value)


@dataclass(frozen=True, kw_only=True)
class Day(Field):
    """A date, written day first."""

    widget = "day"
    width: str = "short"
    hint: str = N_("Skriv den slik: dd.mm.åååå")

    def value(self, text: str) -> str:
        return _day(text)

    def typed(self, value: Any) -> list[str]:
        return [_as_typed(value)] if value else []

    def shown(self, value: Any, tongue: Tongue) -> str:
        return tongue.date(value, "medium") if value else ""


@dataclass(frozen=True, kw_only=True)
class Days(Names):
    """Several dates, one on each line."""

    widget = "days"
    width: str = "short"

    def value(self, text: str) -> list[str]:
        written = [line for line in re.split(r"[\n,;]", text) if line.strip()]
        if len(written) > LINES:
            raise Mistyped(N_("Det kan være høyst %(most)s linjer her."), most=LINES)
        return [_day(line.strip()) for line in written]

    def typed(self, value: Any) -> list[str]:
        return ["\n".join(map(_as_typed, value))] if value else []

    def shown(self, value: Any, tongue: Tongue) -> str:
        return ", ".join(tongue.date(day, "medium") for day in value or ())


def _day(text: str) -> str:
    found, iso = _DAY.fullmatch(text), _ISO_DAY.fullmatch(text)
    year, month, day = (found[3], found[2], found[1]) if found else iso.groups() if iso else (0, 0, 0)
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        raise Mistyped(N_("«%(typed)s» er ikke en dato. Skriv den slik: 31.12.2025."), typed=text[:40]) from None


def _as_typed(iso: str) -> str:
    year, month, day = iso.split("-")
    return f"{day}.{month}.{year}"
