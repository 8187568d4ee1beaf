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


def way_to(report_id: object, part: str, question_id: str, entry_id: str | None = None) -> str:
    """The address of a question's field, or of a line in its list."""
    anchor = f"oppforing-{entry_id}" if entry_id else f"svar-{question_id}"
    return f"/reports/{report_id}/{part}#{anchor}"


def said(told: Iterable[Mapping[str, Any]], report_id: object, language: Language) -> list[Finding]:
    """What reporting found, in the order of the form."""
    return [
        Finding(
            severity=one["severity"],
            part=(part := PARTS[one["section"]]),
            question_id=one["question_id"],
            label=one["label"][language],
            message=one["messages"][language],
            href=way_to(report_id, part, one["question_id"], one["entry_id"]),
            line=one["line"],
        )
        for one in told
    ]


def in_parts(findings: Sequence[Finding], *severities: str) -> list[tuple[str, list[Finding]]]:
    """Those of some severities by part; a part without any is left out."""
    chosen = [finding for finding in findings if finding.severity in severities]
    by_part = [(part, [finding for finding in chosen if finding.part == part]) for part in PARTS.values()]
    return [(part, listed) for part, listed in by_part if listed]
