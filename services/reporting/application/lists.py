"""The activity lists are kept line by line; what a line says is judged while it can be read, then sealed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from services.reporting.application.deciding import answering_as, may_answer, readable, readable_in
from services.reporting.application.names import Names
from services.reporting.application.sealing import Opened, subject_of, with_sealed
from services.reporting.application.writing import versions
from services.reporting.entries import Entry, Judgement, from_text, judge, to_text
from services.reporting.report import Report
from services.reporting.report.rules import QuestionNotInTemplate
from shared.asked import Asked
from shared.desk import Desk, Done, UnitOfWork
from shared.domain import Acting, ChangedMeanwhile, Sealed
from shared.eventstore import EventStore
from shared.vault import Vault

Change = Callable[[Report, Acting], None]


class Lists:
    """The use cases of the activity lists."""

    def __init__(self, desk: Desk, store: EventStore, vault: Vault) -> None:
        self._desk, self._store, self._vault = desk, store, vault

    async def add(
        self,
        asked: Asked,
        report_id: UUID,
        entry_id: UUID,
        question_id: str,
        entry: Entry,
        external_id: str | None,
        source: str = "manual",
    ) -> Done:
        """A new line at the end of a list; ``source`` is where it comes from."""
        judged = _judged(entry, await self._answerable(asked, report_id, lambda _: question_id))

        async def save(fields: Sealed) -> Done:
            def change(report: Report, by: Acting) -> None:
                report.add_entry(
                    entry_id,
                    question_id,
                    fields,
                    faults=judged.faults,
                    warnings=judged.warnings,
                    external_id=external_id,
                    source=source,
                    by=by,
                    at=asked.at,
                )

            return await self._do(asked, report_id, entry_id, lambda _: question_id, change)

        return await with_sealed(self._vault, subject_of(report_id, str(entry_id)), to_text(entry), save)

    async def change(self, asked: Asked, report_id: UUID, entry_id: UUID, entry: Entry, base: int) -> Done:
        """Other fields for a line; on a conflict both come back."""
        judged = _judged(entry, await self._answerable(asked, report_id, _question_of(entry_id)))

        async def save(fields: Sealed) -> Done:
            def change(report: Report, by: Acting) -> None:
                report.change_entry(
                    entry_id,
                    fields,
                    faults=judged.faults,
                    warnings=judged.warnings,
                    base=base,
                    by=by,
                    at=asked.at,
                )

            return await self._do(asked, report_id, entry_id, _question_of(entry_id), change)

        try:
            return await with_sealed(self._vault, subject_of(report_id, str(entry_id)), to_text(entry), save)
        except ChangedMeanwhile as refusal:
            theirs = await asyncio.to_thread(self._theirs, asked, report_id, entry_id)
            refusal.facts.update(yours=entry.model_dump(mode="json"), theirs=theirs)
            raise

    async def move(self, asked: Asked, report_id: UUID, entry_id: UUID, index: int) -> Done:
        """Another place in the list."""

        def change(report: Report, by: Acting) -> None:
            report.move_entry(entry_id, index, by=by, at=asked.at)

        return await self._do(asked, report_id, entry_id, _question_of(entry_id), change)

    async def remove(self, asked: Asked, report_id: UUID, entry_id: UUID, base: int) -> Done:
        """Take a line out; it can be put back."""

        def change(report: Report, by: Acting) -> None:
            report.remove_entry(entry_id, base=base, by=by, at=asked.at)

        return await self._do(asked, report_id, entry_id, _question_of(entry_id), change)

    async def restore(self, asked: Asked, report_id: UUID, entry_id: UUID, base: int) -> Done:
        """Put a line back."""

        def change(report: Report, by: Acting) -> None:
            report.restore_entry(entry_id, base=base, by=by, at=asked.at)

        return await self._do(asked, report_id, entry_id, _question_of(entry_id), change)

    async def entry_type(self, asked: Asked, report_id: UUID, question_id: str) -> str:
        """What kind of line a question takes; refused when it is no list of the report."""
        slot = (await self._readable(asked, report_id)).slot(question_id)
        if slot.entry_type is None:
            raise QuestionNotInTemplate(f"{question_id} is no list", question_id=question_id)
        return slot.entry_type

    async def type_of_line(self, asked: Asked, report_id: UUID, entry_id: UUID) -> str:
        """What kind of line one is."""
        report = await self._readable(asked, report_id)
        return report.slot(report.line(entry_id).question_id).entry_type or ""

    async def _do(
        self, asked: Asked, report_id: UUID, entry_id: UUID, question: Callable[[Report], str], change: Change
    ) -> Done:
        def decide(unit: UnitOfWork) -> Mapping[str, Any]:
            report = readable(unit, asked, report_id)
            by = answering_as(unit.rows, asked, report, question(report))
            change(report, by)
            line = report.line(entry_id)
            return {**versions(report), "entry_id": str(entry_id), "version": line.version, "removed": line.removed}

        return await self._desk.do(asked.command(decide))

    async def _readable(self, asked: Asked, report_id: UUID) -> Report:
        report, _ = await asyncio.to_thread(readable_in, self._store, asked.caller, report_id, asked.on)
        return report

    async def _answerable(self, asked: Asked, report_id: UUID, question: Callable[[Report], str]) -> Report:
        return await asyncio.to_thread(may_answer, self._store, asked, report_id, question)

    def _theirs(self, asked: Asked, report_id: UUID, entry_id: UUID) -> dict[str, Any]:
        report, held = readable_in(self._store, asked.caller, report_id, asked.on)
        line = report.state.entry(entry_id)
        if line is None or line.fields is None:
            return {"fields": None}
        by = Names(self._store.rows, report.state.unit_id, held, asked.on, asked.caller.person_id).who(line.by)
        opened = Opened(self._vault, report.state).text(line.fields)
        kind = report.slot(line.question_id).entry_type or ""
        fields = from_text(kind, opened["text"]).model_dump(mode="json") if opened["text"] else None
        return {"fields": fields, "version": line.version, "removed": line.removed, "by": by, "at": line.at}


def _judged(entry: Entry, report: Report) -> Judgement:
    return judge(entry, report_year=report.state.year, since=report.state.since)


def _question_of(entry_id: UUID) -> Callable[[Report], str]:
    return lambda report: report.line(entry_id).question_id
