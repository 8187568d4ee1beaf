"""A message as its receiver reads it: in the receiver's language, as text and as HTML, a link and no contents."""

from __future__ import annotations

import gettext
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from functools import cache
from pathlib import Path
from uuid import UUID

from babel.dates import format_date, format_time
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from services.notify import wording
from services.notify.occasion import Occasion
from services.notify.preferences import Language
from shared.clock import OSLO

HERE = Path(__file__).parent
DOMAIN = "notify"
_AT = {Language.BOKMAL: "{day} kl. {time}", Language.NYNORSK: "{day} kl. {time}", Language.ENGLISH: "{day} at {time}"}


@dataclass(frozen=True)
class Line:
    """One message of a digest."""

    subject: str
    link: str


@dataclass(frozen=True)
class Contents:
    """What a letter is made of; the unit's name is the one of the letter's language."""

    occasion: Occasion
    unit: str | None
    year: int | None
    deadline: datetime | None
    link: str
    preferences: str
    lines: Sequence[Line] = ()


@dataclass(frozen=True)
class Letter:
    """A letter, ready to be sent."""

    language: Language
    subject: str
    text: str
    html: str


def catalogue_file(language: Language) -> Path:
    """Where the translations into a language are."""
    return HERE / "locale" / language / "LC_MESSAGES" / f"{DOMAIN}.po"


@cache
def catalogue(language: Language) -> gettext.NullTranslations:
    """The translations into a language, compiled when first asked for; bokmål is what they are made from."""
    if language is Language.BOKMAL:
        return gettext.NullTranslations()
    with catalogue_file(language).open("rb") as file:
        read = read_po(file, locale=language.value)
    compiled = io.BytesIO()
    write_mo(compiled, read)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=select_autoescape(("html",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def when(moment: datetime, language: Language) -> str:
    """An instant as people in Norway say it."""
    there = moment.astimezone(OSLO)
    day = format_date(there.date(), format="long", locale=language.value)
    return _AT[language].format(day=day, time=format_time(there, "HH:mm", locale=language.value))


def subject(contents: Contents, language: Language) -> str:
    """What the letter is about, in one line."""
    found = _filled(wording.WORDINGS[contents.occasion].subject, contents, language)
    return " ".join(found.split())


def write(contents: Contents, language: Language) -> Letter:
    """The letter in one language."""
    say = catalogue(language).gettext
    words = wording.WORDINGS[contents.occasion]
    values: Mapping[str, object] = {
        "language": language.value,
        "subject": subject(contents, language),
        "greeting": say(wording.GREETING),
        "paragraphs": [_filled(paragraph, contents, language) for paragraph in words.body],
        "lines": contents.lines,
        "open": say(wording.OPEN),
        "link": contents.link,
        "why": say(wording.WHY),
        "choose": say(wording.CHOOSE),
        "preferences": contents.preferences,
        "no_reply": say(wording.NO_REPLY),
    }
    text, html = (_templates().get_template(f"message.{form}").render(values) for form in ("txt", "html"))
    return Letter(language, str(values["subject"]), text, html)


def as_mail(letter: Letter, *, sender: str, to: str, message_id: str, at: datetime) -> bytes:
    """The letter as it goes over the wire; sent by a machine, so that no machine answers it."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = sender
    mail["To"] = to
    mail["Subject"] = letter.subject
    mail["Date"] = at
    mail["Message-ID"] = message_id
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(letter.text, cte="quoted-printable")
    mail.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    # Only now: making the alternatives moves every Content- header into the first of them.
    mail["Content-Language"] = letter.language.value
    return mail.as_bytes()


def message_id(id: UUID, edition: int, sender: str) -> str:
    """The name a message has among mail systems: the same however often the same edition is sent."""
    return f"<{id}.{edition}@{sender.rpartition('@')[2]}>"


def _filled(phrase: str, contents: Contents, language: Language) -> str:
    say = catalogue(language).gettext
    return say(phrase).format(
        unit=contents.unit or say(wording.THE_UNIT),
        year=contents.year or "",
        deadline=when(contents.deadline, language) if contents.deadline else "",
    )
