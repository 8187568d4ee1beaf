"""Whatever the portal says can be read in every language: the catalogues hold what the source says, and no more."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from jinja2 import Environment

from services.portal.languages import LANGUAGES, SOURCE, catalogue_file
from services.portal.templating import TEMPLATES
from tests.rules.source import python_files, shown

pytestmark = pytest.mark.rules

OTHERS = [language for language in LANGUAGES if language != SOURCE]
IN_PYTHON: dict[str, Any] = {"_": None, "N_": None, "text": None, "ngettext": (1, 2)}
IN_TEMPLATES: dict[str, Any] = {"_": None, "gettext": None, "ngettext": (1, 2)}
OPTIONS = {"trimmed": "true", "newstyle_gettext": "true", "extensions": "jinja2.ext.do,jinja2.ext.loopcontrols"}
PLACEHOLDER = re.compile(r"%\((\w+)\)s|%%")
MSGID = re.compile(r'^msgid ((?:"(?:[^"\\]|\\.)*"\s*)+)', re.MULTILINE)
READ = {"aria-label", "aria-description", "alt", "title", "placeholder", "label", "content"}
"""The attributes that people read, or have read to them."""
ATTRIBUTES = re.compile(r'[\w-]+="[^"]*"')
"""What a template keeps apart, to put into several tags."""
SAME_EVERYWHERE = {"Aarring", "width=device-width, initial-scale=1", "light dark"}
Message = str | tuple[str, ...]


@pytest.mark.parametrize("language", OTHERS)
def test_a_catalogue_holds_what_the_source_says_and_nothing_else(language: str) -> None:
    held = {message.id for message in _catalogue(language) if message.id}
    assert sorted(map(str, _said().keys() - held)) == [], "not translated"
    assert sorted(map(str, held - _said().keys())) == [], "said nowhere"


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_is_translated_for_good(language: str) -> None:
    unfinished = [m.id for m in _catalogue(language) if m.id and (m.fuzzy or not all(_forms(m.string)))]
    assert unfinished == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_fills_in_what_the_text_does(language: str) -> None:
    wrong = [m.id for m in _catalogue(language) if m.id and _places(m.string) != _places(m.id)]
    assert wrong == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_text_is_translated_once(language: str) -> None:
    ids = Counter(re.sub(r'"\s*"|\s+$', "", found) for found in MSGID.findall(_file(language).read_text()))
    assert [text for text, times in ids.items() if times > 1] == []


@pytest.mark.parametrize("template", sorted(TEMPLATES.rglob("*.html")), ids=shown)
def test_a_template_says_nothing_that_cannot_be_translated(template: Path) -> None:
    reading = _Reading()
    reading.feed(_untranslated(template.read_text()))
    reading.close()
    assert reading.found == []


@cache
def _said() -> dict[Message, str]:
    """Every text of the source, and where it stands."""
    found: dict[Message, str] = {}
    for file in python_files("services/portal"):
        found |= dict.fromkeys(_extracted("python", file, IN_PYTHON, {}), shown(file))
    for file in TEMPLATES.rglob("*.html"):
        found |= dict.fromkeys(_extracted("jinja2.ext:babel_extract", file, IN_TEMPLATES, OPTIONS), shown(file))
    return found


def _extracted(how: str, file: Path, keywords: dict[str, Any], options: dict[str, str]) -> Iterator[Message]:
    with file.open("rb") as source:
        for _, message, _, _ in extract(how, source, keywords, options=options):
            yield message if isinstance(message, str) else tuple(message)


def _file(language: str) -> Path:
    return catalogue_file(language)  # type: ignore[arg-type]  # one of OTHERS


@cache
def _catalogue(language: str) -> Catalog:
    with _file(language).open("rb") as file:
        return read_po(file, locale=language)


def _forms(said: Any) -> tuple[str, ...]:
    return (said,) if isinstance(said, str) else tuple(said)


def _places(said: Any) -> set[str]:
    """What is filled in; the form for one need not tell that it is one."""
    return {name for form in _forms(said) for name in PLACEHOLDER.findall(form)} - {"num"}


def _untranslated(template: str) -> str:
    """A template without what is put in when it is drawn, and without what ``trans`` translates."""
    kept: list[str] = []
    tag: list[str] = []
    inside = False
    for _, kind, value in Environment(autoescape=True).lexer.tokeniter(template, None):
        if kind == "block_begin":
            tag = []
        elif kind == "name":
            tag.append(value)
        elif kind == "block_end":
            inside = inside or tag[:1] == ["trans"]
            inside = inside and tag[:1] != ["endtrans"]
        elif kind == "data" and not inside:
            kept.append(value)
    return "".join(kept)


class _Reading(HTMLParser):
    """Finds the words that people would read."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in READ and not (tag == "meta" and ("name", "htmx-config") in attrs):
                self.handle_data(value or "")

    def handle_data(self, data: str) -> None:
        words = ATTRIBUTES.sub("", data).strip(" \n–·:,.()")
        if re.search(r"[^\W\d_]{2}", words) and words not in SAME_EVERYWHERE:
            self.found.append(words)
