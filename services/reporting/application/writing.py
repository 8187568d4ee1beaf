"""The two parties write: answers saved one by one, in their own part, with nothing lost when two meet."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from services.reporting.application.deciding import (
    acting_on,
    answering_as,
    may_answer,
    may_do,
    readable,
    readable_in,
    seat_holder,
)
from services.reporting.application.names import Names
from services.reporting.application.sealing import Opened, subject_of, with_sealed
from services.reporting.question import Party
from services.reporting.report import Report
from services.reporting.report.state import Shown
from shared import registry_facts
from shared.asked import Asked
from shared.desk import Desk, Done, UnitOfWork
from shared.domain import Acting, ChangedMeanwhile, NotFound, Sealed
from shared.eventstore import EventStore
from shared.vault import Vault


class Writing:
    """The use cases of writing answers."""

    def __init__(self, desk: Desk, store: EventStore, vault: Vault) -> None:
        self._desk, self._store, self._vault = desk, store, vault

    async def answer(
        self, asked: Asked, report_id: UUID, question_id: str, text: str, choices: tuple[str, ...], base: int
    ) -> Done:
        """The answer of whoever it belongs to; on a conflict both texts come back."""

        async def save(sealed: Sealed) -> Done:
            def decide(unit: UnitOfWork) -> Mapping[str, Any]:
                report = unit.get(Report, report_id)
                by = answering_as(unit.rows, asked, report, question_id)
                report.answer(question_id, sealed, base=base, choices=choices, by=by, at=asked.at)
                return _answered(report, question_id)

            return await self._desk.do(asked.command(decide))

        def may() -> None:
            may_answer(self._store, asked, report_id, lambda _: question_id)

        subject = subject_of(report_id, question_id)
        sealed_save = with_sealed(self._vault, subject, text, save, may)
        return await self._with_both(asked, report_id, question_id, text, sealed_save)

    async def enter_on_behalf(
        self, asked: Asked, report_id: UUID, question_id: str, text: str, base: int, answered_on: date
    ) -> Done:
        """The leader enters what the holder of a question answered on a date."""

        async def save(sealed: Sealed) -> Done:
            def decide(unit: UnitOfWork) -> Mapping[str, Any]:
                report = unit.get(Report, report_id)
                by = acting_on(unit.rows, asked, "enter_on_behalf", report)
                slot = report.group_slot(question_id)
                holder = seat_holder(unit.rows, report.state.unit_id, slot.seat, asked.on)
                report.enter_on_behalf(
                    question_id, sealed, base=base, holder=holder, answered_on=answered_on, by=by, at=asked.at
                )
                return _answered(report, question_id)

            return await self._desk.do(asked.command(decide))

        def may() -> None:
            may_do(self._store, asked, report_id, "enter_on_behalf").group_slot(question_id)

        subject = subject_of(report_id, question_id)
        sealed_save = with_sealed(self._vault, subject, text, save, may)
        return await self._with_both(asked, report_id, question_id, text, sealed_save)

    async def confirm(self, asked: Asked, report_id: UUID, question_id: str, base: int) -> Done:
        """The holder stands by what the leader entered."""

        def change(unit: UnitOfWork, report: Report) -> Mapping[str, Any]:
            by = answering_as(unit.rows, asked, report, question_id)
            report.confirm(question_id, base=base, by=by, at=asked.at)
            return _answered(report, question_id)

        return await self._do(asked, report_id, change)

    async def declare_nothing(
        self, asked: Asked, report_id: UUID, question_id: str, declared: bool, base: int
    ) -> Done:
        """Say of a list that there is nothing to report, or take it back."""

        def change(unit: UnitOfWork, report: Report) -> Mapping[str, Any]:
            by = answering_as(unit.rows, asked, report, question_id)
            report.declare_nothing(question_id, declared=declared, base=base, by=by, at=asked.at)
            return _answered(report, question_id)

        return await self._do(asked, report_id, change)

    async def finish(self, asked: Asked, report_id: UUID, part: Party, finished: bool) -> Done:
        """Say that a part is done, or take it back."""

        def change(unit: UnitOfWork, report: Report) -> Mapping[str, Any]:
            by = acting_on(unit.rows, asked, f"finish_{part}_part", report)
            report.finish(part, finished=finished, by=by, at=asked.at)
            return {**versions(report), "part": part, "finished": finished}

        return await self._do(asked, report_id, change)

    async def show_person(self, asked: Asked, report_id: UUID, assignment_id: UUID, shown: Shown) -> Done:
        """Whether a person is named in public, and gets a copy."""

        def change(unit: UnitOfWork, report: Report) -> Mapping[str, Any]:
            by = acting_on(unit.rows, asked, "show_persons", report)
            held = registry_facts.assignments_on(unit.rows, report.state.unit_id, asked.on)
            if all(assignment.id != assignment_id for assignment in held):
                raise NotFound(f"nobody holds {assignment_id} on the unit today")
            report.show_person(assignment_id, shown, by=by, at=asked.at)
            return {**versions(report), "assignment_id": str(assignment_id)}

        return await self._do(asked, report_id, change)

    async def _do(
        self, asked: Asked, report_id: UUID, change: Callable[[UnitOfWork, Report], Mapping[str, Any]]
    ) -> Done:
        return await self._desk.do(asked.command(lambda unit: change(unit, readable(unit, asked, report_id))))

    async def _with_both(
        self, asked: Asked, report_id: UUID, question_id: str, yours: str, save: Awaitable[Done]
    ) -> Done:
        """A save whose refusal, when somebody was first, carries their text and the one that was sent."""
        try:
            return await save
        except ChangedMeanwhile as refusal:
            theirs = await asyncio.to_thread(self._theirs, asked, report_id, question_id)
            refusal.facts.update(yours={"text": yours}, theirs=theirs)
            raise

    def _theirs(self, asked: Asked, report_id: UUID, question_id: str) -> dict[str, Any]:
        report, held = readable_in(self._store, asked.caller, report_id, asked.on)
        answer = report.state.answers.get(question_id)
        if answer is None:
            return {"version": 0, "text": None}
        names = Names(self._store.rows, report.state.unit_id, held, asked.on, asked.caller.person_id)
        opened = Opened(self._vault, report.state).text(answer.text) if answer.text else {"text": None}
        return {
            **opened,
            "version": answer.version,
            "choices": answer.choices,
            "by": names.who(answer.by),
            "at": answer.at,
        }


def versions(report: Report) -> dict[str, Any]:
    """What every change of a report is answered with."""
    state = report.state
    return {
        "report_id": str(report.id),
        "status": state.status,
        "report_version": report.version,
        "content_version": state.content_version,
    }


def _answered(report: Report, question_id: str) -> Mapping[str, Any]:
    return {**versions(report), "question_id": question_id, "version": report.state.answers[question_id].version}


def who(by: Acting) -> dict[str, Any]:
    """Who did something, as it is shown: the person's id and the role, never the name."""
    return {"subject": by.subject, "role": by.role}
