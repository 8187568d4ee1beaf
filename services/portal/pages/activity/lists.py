"""The activity lists of a report as they are shown: their lines in order, and what the reader may do with each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID

from services.portal.languages import N_, Tongue
from services.portal.pages.activity.fields import Field
from services.portal.pages.activity.kind import Group, Kind
from services.portal.pages.activity.kinds import kind_of
from services.portal.pages.activity.treatment import SITES_OF_MULTIREGIONAL
from services.portal.pages.activity.typed import sites_in, value_at

MULTIREGIONAL = "multiregional_treatment_service"
UNTITLED = N_("Uten tittel")
DRAFT = N_("Et utkast hos enheten")
GONE_FOR_GOOD = N_("En oppføring som er fjernet for godt")
LONGEST_NAME = 80


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One thing a line says."""

    label: str
    text: str
    widget: str = ""

    @property
    def link(self) -> bool:
        """Whether it is an address."""
        return self.widget == "link"

    @property
    def counted(self) -> bool:
        """Whether it says nothing without its label."""
        return self.widget in ("number", "decimal")


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of a list.  ``up`` and ``down`` are the places it can be moved to, counted as the API counts."""

    id: UUID
    version: int
    heading: str
    brief: list[Fact]
    whole: list[Fact]
    fields: Mapping[str, Any]
    findings: dict[str, str]
    faulty: bool
    removed: bool
    readable: bool
    draft: bool
    carried_over: bool
    by: Mapping[str, Any]
    at: str
    up: int | None = None
    down: int | None = None

    @cached_property
    def key(self) -> str:
        """The line's id, as forms send it."""
        return str(self.id)

    @cached_property
    def name(self) -> str:
        """The heading, short enough to be said in a sentence."""
        return self.heading if len(self.heading) <= LONGEST_NAME else f"{self.heading[: LONGEST_NAME - 1].rstrip()}…"


@dataclass(frozen=True, kw_only=True)
class Listed:
    """One list: its question, its lines, those taken out of it, and those of the year before."""

    question: Mapping[str, Any]
    kind: Kind
    rows: list[Row]
    nothing: bool
    base: int
    faults: list[str] = field(default_factory=list)

    @property
    def id(self) -> str:
        """The question, as a name within the page."""
        return str(self.question["id"]).replace(".", "-")

    @property
    def live(self) -> list[Row]:
        """The lines that are in the list."""
        return [row for row in self.rows if not row.removed]

    @property
    def gone(self) -> list[Row]:
        """The lines that were taken out and can be put back."""
        return [row for row in self.rows if row.removed and row.readable]

    @property
    def most(self) -> int | None:
        """How many lines may be handed in."""
        most: int | None = self.question["limits"]["entries"]
        return most

    @property
    def earlier(self) -> list[Mapping[str, Any]]:
        """The lines of the same list in last year's report, where they are worth taking over."""
        lines: list[Mapping[str, Any]] = (self.question.get("previous") or {}).get("entries") or []
        return [line for line in lines if line.get("fields")] if self.kind.carried else []

    def shown(self, removed: Collection[str]) -> bool:
        """Whether any line stands in the list, those just taken out among them."""
        return any(not row.removed or row.key in removed for row in self.rows)

    def may(self, operation: str) -> bool:
        """Whether the reader may do something with this list now."""
        return operation in self.question["allowed_operations"]


def lists_of(form: Mapping[str, Any], tongue: Tongue) -> list[Listed]:
    """All activity lists of a report, in the template's order."""
    return [_listed(form, question, tongue) for question in form["questions"] if question["type"] == "entries"]


def list_of(form: Mapping[str, Any], question_id: str, tongue: Tongue) -> Listed | None:
    """One activity list; None where the report has no such list."""
    asked = [question for question in form["questions"] if question["id"] == question_id]
    return next(iter(lists_of({**form, "questions": asked}, tongue)), None)


def line_of(form: Mapping[str, Any], entry_id: UUID) -> tuple[str, Mapping[str, Any]] | None:
    """A line as the API tells it, with its question; None where there is none."""
    for question_id, lines in form["entries"].items():
        for line in lines:
            if line["entry_id"] == str(entry_id):
                return question_id, line
    return None


def form_of(form: Mapping[str, Any], question: Mapping[str, Any], fields: Mapping[str, Any] | None = None) -> Kind:
    """How a line of a question is filled in: with room for the sites it has, or ought to have."""
    expected = SITES_OF_MULTIREGIONAL if form["kind"] == MULTIREGIONAL else 0
    return kind_of(question["entry_type"], max(expected, sites_in(fields)))


def _listed(form: Mapping[str, Any], question: Mapping[str, Any], tongue: Tongue) -> Listed:
    lines = form["entries"].get(question["id"], [])
    answer = form["answers"].get(question["id"]) or {}
    places = [place for place, line in enumerate(lines) if not line["removed_from_list"]]
    findings = question.get("findings") or []
    return Listed(
        question=question,
        kind=form_of(form, question),
        rows=[_row(form, question, line, _between(places, n), findings, tongue) for n, line in enumerate(lines)],
        nothing=bool(answer.get("nothing_to_report")),
        base=int(answer.get("version", 0)),
        faults=[found["messages"][tongue.language] for found in findings if _of_the_list(found)],
    )


def _of_the_list(found: Mapping[str, Any]) -> bool:
    """Whether a finding is of the list as a whole; that it is empty needs not be said of a list that is."""
    return not found.get("entry_id") and found["code"] != "answer_missing"


def _between(places: list[int], place: int) -> tuple[int | None, int | None]:
    """The places of the lines before and after one, passing over those taken out."""
    before, after = [p for p in places if p < place], [p for p in places if p > place]
    return (before[-1] if before else None, after[0] if after else None)


def _row(
    form: Mapping[str, Any],
    question: Mapping[str, Any],
    line: Mapping[str, Any],
    moves: tuple[int | None, int | None],
    findings: Iterable[Mapping[str, Any]],
    tongue: Tongue,
) -> Row:
    fields = line["fields"] or {}
    kind = form_of(form, question, fields)
    whole = list(_told(kind, fields, tongue))
    found = [each for each in findings if each.get("entry_id") == line["entry_id"]]
    return Row(
        id=UUID(line["entry_id"]),
        version=line["version"],
        heading=str(fields.get(kind.heading) or tongue.text(_unnamed(line))),
        brief=[told for name, told in whole if name in kind.brief],
        whole=[told for name, told in whole if name != kind.heading],
        fields=fields,
        findings=_by_field(kind, found, tongue),
        faulty=any(each["severity"] == "fault" for each in found),
        removed=line["removed_from_list"],
        readable=line["fields"] is not None,
        draft=bool(line.get("hidden")),
        carried_over=line["source"] == "carried_over",
        by=line["by"],
        at=line["at"],
        up=moves[0],
        down=moves[1],
    )


def _unnamed(line: Mapping[str, Any]) -> str:
    """What a line without a heading is called, by why it has none."""
    if line["fields"] is not None:
        return UNTITLED
    return DRAFT if line.get("hidden") else GONE_FOR_GOOD


def _by_field(kind: Kind, findings: Sequence[Mapping[str, Any]], tongue: Tongue) -> dict[str, str]:
    """What the check found, in sentences beside the fields it was found in; else beside the heading."""
    said: dict[str, list[str]] = {}
    names = {each.name for each in kind.fields} if findings else set()
    for found in findings:
        name = found.get("field") if found.get("field") in names else kind.heading
        said.setdefault(str(name), []).append(found["messages"][tongue.language])
    return {name: " ".join(sentences) for name, sentences in said.items()}


def _told(kind: Kind, fields: Mapping[str, Any], tongue: Tongue) -> Iterable[tuple[str, Fact]]:
    for part in kind.parts:
        within = _within(part, tongue)
        for each in part.fields if isinstance(part, Group) else (part,):
            text = each.shown(value_at(fields, each.name), tongue)
            if text and each.widget != "hidden":
                yield each.name, Fact(label=within + tongue.text(each.label), text=text, widget=each.widget)


def _within(part: Field | Group, tongue: Tongue) -> str:
    if not isinstance(part, Group) or not part.number:
        return ""
    return f"{tongue.text(part.label, number=part.number)}, "
