"""A report is handed in, given more time, excused or opened again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.reporting.application.deciding import acting_on, answering_as, may_answer, may_do
from services.reporting.application.persons import as_shown
from services.reporting.application.sealing import person_subject, subject_of, with_sealed
from services.reporting.application.writing import versions
from services.reporting.cycle import Cycle
from services.reporting.report import Report
from services.reporting.report.state import FrozenRole, Shown
from services.reporting.views import queries
from services.reporting.working_days import after
from shared import registry_facts
from shared.access import Assignment
from shared.asked import Asked
from shared.desk import Desk, Done, Unavailable, UnitOfWork
from shared.domain import Acting, Sealed
from shared.eventstore import EventStore
from shared.read_rows import Rows
from shared.vault import Vault

NOTICE_DAYS = 5
"""Working days between a notice to the group's leader and submitting without the group's answers."""
_TRIES = 5
"""How often names are sealed again because somebody new got a role meanwhile."""


class HandingIn:
    """The use cases around a submission."""

    def __init__(self, desk: Desk, store: EventStore, vault: Vault) -> None:
        self._desk, self._store, self._vault = desk, store, vault

    async def give_notice(self, asked: Asked, report_id: UUID) -> Done:
        """Tell the group's leader that the unit wants to submit."""
        waits_until = after(asked.at, NOTICE_DAYS)

        def change(report: Report, by: Acting) -> None:
            report.give_notice(waits_until, by=by, at=asked.at)

        return await self._do(asked, report_id, "give_notice", change)

    async def consent(self, asked: Asked, report_id: UUID) -> Done:
        """The group's leader agrees that the unit submits now."""
        return await self._do(asked, report_id, "consent", lambda r, by: r.consent(by=by, at=asked.at))

    async def submit(self, asked: Asked, report_id: UUID, seen: int, excuse: str | None) -> Done:
        """Hand in the version seen, with roles and names as they are."""
        for _ in range(_TRIES):
            names = await asyncio.to_thread(self._sealed_names, asked, report_id)

            def decide(unit: UnitOfWork, names: Mapping[str, Sealed] = names) -> Mapping[str, Any]:
                report = unit.get(Report, report_id)
                by = acting_on(unit.rows, asked, "submit", report)
                dates = unit.get(Cycle, Cycle.identify(report.state.year)).state.dates
                roles = _roles(unit.rows, report, names, asked.on)
                report.submit(seen=seen, dates=dates, roles=roles, excuse=excuse, by=by, at=asked.at)
                return _receipt(report)

            with suppress(_NotSealedYet):
                return await self._desk.do(asked.command(decide))
        raise Unavailable("those who have a role on the unit keep changing")

    async def add_addendum(self, asked: Asked, report_id: UUID, question_id: str, text: str) -> Done:
        """A group answer the submission went without follows it."""

        async def save(sealed: Sealed) -> Done:
            def decide(unit: UnitOfWork) -> Mapping[str, Any]:
                report = unit.get(Report, report_id)
                by = answering_as(unit.rows, asked, report, question_id)
                report.add_addendum(question_id, sealed, by=by, at=asked.at)
                return {**versions(report), "question_id": question_id}

            return await self._desk.do(asked.command(decide))

        def may() -> None:
            may_answer(self._store, asked, report_id, lambda _: question_id)

        return await with_sealed(self._vault, subject_of(report_id, question_id), text, save, may)

    async def extend(self, asked: Asked, report_id: UUID, until: datetime, reason: str) -> Done:
        """Give one report until another instant."""

        def decide(unit: UnitOfWork) -> Mapping[str, Any]:
            report = unit.get(Report, report_id)
            by = acting_on(unit.rows, asked, "extend", report)
            deadline = unit.get(Cycle, Cycle.identify(report.state.year)).state.dates.deadline
            report.extend(until, reason, deadline=deadline, by=by, at=asked.at)
            return {**versions(report), "extended_until": until}

        return await self._desk.do(asked.command(decide))

    async def exempt(self, asked: Asked, report_id: UUID, reason: str) -> Done:
        """The unit owes no report this year."""
        return await self._do(asked, report_id, "exempt", lambda r, by: r.exempt(reason, by=by, at=asked.at))

    async def withdraw(self, asked: Asked, report_id: UUID, reason: str) -> Done:
        """Give the report up."""
        return await self._do(asked, report_id, "withdraw", lambda r, by: r.withdraw(reason, by=by, at=asked.at))

    async def reopen(self, asked: Asked, report_id: UUID, reason: str) -> Done:
        """Let a submitted or ended report be written again."""
        return await self._do(asked, report_id, "reopen", lambda r, by: r.reopen(reason, by=by, at=asked.at))

    async def _do(
        self, asked: Asked, report_id: UUID, operation: str, change: Callable[[Report, Acting], None]
    ) -> Done:
        def decide(unit: UnitOfWork) -> Mapping[str, Any]:
            report = unit.get(Report, report_id)
            change(report, acting_on(unit.rows, asked, operation, report))
            return versions(report)

        return await self._desk.do(asked.command(decide))

    def _sealed_names(self, asked: Asked, report_id: UUID) -> dict[str, Sealed]:
        """The names of everybody with a role on the unit, each sealed under the person's own key."""
        report = may_do(self._store, asked, report_id, "submit")
        held = registry_facts.assignments_on(self._store.rows, report.state.unit_id, asked.on)
        return {
            str(person): self._vault.seal(person_subject(person), name, field="name")
            for person, name in _names(self._store.rows, held).items()
        }


class _NotSealedYet(Exception):
    """Somebody has a role, and a name, who had none when the names were sealed."""


def _roles(rows: Rows, report: Report, names: Mapping[str, Sealed], on: date) -> tuple[FrozenRole, ...]:
    """The roles as they are, with the names sealed before; none of those erased since, whose new keys would stay."""
    held = registry_facts.assignments_on(rows, report.state.unit_id, on)
    known = {str(person) for person in _names(rows, held)}
    if not known <= names.keys():
        raise _NotSealedYet
    standing = {person: name for person, name in names.items() if person in known}
    return tuple(_frozen(assignment, report.state.shown, standing) for assignment in held)


def _names(rows: Rows, held: Iterable[Assignment]) -> dict[UUID, str]:
    """The names of those who hold roles, where there is one; none of the erased."""
    cards = queries.cards(rows, [assignment.person_id for assignment in held])
    return {person: card["name"] for person, card in cards.items() if card["name"]}


def _frozen(assignment: Assignment, shown: dict[str, Shown], names: Mapping[str, Sealed]) -> FrozenRole:
    said = as_shown(assignment, shown)
    return FrozenRole(
        assignment_id=assignment.id,
        person_id=assignment.person_id,
        role=assignment.role,
        seat=assignment.seat,
        name=names.get(str(assignment.person_id)),
        public=said.public,
        copy=said.copy,
        acting=assignment.stands_in,
    )


def _receipt(report: Report) -> Mapping[str, Any]:
    last = report.state.submissions[-1]
    return {
        **versions(report),
        "submission_id": str(Report.submission_id(report.id, last.number)),
        "number": last.number,
        "sha256": last.sha256,
        "timing": last.timing,
        "submitted_at": last.at,
        "excused": last.excused,
    }
