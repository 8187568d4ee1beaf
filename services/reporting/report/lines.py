"""What can happen to the lines of an activity list, and what each of it changes."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from services.reporting.report.events import changed
from services.reporting.report.state import Entry, ReportState
from shared.domain import Event, Sealed


class EntryAdded(Event, frozen=True, kw_only=True):
    """A line was added at the end of an activity list."""

    TOPIC: ClassVar[str] = "reporting.Report.EntryAdded"
    entry_id: UUID
    question_id: str
    fields: Sealed
    faults: tuple[str, ...]
    warnings: tuple[str, ...]
    source: str
    external_id: str | None

    def apply(self, state: ReportState) -> None:
        changed(state, self.question_id)
        entry = Entry(
            id=self.entry_id,
            question_id=self.question_id,
            version=1,
            fields=self.fields,
            faults=self.faults,
            warnings=self.warnings,
            source=self.source,
            external_id=self.external_id,
            by=self.by,
            at=self.at,
        )
        state.entries.setdefault(self.question_id, []).append(entry)


class EntryChanged(Event, frozen=True, kw_only=True):
    """The fields of a line were changed."""

    TOPIC: ClassVar[str] = "reporting.Report.EntryChanged"
    entry_id: UUID
    version: int
    fields: Sealed
    faults: tuple[str, ...]
    warnings: tuple[str, ...]

    def apply(self, state: ReportState) -> None:
        if entry := state.entry(self.entry_id):
            changed(state, entry.question_id)
            entry.version, entry.fields = self.version, self.fields
            entry.faults, entry.warnings = self.faults, self.warnings
            entry.by, entry.at = self.by, self.at


class EntryMoved(Event, frozen=True, kw_only=True):
    """A line stands at another place in its list, ``index`` counted from 0 among all lines."""

    TOPIC: ClassVar[str] = "reporting.Report.EntryMoved"
    entry_id: UUID
    index: int

    def apply(self, state: ReportState) -> None:
        if entry := state.entry(self.entry_id):
            changed(state, entry.question_id)
            lines = state.entries[entry.question_id]
            lines.remove(entry)
            lines.insert(self.index, entry)


class EntryRemoved(Event, frozen=True, kw_only=True):
    """A line was taken out; it can be put back."""

    TOPIC: ClassVar[str] = "reporting.Report.EntryRemoved"
    entry_id: UUID
    version: int

    def apply(self, state: ReportState) -> None:
        _set_removed(state, self.entry_id, self.version, removed=True)


class EntryRestored(Event, frozen=True, kw_only=True):
    """A line taken out was put back where it was."""

    TOPIC: ClassVar[str] = "reporting.Report.EntryRestored"
    entry_id: UUID
    version: int

    def apply(self, state: ReportState) -> None:
        _set_removed(state, self.entry_id, self.version, removed=False)


def _set_removed(state: ReportState, entry_id: UUID, version: int, *, removed: bool) -> None:
    if entry := state.entry(entry_id):
        changed(state, entry.question_id)
        entry.removed, entry.version = removed, version
