"""A text is removed from all history: asked by one, approved by another, what may stay sealed anew."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog

from services.reporting.application.deciding import acting_on, report_not_found
from services.reporting.application.sealing import digest, subject_of
from services.reporting.application.writing import versions
from services.reporting.report import Report
from services.reporting.report.ending import AddendumSigned
from services.reporting.report.events import Answered
from services.reporting.report.lines import EntryAdded, EntryChanged, EntryRemoved, EntryRestored
from services.reporting.report.rules import QuestionNotInTemplate
from services.reporting.report.state import Redaction
from shared.access import system
from shared.asked import Asked
from shared.contracts import Contract, reporting
from shared.desk import Desk, Done, UnitOfWork
from shared.domain import Acting, Sealed, identity
from shared.eventstore import EventStore
from shared.vault import Shredded, Unreadable, Vault

log = structlog.get_logger()
DONE_AGAIN = "done again after a copy was put back"


class Redacting:
    """The use cases of removing a text for good."""

    def __init__(self, desk: Desk, store: EventStore, vault: Vault) -> None:
        self._desk, self._store, self._vault = desk, store, vault

    async def request(
        self,
        asked: Asked,
        report_id: UUID,
        redaction_id: UUID,
        place: str,
        versions_from_to: tuple[int, int],
        reason: str,
        legal_basis: str,
    ) -> Done:
        """Ask that a range of versions of an answer or line be removed."""
        first, last = versions_from_to

        def decide(unit: UnitOfWork) -> Mapping[str, Any]:
            report = unit.get(Report, report_id)
            by = acting_on(unit.rows, asked, "request_redaction", report)
            report.request_redaction(
                redaction_id,
                place,
                first=first,
                last=last,
                reason=reason,
                legal_basis=legal_basis,
                by=by,
                at=asked.at,
            )
            return {**versions(report), "redaction_id": str(redaction_id)}

        return await self._desk.do(asked.command(decide))

    async def approve(self, asked: Asked, report_id: UUID, redaction_id: UUID) -> Done:
        """Another person decides: the range is unreadable from now on, everywhere and for good."""

        def decide(unit: UnitOfWork) -> Mapping[str, Any]:
            report = unit.get(Report, report_id)
            by = acting_on(unit.rows, asked, "decide_redaction", report)
            redaction = report.approvable(redaction_id, by)
            self._remove(unit.store, report, redaction, by, asked.at)
            return {**versions(report), "redaction_id": str(redaction_id), "place": redaction.place}

        done = await self._desk.do(asked.command(decide))
        await asyncio.to_thread(self.destroy_decided, report_id)
        return done

    async def reject(self, asked: Asked, report_id: UUID, redaction_id: UUID, reason: str) -> Done:
        """Turn the request down; nothing is removed."""

        def decide(unit: UnitOfWork) -> Mapping[str, Any]:
            report = unit.get(Report, report_id)
            by = acting_on(unit.rows, asked, "decide_redaction", report)
            report.reject_redaction(redaction_id, reason, by=by, at=asked.at)
            return {**versions(report), "redaction_id": str(redaction_id)}

        return await self._desk.do(asked.command(decide))

    def redo(self, unit: UnitOfWork, told: Contract, by: Acting, at: datetime) -> None:
        """Remove again what a lost redaction had removed, where the copy that was put back still has it."""
        if not isinstance(told, reporting.TextRedactedV1):
            return
        report = unit.find(Report, told.report_id)
        newest = _newest_version(report, told.place) if report else 0
        if report is None or newest < told.first_version:
            return
        first, last = told.first_version, min(told.last_version, newest)
        redaction_id = identity("redaction", report.id, told.place, first, last, at.isoformat())
        report.request_redaction(
            redaction_id,
            told.place,
            first=first,
            last=last,
            reason=DONE_AGAIN,
            legal_basis=DONE_AGAIN,
            by=system("reporting"),
            at=at,
        )
        self._remove(unit.store, report, report.redaction(redaction_id), by, at)

    def destroy_decided(self, report_id: UUID) -> None:
        """Destroy the keys this report's redactions name; the shredder does the same at every start."""
        report = self._store.load(Report, report_id)
        if report is None:
            raise report_not_found(report_id)
        for subject, generation in report.state.shredded.items():
            self._vault.destroy(subject, generation)

    def _remove(self, store: EventStore, report: Report, redaction: Redaction, by: Acting, at: datetime) -> None:
        subject = subject_of(report.id, redaction.place)
        resealed = self._reseal(_texts_of(store, report.id, redaction.place), report, redaction, subject)
        report.redact(
            redaction.id,
            seen=report.place_version(redaction.place),
            subject=subject,
            generation=resealed.destroyed,
            kept=resealed.kept,
            current=resealed.current,
            by=by,
            at=at,
        )

    def _reseal(self, texts: Sequence[_Written], report: Report, redaction: Redaction, subject: str) -> _Resealed:
        """Those of the place's ``texts`` outside the range, sealed under a key of the next generation."""
        destroyed = self._vault.renew(subject, max((text.sealed.generation for text in texts), default=0))
        kept: dict[str, Sealed] = {}
        for text in texts:
            if text.stood_in(redaction):
                continue
            sealed = text.sealed
            standing = report.state.kept.get(digest(sealed), sealed)
            try:
                anew = self._vault.seal(subject, self._vault.open(standing))
            except Shredded:
                continue  # removed by an earlier redaction; it stays removed
            except Unreadable:
                # What nobody can read cannot be kept, and must not keep from removing what can be read.
                log.error("text_unreadable", subject=standing.subject, generation=standing.generation)
                continue
            # The same text is known by the bytes of every redaction it outlived, in states of that time too.
            earlier = (name for name, known in report.state.kept.items() if known == standing)
            kept |= dict.fromkeys((digest(sealed), digest(standing), *earlier), anew)
        current = report.current_text(redaction.place)
        return _Resealed(destroyed, kept, kept.get(digest(current)) if current else None)


@dataclass
class _Written:
    """A text of a place, and the versions at which it stood there."""

    first: int
    last: int
    sealed: Sealed

    def stood_in(self, redaction: Redaction) -> bool:
        """Whether it is among what a redaction removes: it stood at one of its versions."""
        return self.first <= redaction.last and redaction.first <= self.last


class _Resealed:
    """What stays readable after a redaction, and up to which generation keys go."""

    def __init__(self, destroyed: int, kept: dict[str, Sealed], current: Sealed | None) -> None:
        self.destroyed, self.kept, self.current = destroyed, kept, current


def _newest_version(report: Report, place: str) -> int:
    """The newest version of a place; 0 when nothing was written there."""
    try:
        return report.place_version(place)
    except QuestionNotInTemplate:
        return 0


def _texts_of(store: EventStore, report_id: UUID, place: str) -> list[_Written]:
    """Every text ever written at a place; a line keeps its text when it is taken out and put back."""
    texts: list[_Written] = []
    for recorded in store.recorded(report_id):
        match recorded.event:
            case Answered(question_id=at, version=version, text=Sealed() as text) if at == place:
                texts.append(_Written(version, version, text))
            case AddendumSigned(question_id=at, version=version, text=text) if at == place:
                texts.append(_Written(version, version, text))
            case EntryAdded(entry_id=at, fields=text) if str(at) == place:
                texts.append(_Written(1, 1, text))
            case EntryChanged(entry_id=at, version=version, fields=text) if str(at) == place:
                texts.append(_Written(version, version, text))
            case EntryRemoved(entry_id=at, version=version) | EntryRestored(entry_id=at, version=version) if (
                str(at) == place
            ):
                texts[-1].last = version
    return texts
