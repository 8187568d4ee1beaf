"""The pages of a bundle, in Bokmål, to be read in any browser and printed; they hold no script and load nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.review.bundle import words
from services.review.joint_state import NAMES, JointState
from shared.clock import OSLO

_MONTHS = (
    "januar",
    "februar",
    "mars",
    "april",
    "mai",
    "juni",
    "juli",
    "august",
    "september",
    "oktober",
    "november",
    "desember",
)
_GIVEN = ("text", "removed", "nothing_to_report", "choices")
_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent.parent / "bundle_templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def index_page(
    dossier: Mapping[str, Any],
    names: Mapping[str, str],
    follow_ups: Sequence[Mapping[str, Any]],
    summaries: Sequence[Mapping[str, Any]],
) -> bytes:
    """The first page: the meeting, its decision, and a line for every unit; ``names`` are the reports' files."""
    return _page("index.html", dossier=dossier, names=names, follow_ups=follow_ups, summaries=summaries)


def report_page(report: Mapping[str, Any], title: str, questions: Sequence[Mapping[str, Any]]) -> bytes:
    """One report, question by question in the order of its template."""
    return _page("report.html", report=report, title=title, questions=[_asked(report, q) for q in questions])


def _page(template: str, **values: Any) -> bytes:
    return _TEMPLATES.get_template(template).render(words=words, **values).encode()


def _asked(report: Mapping[str, Any], question: Mapping[str, Any]) -> dict[str, Any]:
    """A question with what was answered to it, if anything."""
    id = question["id"]
    addendum = report["addenda"].get(id)
    answer = addendum or report["answers"].get(id) or {}
    labels = {choice["id"]: choice["label"]["nb"] for choice in question["choices"]}
    lines = report["entries"].get(id, [])
    return {
        "label": question["label"]["nb"],
        "part": question["part"],
        "text": answer.get("text"),
        "removed": answer.get("removed"),
        "nothing": answer.get("nothing_to_report"),
        "choices": [labels.get(choice, choice) for choice in answer.get("choices") or ()],
        "addendum": addendum is not None,
        "behalf": answer.get("entered_on_behalf"),
        "entries": [{"removed": line.get("removed"), "fields": list(_fields(line["fields"]))} for line in lines],
        "empty": not lines and not any(map(answer.get, _GIVEN)),
    }


def _fields(fields: Mapping[str, Any] | None) -> Iterator[tuple[str, str]]:
    """What was given of a line, with the names of the fields and in their order."""
    given = fields or {}
    known = [name for name in words.FIELDS if name in given]
    for name in [*known, *(name for name in given if name not in words.FIELDS)]:
        value = given[name]
        if value not in (None, "", [], {}):
            yield words.FIELDS.get(name, name), _value(name, value)


def _value(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "ja" if value else "nei"
    if isinstance(value, list):
        return ("; " if name == "by_site" else ", ").join(_value(name, item) for item in value)
    if name == "by_region":
        return ", ".join(f"{words.REGIONS.get(k, k)}: {v}" for k, v in value.items() if v is not None)
    if isinstance(value, dict):
        return ", ".join(f"{label}: {text}" for label, text in _fields(value))
    if name in words.DAYS:
        return _day(value)
    if name in words.AMOUNTS:
        return f"{float(value):g}".replace(".", ",")
    return words.VALUES.get(value, value) if name in words.CHOSEN_FROM else str(value)


def _day(value: Any) -> str:
    """A date or an instant as a date in Norway is written."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
    if isinstance(value, datetime):
        value = value.astimezone(OSLO).date()
    return f"{value.day}. {_MONTHS[value.month - 1]} {value.year}"


def _state(value: str | None) -> str:
    return NAMES[JointState(value)].nb if value else "ingen rapport"


def _named(code: str, names: Mapping[str, str]) -> str:
    return names.get(code, code)


_TEMPLATES.filters.update(day=_day, state=_state, named=_named)
