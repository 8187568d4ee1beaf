"""What people read: in three languages, with dates as they say them, and nothing but a name, a year and a link."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from string import Formatter

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from services.notify.application.preview import example, preview
from services.notify.letter import (
    Contents,
    as_mail,
    catalogue,
    catalogue_file,
    message_id,
    subject,
    when,
    write,
)
from services.notify.occasion import Occasion
from services.notify.preferences import Language
from services.notify.wording import WORDINGS, phrases
from tests.facts import NOON, made_up

pytestmark = pytest.mark.unit
TRANSLATED = (Language.NYNORSK, Language.ENGLISH)
PORTAL = "https://aarring.example"
LETTERS = [(occasion, language) for occasion in Occasion for language in Language]


def read(language: Language) -> Catalog:
    with catalogue_file(language).open("rb") as file:
        return read_po(file, locale=language.value)


@pytest.mark.parametrize("language", TRANSLATED)
def test_everything_is_translated_and_nothing_else(language: Language) -> None:
    found = read(language)
    assert {message.id for message in found if message.id} == set(phrases())
    assert [message.id for message in found if message.id and not message.string] == []
    assert [message.id for message in found if message.id and message.fuzzy] == []
    assert dict(found.obsolete) == {}


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_says_the_same_things(language: Language) -> None:
    for phrase in phrases():
        assert _fields(catalogue(language).gettext(phrase)) == _fields(phrase), phrase


def test_nothing_but_a_unit_a_year_and_a_date_can_stand_in_a_message() -> None:
    assert {field for phrase in phrases() for field in _fields(phrase)} == {"unit", "year", "deadline"}


def test_every_occasion_has_its_words() -> None:
    assert set(WORDINGS) == set(Occasion)


@pytest.mark.parametrize(("occasion", "language"), LETTERS)
def test_a_letter_is_whole_in_both_forms(occasion: Occasion, language: Language) -> None:
    letter = preview(occasion, PORTAL)[language]
    for form in (letter.text, letter.html):
        assert PORTAL in form
        assert "/me/preferences" in form
        assert not re.search(r"[{}]|\bNone\b|  +\w", form.replace("  http", " http").split("<body")[-1])
    assert f'<html lang="{language}">' in letter.html
    assert letter.subject.strip() == letter.subject != ""


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (Language.BOKMAL, "16. februar 2026 kl. 16:00"),
        (Language.NYNORSK, "16. februar 2026 kl. 16:00"),
        (Language.ENGLISH, "February 16, 2026 at 16:00"),
    ],
)
def test_an_instant_is_told_as_in_oslo(language: Language, said: str) -> None:
    assert when(datetime(2026, 2, 16, 15, tzinfo=UTC), language) == said


def test_a_name_with_signs_of_html_is_only_a_name() -> None:
    contents = Contents(Occasion.QUERY, "<b>A & B</b>", 2025, None, PORTAL, PORTAL)
    letter = write(contents, Language.BOKMAL)
    assert "&lt;b&gt;A &amp; B&lt;/b&gt;" in letter.html
    assert "<b>A & B</b>" in letter.text


def test_a_unit_nobody_knows_yet_is_the_unit() -> None:
    contents = Contents(Occasion.QUERY, None, None, None, PORTAL, PORTAL)
    assert subject(contents, Language.NYNORSK) == "Regionen har eit spørsmål: eininga"


def test_a_line_break_in_a_name_does_not_reach_the_header() -> None:
    contents = Contents(Occasion.QUERY, "one\r\nBcc: other@example.org", 2025, None, PORTAL, PORTAL)
    assert subject(contents, Language.BOKMAL) == "Regionen har et spørsmål: one Bcc: other@example.org"


def test_a_mail_says_that_a_machine_sent_it_and_in_which_language() -> None:
    letter = write(example(Occasion.REMINDER, Language.ENGLISH, PORTAL), Language.ENGLISH)
    name = message_id(made_up("message"), 2, "ikke-svar@aarring.example")
    sent = as_mail(letter, sender="ikke-svar@aarring.example", to="lead@example.org", message_id=name, at=NOON)
    mail = message_from_bytes(sent, policy=default)
    assert (mail["Auto-Submitted"], mail["Content-Language"]) == ("auto-generated", "en")
    assert mail["Message-ID"] == f"<{made_up('message')}.2@aarring.example>"
    assert [header for header in mail if header.lower().startswith("list-")] == []
    assert all(len(line) <= 998 for line in sent.split(b"\r\n"))


def _fields(phrase: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(phrase) if name}
