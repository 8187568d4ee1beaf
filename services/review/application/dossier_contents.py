"""What a bundle says, gathered: the dossier as the meeting had it before it, with its texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.review.application.sealing import opened
from services.review.bundle import Contents, Report
from services.review.dossier import Dossier, Line
from services.review.dossier.events import Presented
from services.review.follow_up import FollowUp
from services.review.review import Review
from services.review.summary import Summary
from services.review.views import queries
from services.review.views.dossiers import follow_up_ids
from shared.domain import Sealed
from shared.eventstore import EventStore
from shared.vault import Vault


@dataclass(frozen=True)
class Following:
    """A supplement: its number, why it is sent, and the units it is about."""

    number: int
    reason: str
    units: Sequence[UUID]


class DossierContents:
    """Reads what goes into a bundle; runs in reader threads."""

    def __init__(self, store: EventStore, vault: Vault) -> None:
        self._store, self._vault = store, vault

    def submissions(self, dossier: Dossier, following: Following | None) -> list[tuple[Line, UUID, str]]:
        """The submissions to be sent, by line: those the meeting had, or for a supplement those that stand now."""
        lines = dossier.state.lines
        if following is None:
            return [
                (line, line.submission_id, line.sha256)
                for line in lines
                if line.is_reviewed and line.submission_id and line.sha256
            ]
        standing = [(line, self._review(line)) for line in lines if line.unit_id in following.units]
        return [(line, r.state.judged.id, r.state.judged.sha256) for line, r in standing if r]

    def _review(self, line: Line) -> Review | None:
        return self._store.load(Review, Review.identify(line.report_id)) if line.report_id else None

    def of(self, dossier: Dossier, reports: Sequence[Report], following: Following | None) -> Contents:
        """Everything a bundle is made of."""
        if following:
            said = {"supplement": {"number": following.number, "reason": following.reason}}
            about = [line for line in dossier.state.lines if line.unit_id in following.units]
            return Contents({**self._dossier(dossier, about), **said}, reports)
        known_until = self._presented_at(dossier)
        return Contents(
            {**self._dossier(dossier, dossier.state.lines), "supplement": None},
            reports,
            self._follow_ups(dossier, known_until),
            self._summaries(dossier.state.year, known_until),
        )

    def _dossier(self, dossier: Dossier, lines: Sequence[Line]) -> dict[str, Any]:
        state, presented = dossier.state, dossier.state.presented
        meeting = presented.meeting if presented else None
        return {
            "year": state.year,
            "prepared": state.prepared and {"region": state.prepared.region, "at": state.prepared.at.isoformat()},
            "confirmed": state.confirmed and {"region": state.confirmed.region, "at": state.confirmed.at.isoformat()},
            "meeting": meeting
            and {"on": meeting.on.isoformat(), "name": meeting.name, "case_reference": meeting.case_reference},
            "decision": presented and self._text(presented.decision),
            "units": [self._unit(dossier, line) for line in lines],
        }

    def _unit(self, dossier: Dossier, line: Line) -> dict[str, Any]:
        explanation = dossier.state.explanations.get(str(line.unit_id))
        remarks = dossier.state.presented.remarks if dossier.state.presented else ()
        return {
            "unit_code": line.unit_code,
            "unit_name": line.unit_name,
            "kind": line.kind,
            "regions": list(line.regions),
            "state": line.state,
            "number": line.number,
            "sha256": line.sha256,
            "timing": line.timing,
            "explanation": explanation and self._text(explanation.text),
            "remark": next((self._text(r.text) for r in remarks if r.unit_id == line.unit_id), None),
        }

    def _follow_ups(self, dossier: Dossier, known_until: int) -> list[dict[str, Any]]:
        codes = {line.unit_id: line.unit_code for line in dossier.state.lines}
        ids = follow_up_ids(self._store.rows, dossier.state.year)
        known = (self._known(FollowUp, id, known_until) for id in ids)
        points = [point for point in known if point and point.state.unit_id in codes]
        return sorted(
            (
                {
                    "follow_up_id": str(point.id),
                    "unit_code": codes[point.state.unit_id],
                    "year": point.state.year,
                    "region": point.state.region,
                    "category": point.state.category,
                    "level": point.state.level,
                    "status": point.state.status,
                    "due": point.state.due and point.state.due.isoformat(),
                    "text": self._text(point.state.text),
                    "outcome": point.state.outcome and self._text(point.state.outcome),
                }
                for point in points
            ),
            key=lambda point: (point["unit_code"], point["follow_up_id"]),
        )

    def _summaries(self, year: int, known_until: int) -> list[dict[str, Any]]:
        regions = [row["region"] for row in queries.summaries(self._store.rows, year)]
        known = (self._known(Summary, Summary.identify(region, year), known_until) for region in regions)
        return [
            {"region": summary.state.region, "text": self._text(summary.state.text)} for summary in known if summary
        ]

    def _presented_at(self, dossier: Dossier) -> int:
        """Where in the log the meeting is recorded: the bundle says what was known then."""
        facts = self._store.facts(dossier.id)
        return next(fact.position for fact in facts if isinstance(fact.recorded.event, Presented))

    def _known(self, cls: type[Any], id: UUID, until: int) -> Any:
        return cls.fold(fact.recorded for fact in self._store.facts(id) if fact.position <= until)

    def _text(self, sealed: Sealed) -> dict[str, Any]:
        return opened(self._vault, sealed)
