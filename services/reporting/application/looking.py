"""One reader's look at one report: as it is, the roles by which it is read, the names told to this reader."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from services.reporting.application.deciding import concerned, readable_in
from services.reporting.application.drafts import Drafts
from services.reporting.application.names import Names
from services.reporting.application.rendering import Rendering
from services.reporting.report import Report
from services.reporting.report.state import Answer, Entry, ReportState
from shared.access import Assignment
from shared.eventstore import EventStore
from shared.tokens import Caller
from shared.vault import Vault


@dataclass(frozen=True)
class Look:
    """``held`` are those of the reader's roles by which this report is read; ``everything_held`` all of them."""

    report: Report
    held: list[Assignment]
    everything_held: list[Assignment]
    on: date
    names: Names
    rendering: Rendering

    @property
    def state(self) -> ReportState:
        """The report's state as it is now."""
        return self.report.state


def look(store: EventStore, vault: Vault, caller: Caller, report_id: UUID, on: date) -> Look:
    """What the caller sees of a report; to whoever may not read it there is none."""
    report, held = readable_in(store, caller, report_id, on)
    names = Names(store.rows, report.state.unit_id, held, on, caller.person_id)
    mine = concerned(report, held, on)
    rendering = Rendering(vault, report, Drafts(store, report, mine, on), names)
    return Look(report, mine, held, on, names, rendering)


def last_change(look: Look) -> dict[str, Any] | None:
    """When an answer or a line was changed last, and by whom."""
    state = look.state
    lines = (line for found in state.entries.values() for line in found)
    touched: list[Answer | Entry] = [*state.answers.values(), *lines]
    if not touched:
        return None
    last = max(touched, key=lambda each: each.at)
    return {"at": last.at, "by": look.names.who(last.by)}
