"""What is found before a submission, each with a place a page can lead to, and what exactly would be signed."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any
from uuid import UUID

from services.reporting.application.check_words import words
from services.reporting.application.deadlines import deadline
from services.reporting.application.looking import Look
from services.reporting.application.persons import persons_of
from services.reporting.application.progress import section_of
from services.reporting.cycle import Dates
from services.reporting.entries import field_of
from services.reporting.question import Texts
from services.reporting.report.checks import Finding, check, open_group_questions
from services.reporting.report.state import ReportState
from services.reporting.report.submitting import canonical
from shared.read_rows import Rows


def findings(state: ReportState, labels: dict[str, Texts]) -> list[dict[str, Any]]:
    """Everything found, in the order of the template."""
    return [_finding(state, found, labels) for found in check(state)]


def _finding(state: ReportState, found: Finding, labels: dict[str, Texts]) -> dict[str, Any]:
    _, _, question_id, *line = found.pointer.split("/")
    slot = state.slots[question_id]
    entry_id = line[0] if line else None
    return {
        "severity": found.severity,
        "code": found.code,
        "pointer": found.pointer,
        "detail": found.detail,
        "messages": words(state, slot, found.code),
        "question_id": question_id,
        "entry_id": entry_id,
        "field": field_of(slot.entry_type or "", found.code) if entry_id else None,
        "line": entry_id and _line(state, question_id, UUID(entry_id)),
        "part": slot.part,
        "section": section_of(slot),
        "label": labels.get(question_id),
    }


def _line(state: ReportState, question_id: str, entry_id: UUID) -> int:
    """The number of a line in its list as it is shown, from 1."""
    return [entry.id for entry in state.live_entries(question_id)].index(entry_id) + 1


def content_hash(state: ReportState) -> str:
    """The hash of all content that a submission covers, without the names that are sealed when it is made."""
    return hashlib.sha256(canonical(state, ())).hexdigest()


def signing(look: Look, rows: Rows, dates: Dates | None, now: datetime) -> dict[str, Any]:
    """What the lead would sign at this moment."""
    state, due = look.state, deadline(dates, look.state, now)
    return {
        "report_version": look.report.version,
        "content_version": state.content_version,
        "content_sha256": content_hash(state),
        "template": {"key": state.template_key, "version": state.template_version},
        "description_version": state.description.version if state.description else None,
        "roles": persons_of(look, rows),
        "timing": due and due["timing_now"],
        "deadline": due,
        "group": _group(state, due["due"] if due else None, now),
    }


def _group(state: ReportState, due: datetime | None, now: datetime) -> dict[str, Any]:
    """How a submission stands to what the group has not answered."""
    waiting, needs = open_group_questions(state), None
    waited = state.notice_waits_until is not None and now >= state.notice_waits_until
    if waiting and not state.consented_at:
        needs = "excuse" if waited or (due is not None and now >= due) else "consent_or_notice"
    return {
        "open_questions": waiting,
        "consented_at": state.consented_at,
        "notice_waits_until": state.notice_waits_until,
        "needs": needs,
    }
