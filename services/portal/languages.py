"""The language a page is shown in: bokmål as written here, nynorsk and English from the catalogues."""

from __future__ import annotations

import gettext
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal, get_args

from babel.dates import format_date, format_time
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from shared.clock import OSLO

Language = Literal["nb", "nn", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
SOURCE: Language = "nb"
"""What the texts are written in here."""
NAMES: Mapping[Language, str] = {"nb": "Bokmål", "nn": "Nynorsk", "en": "English"}
COOKIE = "__Host-language"
DOMAIN = "portal"
HERE = Path(__file__).parent
_ASKED: Mapping[str, Language] = {"nb": "nb", "no": "nb", "nn": "nn", "en": "en"}
"""What a browser may ask for; it often says ``no`` and means bokmål."""
_LOCALES: Mapping[Language, str] = {"nb": "nb_NO", "nn": "nn_NO", "en": "en_GB"}
_AT: Mapping[Language, str] = {"nb": "{day} kl. {time}", "nn": "{day} kl. {time}", "en": "{day} at {time}"}


def N_(text: str) -> str:  # noqa: N802  the name by which gettext knows it
    """Marks a text for the catalogues where it stands in a table, to be translated when it is shown."""
    return text


def chosen(cookie: str | None, accepted: str) -> Language:
    """The language of a visitor: what was chosen here, else what the browser asks for, else bokmål."""
    if cookie in LANGUAGES:
        return cookie
    return next((_ASKED[code] for code in _by_wish(accepted) if code in _ASKED), SOURCE)


def _by_wish(accepted: str) -> list[str]:
    """The codes of an ``Accept-Language`` header without their regions, the dearest first."""
    wished = []
    for part in accepted[:500].split(","):
        code, _, weight = part.strip().partition(";q=")
        try:
            wished.append((-float(weight or 1), code.split("-")[0].strip().lower()))
        except ValueError:
            continue
    return [code for weight, code in sorted(wished, key=lambda wish: wish[0]) if weight < 0]


def catalogue_file(language: Language) -> Path:
    """Where the translations into a language are."""
    return HERE / "locale" / language / "LC_MESSAGES" / f"{DOMAIN}.po"


@cache
def catalogue(language: Language) -> gettext.NullTranslations:
    """The translations into a language, compiled when first asked for."""
    if language == SOURCE:
        return gettext.NullTranslations()
    with catalogue_file(language).open("rb") as file:
        read = read_po(file, locale=language)
    compiled = io.BytesIO()
    write_mo(compiled, read)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


REMEMBERED = 10_000
"""Dates and numbers whose words are kept: a page has many, and is drawn again with the same."""


@dataclass(frozen=True)
class Tongue:
    """How one language says texts, dates and numbers; moments are told as they are in Oslo."""

    language: Language

    def text(self, message: str, **values: object) -> str:
        """A message with ``%(name)s`` filled in; a per cent sign is written ``%%``."""
        return catalogue(self.language).gettext(message) % values

    def ngettext(self, one: str, many: str, n: int, **values: object) -> str:
        """The message for one or for many; ``%(num)s`` is how many."""
        return catalogue(self.language).ngettext(one, many, n) % {"num": self.number(n), **values}

    def date(self, day: date | datetime | str, form: str = "long") -> str:
        """``16. februar 2027``; other forms are short, medium, full (with the weekday) or a Babel pattern."""
        return _said_day(self.language, day, form)

    def time(self, moment: datetime | str) -> str:
        """``16:00``."""
        return _said_time(self.language, moment)

    def moment(self, moment: datetime | str, form: str = "long") -> str:
        """``16. februar 2027 kl. 16:00``."""
        return _AT[self.language].format(day=self.date(moment, form), time=self.time(moment))

    def number(self, number: float) -> str:
        """``100 000``."""
        return _said_number(self.language, number)


@cache
def tongue(language: Language) -> Tongue:
    """How that language says things."""
    return Tongue(language)


@lru_cache(REMEMBERED)
def _said_day(language: Language, day: date | datetime | str, form: str) -> str:
    return format_date(_day(day), format=form, locale=_LOCALES[language])


@lru_cache(REMEMBERED)
def _said_time(language: Language, moment: datetime | str) -> str:
    return format_time(_moment(moment), "HH:mm", locale=_LOCALES[language])


@lru_cache(REMEMBERED)
def _said_number(language: Language, number: float) -> str:
    return str(format_decimal(number, locale=_LOCALES[language]))


def _moment(value: datetime | str) -> datetime:
    """A moment as a service tells it, which it does with a zone, as it is in Oslo."""
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    return found.astimezone(OSLO) if found.tzinfo else found.replace(tzinfo=OSLO)


def _day(value: date | datetime | str) -> date:
    if isinstance(value, str) and len(value) == len("2027-02-16"):
        return date.fromisoformat(value)
    if isinstance(value, str | datetime):
        return _moment(value).date()
    return value
