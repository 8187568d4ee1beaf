"""Texts that no page changes are part of the compiled template, and say the same as if they were looked up."""

from __future__ import annotations

import gettext

import pytest
from jinja2 import DictLoader
from markupsafe import Markup

from services.portal.folding import Folding

pytestmark = pytest.mark.unit
SOURCE = gettext.NullTranslations()


class Shouting(gettext.NullTranslations):
    """A language in which everything is said louder; it counts how often it is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0

    def gettext(self, message: str) -> str:
        self.asked += 1
        return message.upper()

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return (msgid1 if n == 1 else msgid2).upper()


def drawn(template: str, says: gettext.NullTranslations | None = None, **context: object) -> str:
    made = Folding(
        says or Shouting(),
        {"asset": lambda name: f"/static/{name}?a&b"},
        loader=DictLoader({"page": template}),
        autoescape=True,
        extensions=["jinja2.ext.i18n"],
    )
    return made.get_template("page").render(context)


@pytest.mark.parametrize("page", ["{{ _('hei') }}", "{% trans %}hei{% endtrans %}", "{{ gettext('hei') }}"])
def test_a_text_is_asked_for_once_however_often_it_is_shown(page: str) -> None:
    says = Shouting()
    assert drawn("{% for _n in range(9) %}" + page + "{% endfor %}", says) == "HEI" * 9
    assert says.asked == 1


def test_markup_of_the_catalogue_stays_and_per_cent_signs_are_written_once() -> None:
    assert drawn("{{ _('<b>100 %%</b>') }}") == "<B>100 %</B>"


def test_what_is_filled_in_is_escaped() -> None:
    assert drawn("{{ _('%(name)s', name=name) }}", SOURCE, name="<i>") == "&lt;i&gt;"
    assert drawn("{{ _('%(name)s', name=name) }}", SOURCE, name=Markup("<i>")) == "<i>"
    assert drawn("{% trans name=name %}hei {{ name }}{% endtrans %}", SOURCE, name="<i>") == "hei &lt;i&gt;"


def test_what_is_known_later_is_said_then() -> None:
    assert drawn("{{ _(word) }}", word="hei") == "HEI"
    page = "{% trans count=n %}one{% pluralize %}{{ count }} many{% endtrans %}"
    assert drawn(page, SOURCE, n=1) == "one"
    assert drawn(page, SOURCE, n=2) == "2 many"


def test_an_address_is_escaped_like_any_other_value() -> None:
    assert drawn("""<link href="{{ asset('a.css') }}">{{ asset(name) }}""", name="b") == (
        '<link href="/static/a.css?a&amp;b">/static/b?a&amp;b'
    )
