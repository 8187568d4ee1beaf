"""A report as its form shows it: all that a page needs in one answer, each question with what stands beside it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from services.reporting.application.asking import AtQuestions
from services.reporting.application.checking import content_hash, findings, signing
from services.reporting.application.deadlines import dates_of, deadline
from services.reporting.application.looking import Look, last_change, look
from services.reporting.application.persons import holders_of, reached
from services.reporting.application.previous import Previous
from services.reporting.application.progress import progress_by_section, section_of
from services.reporting.application.published import Published
from services.reporting.application.writing import versions
from services.reporting.report.checks import Severity
from services.reporting.report.state import ReportState, Slot
from services.reporting.template import Content
from shared import registry_facts
from shared.access import Assignment
from shared.clock import OSLO
from shared.eventstore import EventStore
from shared.tokens import Caller
from shared.vault import Vault


class Forms:
    """What a form and its last page, the checks, ask for; runs in reader threads."""

    def __init__(self, store: EventStore, vault: Vault, published: Published) -> None:
        self._store, self._vault, self._published = store, vault, published

    def form(self, caller: Caller, report_id: UUID, now: datetime) -> dict[str, Any]:
        """The report as it is, its questions, its people and its dates."""
        with self._store.one_connection():
            return self._form(caller, report_id, now)

    def _form(self, caller: Caller, report_id: UUID, now: datetime) -> dict[str, Any]:
        seen = look(self._store, self._vault, caller, report_id, now.astimezone(OSLO).date())
        content = self._content(seen.state)
        held = registry_facts.assignments_on(self._store.rows, seen.state.unit_id, seen.on)
        seen.names.look_up(_writers(seen.state) | {str(each.person_id) for each in held})
        dates = dates_of(self._store.rows, seen.state.year)
        at = AtQuestions(seen.report, seen.held, seen.on)
        return {
            **seen.rendering.whole(seen.report),
            "allowed_operations": at.allowed,
            "title": content.title,
            "privacy_reminder": content.privacy_reminder,
            "sections": content.sections,
            "deadline": deadline(dates, seen.state, now),
            "progress": progress_by_section(seen.state),
            "last_change": last_change(seen),
            "content_sha256": content_hash(seen.state),
            **self._questions(seen, content, at, held, Previous.of(self._store, self._vault, seen)),
        }

    def checks(self, caller: Caller, report_id: UUID, now: datetime) -> dict[str, Any]:
        """Everything that stands between the report and its submission, and what would be signed."""
        with self._store.one_connection():
            return self._checks(caller, report_id, now)

    def _checks(self, caller: Caller, report_id: UUID, now: datetime) -> dict[str, Any]:
        seen = look(self._store, self._vault, caller, report_id, now.astimezone(OSLO).date())
        content = self._content(seen.state)
        found = findings(seen.state, {question.id: question.label for question in content.questions})
        dates = dates_of(self._store.rows, seen.state.year)
        return {
            **versions(seen.report),
            "can_be_submitted": not any(each["severity"] is Severity.FAULT for each in found),
            "findings": found,
            "signing": signing(seen, self._store.rows, dates, now),
            "allowed_operations": AtQuestions(seen.report, seen.held, seen.on).allowed,
        }

    def _content(self, state: ReportState) -> Content:
        return self._published(state.template_key, state.template_version)

    def _questions(
        self, seen: Look, content: Content, at: AtQuestions, held: list[Assignment], previous: Previous | None
    ) -> dict[str, Any]:
        persons = reached(seen, held)
        found = findings(seen.state, {})
        questions = []
        for question in content.questions:
            slot = seen.report.slot(question.id)
            questions.append(
                {
                    **msgspec.to_builtins(question),
                    **_standing(seen.state, slot),
                    "seat": slot.seat,
                    "holders": holders_of(slot, persons, held),
                    "yours": at.is_mine(slot),
                    "allowed_operations": at.operations(slot),
                    "findings": [each for each in found if each["question_id"] == slot.id],
                    "previous": previous and previous.at(slot.id),
                }
            )
        return {"persons": persons, "questions": questions}


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
