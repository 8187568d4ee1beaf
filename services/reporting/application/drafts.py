"""A draft is its party's: others read a part once it is said to be done, and what was handed in as it was."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cached_property

from services.reporting import readers
from services.reporting.application.operations import target
from services.reporting.application.sealing import digest
from services.reporting.question import Party
from services.reporting.report import Report
from services.reporting.report.ending import Redacted
from services.reporting.report.events import Answered
from services.reporting.report.lines import EntryAdded, EntryChanged
from shared.access import Assignment, granting
from shared.domain import Sealed
from shared.eventstore import EventStore


class Drafts:
    """Which texts of one report are drafts that the holder of some roles does not read."""

    def __init__(self, store: EventStore, latest: Report, held: Sequence[Assignment], on: date) -> None:
        self._store, self._latest = store, latest
        where = target(latest)
        self._open = {
            part for part in Party if latest.state.is_done(part) or granting(held, readers.DRAFTS[part], where, on)
        }

    def hide(self, question_id: str, text: Sealed) -> bool:
        """Whether a text of a question, or of a line in its list, is kept from the reader."""
        state = self._latest.state
        if state.slots[question_id].part in self._open:
            return False
        return not state.submissions or digest(text) in self._written_since

    @cached_property
    def _written_since(self) -> set[str]:
        """The texts written since the report was handed in last, and what redactions made of them.

        Read when the first text is judged: of what the reader was given then, nothing is newer than this.
        """
        last = self._latest.state.submissions[-1]
        drafts: set[str] = set()
        for recorded in self._store.recorded(self._latest.id, after=last.report_version):
            match recorded.event:
                case Answered(text=Sealed() as text) | EntryAdded(fields=text) | EntryChanged(fields=text):
                    drafts.add(digest(text))
                case Redacted(kept=kept):
                    drafts |= {digest(anew) for sealed, anew in kept.items() if sealed in drafts}
        return drafts
