"""What somebody owes: the reports of one's units, and what in each waits for this one person."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from services.reporting.application.asking import AtQuestions, is_unconfirmed
from services.reporting.application.changes import changes_after
from services.reporting.application.deadlines import dates_of, deadline
from services.reporting.application.looking import Look, last_change, look
from services.reporting.application.operations import is_theirs
from services.reporting.application.progress import Progress
from services.reporting.application.writing import versions
from services.reporting.question import Party
from services.reporting.report.checks import Severity, check
from services.reporting.report.state import WRITABLE, Status
from services.reporting.views import queries
from shared.access import Assignment
from shared.clock import OSLO
from shared.eventstore import EventStore
from shared.registry_facts import held_by
from shared.tokens import Caller
from shared.vault import Vault

MOST_NEWS = 20
"""Changes told of one report; whoever wants all of them reads its history."""


class Tasks:
    """What the start page of somebody with a role on a unit shows; runs in reader threads."""

    def __init__(self, store: EventStore, vault: Vault) -> None:
        self._store, self._vault = store, vault

    def of(self, caller: Caller, now: datetime, since: datetime | None) -> list[dict[str, Any]]:
        """The caller's reports that are written or wait for an addendum of theirs, the most urgent first."""
        on = now.astimezone(OSLO).date()
        held = [role for role in held_by(self._store.rows, caller) if role.holds(on) and role.unit_id]
        units = {role.unit_id for role in held if role.unit_id}
        found = []
        for report_id in queries.reports_in_hand(self._store.rows, units):
            seen = look(self._store, self._vault, caller, UUID(report_id), on)
            at = AtQuestions(seen.report, seen.held, on)
            if seen.state.status in WRITABLE or "add_addendum" in at.allowed:
                found.append(self._item(seen, at, now, since))
        return sorted(found, key=lambda item: (item["deadline"]["due"] if item["deadline"] else now, item["year"]))

    def _item(self, seen: Look, at: AtQuestions, now: datetime, since: datetime | None) -> dict[str, Any]:
        state = seen.state
        mine = [role for role in seen.held if role.unit_id == state.unit_id]
        return {
            **versions(seen.report),
            "unit": {"unit_id": str(state.unit_id), "code": state.unit_code, "name": state.unit_name},
            "year": state.year,
            "roles": [{"role": r.role, "assignment_id": str(r.id), "seat": r.seat} for r in mine],
            "deadline": deadline(dates_of(self._store.rows, state.year), state, now),
            "parts": Progress(state).by_part(),
            "my_parts": sorted({s.part for s in state.slots.values() if any(is_theirs(s, r) for r in mine)}),
            "tasks": [
                {"kind": kind, "questions": questions, "count": len(questions)}
                for kind, questions in _tasks(seen, at, mine)
            ],
            "can_submit": "submit" in at.allowed and not _faults(seen),
            "last_change": last_change(seen),
            "news": self._news(seen, since) if since else [],
        }

    def _news(self, seen: Look, since: datetime) -> list[dict[str, Any]]:
        """What others did since, the newest last."""
        version = self._store.version_at(seen.report.id, since)
        told = changes_after(self._store, seen, version)
        return [change for change in told if not change["by"]["you"]][-MOST_NEWS:]


def _tasks(seen: Look, at: AtQuestions, mine: list[Assignment]) -> Iterator[tuple[str, list[str]]]:
    yield from ((kind, questions) for kind, questions in _questions(seen, at) if questions)
    state, allowed = seen.state, at.allowed
    theirs = {part: f"finish_{part}_part" in allowed and not state.is_done(part) for part in Party}
    if state.status is Status.RETURNED and theirs[Party.UNIT]:
        yield "mend_returned", []
    faults = _faults(seen)
    if theirs[Party.UNIT] and not faults:
        yield "finish_unit_part", []
    if theirs[Party.GROUP] and not any(q for kind, q in _questions(seen, at) if kind == "answer_group_questions"):
        yield "finish_group_part", []
    if "consent" in allowed and state.notice_waits_until and not state.consented_at:
        yield "consider_consent", []
    if "submit" in allowed and not faults:
        yield "submit", []


def _questions(seen: Look, at: AtQuestions) -> Iterator[tuple[str, list[str]]]:
    """What waits at single questions."""
    state = seen.state
    doing = {slot.id: at.operations(slot) for slot in state.slots.values() if at.is_mine(slot)}
    writable = {q: state.slots[q] for q, names in doing.items() if set(names) - {"add_addendum"}}
    open_ = [q for q, slot in writable.items() if slot.required and not state.is_answered(q)]
    yield "write_unit_part", [q for q in open_ if writable[q].part is Party.UNIT]
    yield "answer_group_questions", [q for q in open_ if writable[q].part is Party.GROUP]
    yield "look_again", [q for q in writable if q in state.outdated]
    yield "confirm_answers", [q for q in writable if is_unconfirmed(state.answers.get(q))]
    yield "send_addendum", [q for q, names in doing.items() if "add_addendum" in names]
    faults = _faults(seen) if writable else set()
    yield "mend_faults", [q for q in writable if q in faults and state.is_answered(q)]


def _faults(seen: Look) -> set[str]:
    """The questions at which something stands in the way of a submission."""
    return {found.pointer.split("/")[2] for found in check(seen.state) if found.severity is Severity.FAULT}
