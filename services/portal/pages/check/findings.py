"""What stands between a report and its submission, grouped as the form is, each finding with the way to its field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.portal.languages import Language

FAULT, OPEN, WARNING = "fault", "open_group_answer", "warning"
PARTS: Mapping[str, str] = {"activity": "aktivitet", "evaluation": "evaluering"}
"""The parts with questions, in the order of the form, by the section of the template."""


@dataclass(frozen=True)
class Finding:
    """One thing found, said in the reader's language; ``line`` is its number in a list."""

    severity: str
    part: str
    question_id: str
    label: str
    message: str
    href: str
    line: int | None = None


def way_to(report_id: object, question: Mapping[str, Any], entry_id: str | None = None) -> str:
    """The address of a question's field where the reader may fill it in, else of the question; or of a line."""
    slug = str(question["id"]).replace(".", "-")
    if question["section"] == "activity":
        anchor = f"rad-{entry_id}" if entry_id else f"navn-{slug}"
    else:
        anchor = f"f-{slug}" if "answer" in question["allowed_operations"] else f"q-{slug}"
    return f"/reports/{report_id}/{PARTS[question['section']]}#{anchor}"


def said(told: Iterable[Mapping[str, Any]], form: Mapping[str, Any], language: Language) -> list[Finding]:
    """What reporting found, in the order of the form."""
    questions = {question["id"]: question for question in form["questions"]}
    return [
        Finding(
            severity=one["severity"],
            part=PARTS[one["section"]],
            question_id=one["question_id"],
            label=one["label"][language],
            message=one["messages"][language],
            href=way_to(form["report_id"], questions[one["question_id"]], one["entry_id"]),
            line=one["line"],
        )
        for one in told
    ]


def in_parts(findings: Sequence[Finding], *severities: str) -> list[tuple[str, list[Finding]]]:
    """Those of some severities by part; a part without any is left out."""
    chosen = [finding for finding in findings if finding.severity in severities]
    by_part = [(part, [finding for finding in chosen if finding.part == part]) for part in PARTS.values()]
    return [(part, listed) for part, listed in by_part if listed]
