"""Which fields of a form a page fills in itself; whatever else there is, somebody typed or chose."""

from __future__ import annotations

import re
from collections.abc import Iterator

from services.portal.given_back import UNTYPED
from services.portal.pages.activity import kinds
from services.portal.pages.activity.choices import Choice
from services.portal.security import FIELD
from services.portal.templating import TEMPLATES

INPUT = re.compile(r"<(input|textarea|select|button)\b([^>]*)>")
DEED = re.compile(r"\{\{ deed\([^{]*\{([^}]*)\}")
POSTS = re.compile(r'<form\b[^>]*method="post".*?</form>', re.DOTALL)


def test_what_a_page_fills_in_itself_is_not_shown_as_written() -> None:
    filled_in = {name for tag, name, kind in _fields() if kind == "hidden" or tag == "button"} | {"key", *_deeds()}
    filled_in |= {field.name for kind in kinds.KINDS.values() for field in kind.fields if field.widget == "hidden"}
    assert sorted(filled_in - UNTYPED - {FIELD}) == []


def test_what_somebody_types_is_never_left_out() -> None:
    typed = {
        name for tag, name, kind in _fields() if tag in ("textarea", "select") or kind in ("text", "date", "url", "")
    }
    typed |= {field.name for kind in kinds.KINDS.values() for field in kind.fields if field.widget != "hidden"}
    assert len(typed) > 20
    assert sorted(typed & UNTYPED) == []


def test_a_choice_is_called_the_same_whichever_kind_of_entry_it_is_chosen_for() -> None:
    choices = [field for kind in kinds.KINDS.values() for field in kind.fields if isinstance(field, Choice)]
    called = {(field.name, value, label) for field in choices for value, label in field.choices}
    assert {(name, value): label for name, value, label in called} == kinds.LABELS
    assert len(called) == len(kinds.LABELS) > 40


def _fields() -> Iterator[tuple[str, str, str]]:
    """Every field with a fixed name in a form that changes something: its element, its name and its type."""
    for file in TEMPLATES.rglob("*.html"):
        for form in POSTS.findall(file.read_text()):
            for tag, attributes in INPUT.findall(form):
                told = dict(re.findall(r'\b(name|type)="([^"{]*)"', attributes))
                if told.get("name"):
                    yield tag, told["name"], told.get("type", "")


def _deeds() -> Iterator[str]:
    """What the buttons of a line send along."""
    for file in TEMPLATES.rglob("*.html"):
        for fields in DEED.findall(file.read_text()):
            yield from re.findall(r'"(\w+)":', fields)
