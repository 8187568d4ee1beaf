"""How far a report has come: what is asked, what is answered, what must be mended."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from services.reporting.question import AnswerType, Party
from services.reporting.report.checks import Severity, check
from services.reporting.report.state import ReportState, Slot

ACTIVITY, EVALUATION = "activity", "evaluation"


def section_of(slot: Slot) -> str:
    """Which part of the form a question stands in: the lists are the activity, the texts the evaluation."""
    return ACTIVITY if slot.type is AnswerType.ENTRIES else EVALUATION


def progress_of(state: ReportState, part: Party) -> dict[str, Any]:
    """How far a party has come; ``done`` is what it says itself, since the report was handed in last."""
    slots = [slot for slot in state.slots.values() if slot.part is part]
    return {"finished_at": state.finished.get(part), "done": state.is_done(part), **_counted(state, slots)}


def progress_by_section(state: ReportState) -> dict[str, Any]:
    """The same for the parts of the form."""
    slots = list(state.slots.values())
    return {
        section: _counted(state, [slot for slot in slots if section_of(slot) == section])
        for section in (ACTIVITY, EVALUATION)
    }


def _counted(state: ReportState, slots: Iterable[Slot]) -> dict[str, int]:
    slots = tuple(slots)
    required = [slot for slot in slots if slot.required]
    asked = {slot.id for slot in slots}
    faults = [f for f in check(state) if f.severity is Severity.FAULT and f.pointer.split("/")[2] in asked]
    return {
        "questions": len(slots),
        "required": len(required),
        "answered": sum(state.is_answered(slot.id) for slot in required),
        "faults": len(faults),
    }
