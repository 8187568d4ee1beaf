"""Last year's report stands beside this year's, as it was handed in, for those who may read it."""

from __future__ import annotations

from typing import Any

from services.reporting.application.deciding import concerned
from services.reporting.application.drafts import Drafts
from services.reporting.application.looking import Look
from services.reporting.application.rendering import Rendering
from services.reporting.report import Report
from shared.eventstore import EventStore
from shared.history import state_at
from shared.vault import Vault


class Previous:
    """The unit's report of the year before: what was handed in last, or what is there when nothing was."""

    def __init__(self, report: Report, rendering: Rendering) -> None:
        self._report, self._rendering = report, rendering

    @classmethod
    def of(cls, store: EventStore, vault: Vault, seen: Look) -> Previous | None:
        """The one before the report that is looked at; None when there is none, or none for this reader."""
        report_id = Report.identify(seen.state.unit_id, seen.state.year - 1)
        latest = store.load(Report, report_id)
        held = concerned(latest, seen.everything_held, seen.on) if latest else []
        if latest is None or not held:
            return None
        handed_in = latest.state.submissions[-1].report_version if latest.state.submissions else None
        shown = state_at(store, Report, report_id, version=handed_in) if handed_in else latest
        return cls(shown, Rendering(vault, latest, Drafts(store, latest, held, seen.on)))

    def at(self, question_id: str) -> dict[str, Any] | None:
        """What was said to a question; None when it was not asked or not answered."""
        state = self._report.state
        if question_id not in state.slots or not state.is_answered(question_id):
            return None
        answer = state.answers.get(question_id)
        said = self._rendering.answer(self._report, question_id, answer) if answer else {}
        lines = [self._rendering.entry(self._report, line) for line in state.live_entries(question_id)]
        return {
            "report_id": str(self._report.id),
            "year": state.year,
            "text": said.get("text"),
            **{name: said[name] for name in ("hidden", "removed", "unreadable") if name in said},
            "choices": said.get("choices", ()),
            "nothing_to_report": said.get("nothing_to_report", False),
            "entries": [
                {name: line[name] for name in ("entry_id", "type", "fields", "hidden", "removed") if name in line}
                for line in lines
            ],
        }
