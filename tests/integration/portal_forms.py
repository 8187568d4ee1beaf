"""The forms of a page as a browser without scripts has them: what stands in their fields, and where they are sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class PageForm:
    """One form; ``fields`` is what would be sent, unless its reader types something else."""

    action: str
    fields: dict[str, list[str]] = field(default_factory=dict)

    def filled(self, **typed: str | list[str]) -> dict[str, str | list[str]]:
        """The form with other texts; a double underscore stands for a dot."""
        return {**self.fields, **{name.replace("__", "."): text for name, text in typed.items()}}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[PageForm] = []
        self._within: PageForm | None = None
        self._area: tuple[str, list[str]] | None = None
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._within = PageForm(told["action"])
            self.forms.append(self._within)
        elif tag == "textarea":
            self._area = (told.get("name", ""), [])
        elif tag == "select":
            self._select = told["name"]
        elif tag == "option" and "selected" in told:
            self._give(self._select, told["value"])
        elif tag == "input" and (told.get("type") not in ("checkbox", "radio") or "checked" in told):
            self._give(told.get("name", ""), told.get("value", ""))

    def handle_data(self, data: str) -> None:
        if self._area:
            self._area[1].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area:
            name, parts = self._area
            self._give(name, "".join(parts).removeprefix("\n"))
            self._area = None
        elif tag == "form":
            self._within = None

    def _give(self, name: str, value: str) -> None:
        if self._within and name:
            self._within.fields.setdefault(name, []).append(value)


def forms(page: str, ending: str = "") -> list[PageForm]:
    """The forms of a page that are sent to an address with this ending."""
    reader = _Reader()
    reader.feed(page)
    return [form for form in reader.forms if form.action.endswith(ending)]


def form(page: str, ending: str) -> PageForm:
    """The only such form."""
    found = forms(page, ending)
    assert len(found) == 1, [each.action for each in forms(page)]
    return found[0]
