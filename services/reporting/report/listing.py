"""Keeping the activity lists of a report, line by line, each line with a version of its own."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from services.reporting.question import AnswerType
from services.reporting.report.lines import EntryAdded, EntryChanged, EntryMoved, EntryRemoved, EntryRestored
from services.reporting.report.rules import Rules
from services.reporting.report.state import Entry
from shared.domain import Acting, Refused, Sealed

MOST_ENTRIES = 200
"""The technical ceiling of lines in a report's list; content limits are judged at submission."""


class ListIsFull(Refused):
    """The list is as long as it can technically be."""

    code = "list_is_full"


class EntryExists(Refused):
    """A line is added once; it has this id already."""

    code = "entry_exists"


class NothingWasDeclared(Refused):
    """It was said of this list that there is nothing to report: take that back first."""

    code = "nothing_was_declared"


class EntryIsRemoved(Refused):
    """The line was taken out: put it back first."""

    code = "entry_is_removed"


class EntryIsNotRemoved(Refused):
    """Only what was taken out can be put back."""

    code = "entry_is_not_removed"


class NoSuchPlace(Refused):
    """The list has no such place."""

    code = "no_such_place"


class Listing(Rules):
    """What may be asked of a report's activity lists."""

    def add_entry(
        self,
        entry_id: UUID,
        question_id: str,
        fields: Sealed,
        *,
        faults: tuple[str, ...],
        warnings: tuple[str, ...],
        by: Acting,
        at: datetime,
        source: str = "manual",
        external_id: str | None = None,
    ) -> None:
        """A new line at the end; ``faults`` and ``warnings`` are what its fields were judged to have."""
        slot = self.slot(question_id)
        self.must_be_open()
        self._must_be_of_type(slot, AnswerType.ENTRIES)
        self._must_be_readable(fields)
        if self.state.entry(entry_id):
            raise EntryExists(f"line {entry_id} exists")
        if len(self.state.entries.get(question_id, [])) >= MOST_ENTRIES:
            raise ListIsFull(f"{question_id} has {MOST_ENTRIES} lines", question_id=question_id)
        self._must_not_be_declared_empty(question_id)
        self._trigger_change(
            slot,
            EntryAdded(
                at=at,
                by=by,
                entry_id=entry_id,
                question_id=question_id,
                fields=fields,
                faults=faults,
                warnings=warnings,
                source=source,
                external_id=external_id,
            ),
        )

    def change_entry(
        self,
        entry_id: UUID,
        fields: Sealed,
        *,
        faults: tuple[str, ...],
        warnings: tuple[str, ...],
        base: int,
        by: Acting,
        at: datetime,
    ) -> None:
        """Other fields for a line; ``base`` is the version last seen."""
        entry = self._live_line(entry_id, base)
        self._must_be_readable(fields)
        self._trigger_change(
            self.slot(entry.question_id),
            EntryChanged(
                at=at, by=by, entry_id=entry_id, version=base + 1, fields=fields, faults=faults, warnings=warnings
            ),
        )

    def move_entry(self, entry_id: UUID, index: int, *, by: Acting, at: datetime) -> None:
        """Another place in the list, from 0; staying where it is changes nothing."""
        entry = self.line(entry_id)
        self.must_be_open()
        lines = self.state.entries[entry.question_id]
        if not 0 <= index < len(lines):
            raise NoSuchPlace(f"{entry.question_id} has {len(lines)} places", places=len(lines))
        if lines.index(entry) != index:
            event = EntryMoved(at=at, by=by, entry_id=entry_id, index=index)
            self._trigger_change(self.slot(entry.question_id), event)

    def remove_entry(self, entry_id: UUID, *, base: int, by: Acting, at: datetime) -> None:
        """Take a line out; it stays in history and can be put back."""
        entry = self._live_line(entry_id, base)
        event = EntryRemoved(at=at, by=by, entry_id=entry_id, version=base + 1)
        self._trigger_change(self.slot(entry.question_id), event)

    def restore_entry(self, entry_id: UUID, *, base: int, by: Acting, at: datetime) -> None:
        """Put a line back that was taken out, unless its text was removed for good."""
        entry = self.line(entry_id)
        self.must_be_open()
        self._must_be_latest(f"line {entry_id}", base, entry.version)
        if not entry.removed:
            raise EntryIsNotRemoved(f"line {entry_id} is in its list")
        if entry.fields is None:
            raise EntryIsRemoved(f"the text of line {entry_id} was removed for good")
        self._must_not_be_declared_empty(entry.question_id)
        event = EntryRestored(at=at, by=by, entry_id=entry_id, version=base + 1)
        self._trigger_change(self.slot(entry.question_id), event)

    # The rules.

    def _live_line(self, entry_id: UUID, base: int) -> Entry:
        entry = self.line(entry_id)
        self.must_be_open()
        self._must_be_latest(f"line {entry_id}", base, entry.version)
        if entry.removed:
            raise EntryIsRemoved(f"line {entry_id} was taken out")
        return entry

    def _must_not_be_declared_empty(self, question_id: str) -> None:
        answer = self.state.answers.get(question_id)
        if answer and answer.nothing_to_report:
            raise NothingWasDeclared(f"{question_id} says there is nothing to report", question_id=question_id)
