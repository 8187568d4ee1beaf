"""How facts become rows: our own from the state a thing is in, others' from what they said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.reporting.cycle import Cycle
from services.reporting.report import Report
from services.reporting.report.checks import Severity, check, open_group_questions
from services.reporting.report.state import Submission
from services.reporting.template import Template
from services.reporting.views import tables as t
from shared import registry_facts
from shared.contracts import Contract, registry
from shared.domain import Aggregate
from shared.eventstore import Change, Put
from shared.read_rows import Fold, day, folded, instant, names


def own(thing: Aggregate[Any]) -> list[Change]:
    """The rows that must be true the moment ``thing`` has changed."""
    match thing:
        case Report():
            return _report(thing)
        case Cycle():
            return [Put(t.CYCLES, _cycle(thing))]
        case Template():
            return [Put(t.TEMPLATES, _template(thing))]
        case _:
            raise TypeError(f"{type(thing).__name__} has no rows in reporting")


def _report(report: Report) -> list[Change]:
    state = report.state
    changes: list[Change] = [Put(t.REPORTS, _report_row(report))]
    changes += [Put(t.SUBMISSIONS, _submission(report, each)) for each in state.submissions]
    changes += [Put(t.SHREDDED, {"subject": key, "generation": last}) for key, last in state.shredded.items()]
    return changes


def _report_row(report: Report) -> dict[str, Any]:
    state = report.state
    last = state.submissions[-1] if state.submissions else None
    return {
        "report_id": str(report.id),
        "unit_id": str(state.unit_id),
        "unit_code": state.unit_code,
        "unit_name": state.unit_name,
        "kind": state.kind,
        "regions": names(state.regions),
        "trusts": names(state.trusts),
        "year": state.year,
        "template": state.template_key,
        "template_version": state.template_version,
        "description_version": state.description.version if state.description else None,
        "status": state.status.value,
        "version": report.version,
        "content_version": state.content_version,
        "unit_finished_at": instant(state.finished.get("unit")),
        "group_finished_at": instant(state.finished.get("group")),
        "open_group_answers": len(open_group_questions(state)),
        "outdated_group_answers": len(state.outdated),
        "faults": sum(finding.severity is Severity.FAULT for finding in check(state)),
        "extended_until": instant(state.extended_until),
        "submissions": len(state.submissions),
        "submitted_at": instant(last.at) if last else None,
        "timing": last.timing.value if last else None,
    }


def _submission(report: Report, submission: Submission) -> dict[str, Any]:
    return {
        "submission_id": str(Report.submission_id(report.id, submission.number)),
        "report_id": str(report.id),
        "number": submission.number,
        "content_version": submission.content_version,
        "report_version": submission.report_version,
        "sha256": submission.sha256,
        "timing": submission.timing.value,
        "submitted_at": instant(submission.at),
    }


def _cycle(cycle: Cycle) -> dict[str, Any]:
    dates = cycle.state.dates
    return {
        "year": cycle.state.year,
        "recommended_on": dates.recommended_on.isoformat(),
        "deadline": instant(dates.deadline),
        "grace_until": instant(dates.grace_until),
        "opens_at": instant(dates.opens_at),
        "opened_at": instant(cycle.state.opened_at),
        "version": cycle.version,
    }


def _template(template: Template) -> dict[str, Any]:
    content = template.state.content
    return {
        "key": content.key,
        "version": content.version,
        "template_id": str(template.id),
        "sha256": template.state.sha256,
    }


def _description(said: registry.UnitDescriptionApprovedV1) -> Change:
    row = {"unit_id": str(said.unit_id), "version": said.version, "text_nb": said.text_nb}
    return Put(t.DESCRIPTIONS, {**row, "valid_from": day(said.valid_from)})


def _seats(said: registry.SeatsEstablishedV1) -> list[Change]:
    return [Put(t.SEATS, {"unit_id": str(said.unit_id), "seat": seat}) for seat in said.seats]


def _seat(said: registry.SeatAddedV1) -> Change:
    return Put(t.SEATS, {"unit_id": str(said.unit_id), "seat": said.seat})


KEPT: Mapping[type[Contract], Fold] = {
    **registry_facts.KEPT,
    registry.UnitDescriptionApprovedV1: _description,
    registry.SeatsEstablishedV1: _seats,
    registry.SeatAddedV1: _seat,
}
"""What reporting keeps of what it hears; anything else is heard and kept in the log only."""


def heard(said: Contract | None) -> list[Change]:
    """The rows that follow from something heard."""
    return folded(KEPT, said)
