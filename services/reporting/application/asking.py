"""What one person may do at one question now, told by the same table and rules that decide when it is done."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from services.reporting.application.deciding import allowed
from services.reporting.application.operations import answering, is_theirs
from services.reporting.question import AnswerType
from services.reporting.report import Report
from services.reporting.report.listing import MOST_ENTRIES
from services.reporting.report.state import Answer, Slot
from shared.access import Assignment


class AtQuestions:
    """What the holder of some roles may do at each question of a report."""

    def __init__(self, report: Report, held: list[Assignment], on: date) -> None:
        self._report = report
        self._held = [role for role in held if role.holds(on) and role.unit_id == report.state.unit_id]
        self.allowed = allowed(report, held, on)
        waited = "add_addendum" in self.allowed
        self._waited_for = report.must_wait_for_addenda() if waited else ()

    def is_mine(self, slot: Slot) -> bool:
        """Whether one of the roles answers this question."""
        return any(is_theirs(slot, role) for role in self._held)

    def operations(self, slot: Slot) -> list[str]:
        """By the name of what is sent, as in the routes."""
        answer = self._report.state.answers.get(slot.id)
        names = list(self._as_holder(slot, answer)) if self.is_mine(slot) else []
        if "enter_on_behalf" in self.allowed and slot.seat and not _is_the_holders(answer):
            names.append("enter_on_behalf")
        return names

    def _as_holder(self, slot: Slot, answer: Answer | None) -> Iterator[str]:
        if slot.id in self._waited_for:
            yield "add_addendum"
        if answering(slot) not in self.allowed:
            return
        if slot.type is AnswerType.ENTRIES:
            yield from self._in_list(slot, answer)
        else:
            yield "answer"
        if is_unconfirmed(answer):
            yield "confirm"

    def _in_list(self, slot: Slot, answer: Answer | None) -> Iterator[str]:
        lines = self._report.state.entries.get(slot.id, [])
        declared = answer is not None and answer.nothing_to_report
        live = [line for line in lines if not line.removed]
        if not declared and len(lines) < MOST_ENTRIES:
            yield "add_entry"
        if live:
            yield from ("change_entry", "move_entry", "remove_entry")
        if not declared and len(live) < len(lines):
            yield "restore_entry"
        if not live:
            yield "declare_nothing"


def is_unconfirmed(answer: Answer | None) -> bool:
    """Whether the leader entered it, and the holder has not yet stood by it."""
    return answer is not None and answer.on_behalf is not None and answer.on_behalf.confirmed_at is None


def _is_the_holders(answer: Answer | None) -> bool:
    """Whether the holder wrote it or stands by it: then nobody enters another."""
    return answer is not None and answer.is_given and not is_unconfirmed(answer)
