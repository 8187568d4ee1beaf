"""How far a report has come: what is asked, what is answered, what must be mended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from services.reporting.question import AnswerType, Party
from services.reporting.report.checks import Severity, check
from services.reporting.report.state import ReportState, Slot

ACTIVITY, EVALUATION = "activity", "evaluation"


def section_of(slot: Slot) -> str:
    """Which part of the form a question stands in: the lists are the activity, the texts the evaluation."""
    return ACTIVITY if slot.type is AnswerType.ENTRIES else EVALUATION


class Progress:
    """How far one report has come as it is now; it is checked once, however much of it is asked for."""

    def __init__(self, state: ReportState) -> None:
        self._state = state
        found = (finding for finding in check(state) if finding.severity is Severity.FAULT)
        self._faults = Counter(finding.pointer.split("/")[2] for finding in found)

    def by_part(self) -> dict[str, Any]:
        """Each party's; ``done`` is what it says itself, since the report was handed in last."""
        return {part: self._of(part) for part in Party}

    def by_section(self) -> dict[str, Any]:
        """The same for the parts of the form."""
        return {
            section: self._counted(slot for slot in self._state.slots.values() if section_of(slot) == section)
            for section in (ACTIVITY, EVALUATION)
        }

    def _of(self, part: Party) -> dict[str, Any]:
        said = {"finished_at": self._state.finished.get(part), "done": self._state.is_done(part)}
        return said | self._counted(slot for slot in self._state.slots.values() if slot.part is part)

    def _counted(self, asked: Iterable[Slot]) -> dict[str, int]:
        slots = tuple(asked)
        required = [slot for slot in slots if slot.required]
        return {
            "questions": len(slots),
            "required": len(required),
            "answered": sum(self._state.is_answered(slot.id) for slot in required),
            "faults": sum(self._faults[slot.id] for slot in slots),
        }
