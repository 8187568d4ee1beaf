"""What a bundle holds: the dossier and each report as data, and the same as pages to read and print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from services.review.bundle.archive import as_json
from services.review.bundle.pages import index_page, report_page

NOT_SENT = frozenset({"evaluation.reporting_feedback"})
"""What the unit thinks of the reporting itself is read by the four desks, and by nobody else."""

_OF_SUBMISSION = (
    "submission_id",
    "report_id",
    "number",
    "content_version",
    "sha256",
    "timing",
    "submitted_at",
    "excused",
    "excuse",
)
_OF_REPORT = ("unit", "kind", "regions", "year", "template", "description")
_OF_ANSWER = ("version", "text", "removed", "choices", "nothing_to_report", "based_on_older_version", "at")
_OF_ENTRY = ("entry_id", "type", "version", "fields", "removed", "at")
_OF_ROLE = ("role", "seat", "name", "acting")
_OF_REMOVAL = ("at", "reason", "legal_basis")


@dataclass(frozen=True)
class Report:
    """One report of the bundle: the unit's code, the submission as reporting gave it, and the template it follows."""

    unit_code: str
    submission: Mapping[str, Any]
    template: Mapping[str, Any]


@dataclass(frozen=True)
class Contents:
    """Everything one bundle is made of.

    ``dossier`` says what the meeting had before it and decided, with a list ``units``; a supplement says its
    ``number`` and ``reason`` there too, and holds reports of some units only.
    """

    dossier: Mapping[str, Any]
    reports: Sequence[Report]
    follow_ups: Sequence[Mapping[str, Any]] = ()
    summaries: Sequence[Mapping[str, Any]] = ()


def files(contents: Contents) -> dict[str, bytes]:
    """The bundle's files by their names."""
    names = {report.unit_code: _file_name(report.unit_code) for report in contents.reports}
    data = {report.unit_code: _report(report.submission) for report in contents.reports}
    made = {
        "data/dossier.json": as_json(contents.dossier),
        "data/follow_ups.json": as_json(contents.follow_ups),
        "data/summaries.json": as_json(contents.summaries),
        "index.html": index_page(contents.dossier, names, contents.follow_ups, contents.summaries),
    }
    for report in contents.reports:
        name = names[report.unit_code]
        made[f"data/reports/{name}.json"] = as_json(data[report.unit_code])
        asked = [question for question in report.template["questions"] if question["id"] not in NOT_SENT]
        made[f"reports/{name}.html"] = report_page(data[report.unit_code], report.template["title"]["nb"], asked)
    return made


def _file_name(unit_code: str) -> str:
    """A code as the name of a file, on any system."""
    return quote(unit_code, safe="")


def _report(submission: Mapping[str, Any]) -> dict[str, Any]:
    """What of a submission is sent: what was handed in, not how it was written."""
    report = submission["report"]
    return {
        **{name: report[name] for name in _OF_REPORT},
        "submission": {name: submission[name] for name in _OF_SUBMISSION},
        "answers": {q: _answer(answer) for q, answer in report["answers"].items() if q not in NOT_SENT},
        "entries": {
            q: [_some(_OF_ENTRY, line) for line in lines if not line["removed_from_list"]]
            for q, lines in report["entries"].items()
            if q not in NOT_SENT
        },
        "addenda": {q: _answer(answer) for q, answer in submission["addenda"].items() if q not in NOT_SENT},
        "roles": [{name: role[name] for name in _OF_ROLE} for role in submission["roles"]],
    }


def _answer(answer: Mapping[str, Any]) -> dict[str, Any]:
    behalf = answer.get("on_behalf_of")
    return {
        **_some(_OF_ANSWER, answer),
        "entered_on_behalf": behalf and {"answered_on": behalf["answered_on"]},
    }


def _some(names: Sequence[str], of: Mapping[str, Any]) -> dict[str, Any]:
    """The named fields that are there; of a text that was removed, when and why."""
    found = {name: of[name] for name in names if name in of}
    if found.get("removed"):
        found["removed"] = {name: found["removed"][name] for name in _OF_REMOVAL}
    return found
