"""A report as its form shows it: all that a page needs in one answer, each question with what stands beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.reporting.application.asking import AtQuestions
from services.reporting.application.checking import findings, signing
from services.reporting.application.deadlines import dates_of, deadline
from services.reporting.application.deciding import readable_in
from services.reporting.application.looking import Look, last_change, look
from services.reporting.application.persons import holders_of, reached
from services.reporting.application.previous import Previous
from services.reporting.application.progress import Progress, section_of
from services.reporting.application.published import Published
from services.reporting.application.writing import versions
from services.reporting.report.checks import Severity
from services.reporting.report.state import ReportState, Slot
from shared import registry_facts
from shared.access import Assignment
from shared.clock import OSLO
from shared.eventstore import EventStore
from shared.tokens import Caller
from shared.vault import Vault


@dataclass(frozen=True)
class Wanted:
    """The questions that a page shows, all unless said, and whether with what was answered to them."""

    section: str | None = None
    question_id: str | None = None
    answers: bool = True

    def asks(self, slot: Slot) -> bool:
        """Whether the page shows this question."""
        return self.question_id in (None, slot.id) and self.section in (None, section_of(slot))


class Forms:
    """What a form and its last page, the checks, ask for; runs in reader threads."""

    def __init__(self, store: EventStore, vault: Vault, published: Published) -> None:
        self._store, self._vault, self._published = store, vault, published

    def form(self, caller: Caller, report_id: UUID, now: datetime, wanted: Wanted) -> dict[str, Any]:
        """The report as it is, the questions wanted of it, its people and its dates."""
        with self._store.one_connection():
            return self._form(caller, report_id, now, wanted)

    def _form(self, caller: Caller, report_id: UUID, now: datetime, wanted: Wanted) -> dict[str, Any]:
        seen = look(self._store, self._vault, caller, report_id, now.astimezone(OSLO).date())
        content = self._published(seen.state.template_key, seen.state.template_version)
        slots = _slots(seen, wanted)
        answered = frozenset(slots if wanted.answers else ())
        progress = Progress(seen.state)
        held = registry_facts.assignments_on(self._store.rows, seen.state.unit_id, seen.on)
        seen.names.look_up(_writers(seen.state) | {str(each.person_id) for each in held})
        dates = dates_of(self._store.rows, seen.state.year)
        at = AtQuestions(seen.report, seen.held, seen.on)
        return {
            **seen.rendering.whole(seen.report, progress, answered.__contains__),
            "allowed_operations": at.allowed,
            "title": content.title,
            "privacy_reminder": content.privacy_reminder,
            "sections": content.sections,
            "deadline": deadline(dates, seen.state, now),
            "progress": progress.by_section(),
            "last_change": last_change(seen),
            **self._questions(seen, slots, at, held, answered),
        }

    def progress(self, caller: Caller, report_id: UUID, now: datetime) -> dict[str, Any]:
        """How far the report has come, which an open page asks after each change: no text is opened, nobody named."""
        with self._store.one_connection():
            report, _held = readable_in(self._store, caller, report_id, now.astimezone(OSLO).date())
        state, progress = report.state, Progress(report.state)
        content = self._published(state.template_key, state.template_version)
        return {
            **versions(report),
            "kind": state.kind,
            "sections": content.sections,
            "parts": progress.by_part(),
            "progress": progress.by_section(),
        }

    def checks(self, caller: Caller, report_id: UUID, now: datetime) -> dict[str, Any]:
        """Everything that stands between the report and its submission, and what would be signed."""
        with self._store.one_connection():
            return self._checks(caller, report_id, now)

    def _checks(self, caller: Caller, report_id: UUID, now: datetime) -> dict[str, Any]:
        seen = look(self._store, self._vault, caller, report_id, now.astimezone(OSLO).date())
        content = self._published(seen.state.template_key, seen.state.template_version)
        found = findings(seen.state, {question.id: question.label for question in content.questions})
        dates = dates_of(self._store.rows, seen.state.year)
        return {
            **versions(seen.report),
            "can_be_submitted": not any(each["severity"] is Severity.FAULT for each in found),
            "findings": found,
            "signing": signing(seen, self._store.rows, dates, now),
            "allowed_operations": AtQuestions(seen.report, seen.held, seen.on).allowed,
        }

    def _questions(
        self,
        seen: Look,
        slots: dict[str, Slot],
        at: AtQuestions,
        held: list[Assignment],
        answered: frozenset[str],
    ) -> dict[str, Any]:
        persons = reached(seen, held)
        found = findings(seen.state, {}) if slots else []
        previous = Previous.of(self._store, self._vault, seen) if answered else None
        asked = self._published.questions(seen.state.template_key, seen.state.template_version)
        questions = [
            {
                **asked[slot.id],
                **_standing(seen.state, slot),
                "seat": slot.seat,
                "holders": holders_of(slot, persons, held),
                "yours": at.is_mine(slot),
                "allowed_operations": at.operations(slot),
                "findings": [each for each in found if each["question_id"] == slot.id],
                "previous": previous and previous.at(slot.id),
            }
            for slot in slots.values()
        ]
        return {"persons": persons, "questions": questions}


def _slots(seen: Look, wanted: Wanted) -> dict[str, Slot]:
    """The questions wanted, in the order of the template; refused when one is named that the report does not ask."""
    if wanted.question_id is not None:
        seen.report.slot(wanted.question_id)
    return {id: slot for id, slot in seen.state.slots.items() if wanted.asks(slot)}


def _standing(state: ReportState, slot: Slot) -> dict[str, Any]:
    """What is known of an answer without reading it."""
    answer, most = state.answers.get(slot.id), slot.limits.characters
    length = answer.text.length if answer and answer.text else 0
    lines = len(state.live_entries(slot.id))
    return {
        "section": section_of(slot),
        "answered": state.is_answered(slot.id),
        "version": answer.version if answer else 0,
        "characters": length,
        "lines": lines,
        "over_limit": (most is not None and length > most)
        or (slot.limits.entries is not None and lines > slot.limits.entries),
    }


def _writers(state: ReportState) -> set[str]:
    """Everybody who is named in the report as it is, to be looked up at once."""
    said: list[Callable[[], Any]] = [state.answers.values, state.addenda.values, lambda: state.submissions]
    lines = {line.by.subject for found in state.entries.values() for line in found}
    return lines | {each.by.subject for found in said for each in found()}
