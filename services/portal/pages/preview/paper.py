"""A report laid out for reading: its questions with what was answered, in the order of the form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from services.portal.languages import N_, Tongue
from services.portal.pages.activity.kind import REGIONS
from services.portal.pages.activity.lists import Row, lists_of
from services.portal.pages.check.findings import PARTS
from services.portal.pages.preview.small_numbers import TOTAL, without_small_numbers
from services.portal.pages.report.frame import Frame

Json = Mapping[str, Any]
_COUNTS = {
    **dict(REGIONS),
    "abroad": N_("Utlandet"),
    "unknown": N_("Ukjent bosted"),
    TOTAL: N_("Samlet tall"),
}
SHOWN_UNLESS_SAID = frozenset({"professional_lead", "group_leader"})


@dataclass(frozen=True)
class Shown:
    """One question and what stands there.  ``closed`` tells why a text that was written is not shown."""

    id: str
    section: str
    label: str
    answer: Json
    choices: list[str]
    rows: list[Row] = field(default_factory=list)
    kept_back: Mapping[str, list[str]] = field(default_factory=dict)

    @property
    def closed(self) -> Json | None:
        """Why a text that was written is not shown: it was removed, is a draft, or cannot be read."""
        why = ("removed", "hidden", "unreadable")
        return self.answer if any(self.answer.get(name) for name in why) else None

    @property
    def is_answered(self) -> bool:
        """Whether there is anything to read."""
        nothing = self.answer.get("nothing_to_report")
        return bool(self.answer.get("text") or self.choices or self.rows or nothing or self.closed)


def paper(report: Json, form: Json, tongue: Tongue, *, public: bool = False) -> list[tuple[str, list[Shown]]]:
    """The sections of ``report``, which may be of an older version than ``form``; the public's alone when asked."""
    asked = [question for question in form["questions"] if question["public"] or not public]
    content, kept_back = _for_the_public(report, asked) if public else (report, {})
    listed = {each.question["id"]: each.live for each in lists_of({**content, "questions": asked}, tongue)}
    shown = [_shown(content, question, listed.get(question["id"], []), kept_back, tongue) for question in asked]
    return [(section, found) for section in form["sections"] if (found := [s for s in shown if s.section == section])]


def titles(frame: Frame) -> dict[str, str]:
    """What each section with questions is called."""
    by_address = {part.address: part.title for part in frame.parts}
    return {section: by_address[address] for section, address in PARTS.items() if address in by_address}


def persons(report: Json, form: Json, *, public: bool = False) -> list[Json]:
    """Those who hold roles, with what was chosen for them in ``report``; the public's alone when asked."""
    told = [{**person, **_chosen(report, person)} for person in form["persons"]]
    return [person for person in told if person["public"] or not public]


def line_as_text(form: Json, line: Json, tongue: Tongue) -> str:
    """A line of an activity list in words, a field on each text line, so that it can be compared."""
    question = next(question for question in form["questions"] if question["entry_type"] == line["type"])
    one = {**form, "questions": [question], "entries": {question["id"]: [line]}}
    [row] = lists_of(one, tongue)[0].rows
    return "\n".join([row.heading, *(f"{told.label}: {told.text}" for told in row.whole)])


def _chosen(report: Json, person: Json) -> Json:
    default = {"public": person["role"] in SHOWN_UNLESS_SAID, "copy": False}
    chosen: Json = report["shown"].get(person["assignment_id"], default)
    return chosen


def _shown(
    report: Json, question: Json, rows: list[Row], kept_back: Mapping[str, list[str]], tongue: Tongue
) -> Shown:
    answer = {**report["answers"].get(question["id"], {})}
    if (late := report["addenda"].get(question["id"])) is not None:
        answer = {**late, "late": True}
    chosen = set(answer.get("choices") or ())
    labels = [choice["label"][tongue.language] for choice in question["choices"] if choice["id"] in chosen]
    told = {entry: [tongue.text(_COUNTS.get(name, name)) for name in names] for entry, names in kept_back.items()}
    return Shown(
        id=question["id"],
        section=question["section"],
        label=question["label"][tongue.language],
        answer=answer,
        choices=labels,
        rows=rows,
        kept_back=told,
    )


def _for_the_public(report: Json, questions: Iterable[Json]) -> tuple[Json, dict[str, list[str]]]:
    """The report without small numbers of patients, and what is kept back of each line."""
    counted = {question["id"] for question in questions if question["entry_type"] == "clinical_activity"}
    entries, kept_back = dict(report["entries"]), dict[str, list[str]]()
    for question in counted & entries.keys():
        lines = []
        for line in entries[question]:
            fields, names = without_small_numbers(line["fields"]) if line["fields"] else (line["fields"], [])
            lines.append({**line, "fields": fields})
            kept_back |= {line["entry_id"]: names} if names else {}
        entries[question] = lines
    return {**report, "entries": entries}, kept_back
