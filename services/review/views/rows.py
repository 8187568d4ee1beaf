"""How our own facts become rows, from the state a thing is in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from services.review.dossier import Dossier
from services.review.follow_up import FollowUp
from services.review.review import Review
from services.review.review.state import QueryStatus, RegionalPart
from services.review.summary import Summary
from services.review.views import tables as t
from shared.domain import Aggregate
from shared.eventstore import Change, Put
from shared.read_rows import instant, names


def _review(review: Review) -> list[Change]:
    state = review.state
    row = {
        "review_id": str(review.id),
        "report_id": str(state.report_id),
        "unit_id": str(state.unit_id),
        "year": state.year,
        "regions": names(state.regions),
        "step": state.step.value,
        "number": state.judged.number,
        "sha256": state.judged.sha256,
        "submission_id": str(state.judged.id),
        "signed_by": names(signature.region for signature in state.signatures()),
        "open_queries": sum(query.status is QueryStatus.OPEN for query in state.queries.values()),
        "returns": len(state.returns),
        "addenda": len(state.addenda),
        "completed_at": instant(state.completed_at),
        "version": review.version,
    }
    return [Put(t.REVIEWS, row), *(_part(review, region, part) for region, part in state.parts.items())]


def _part(review: Review, region: str, part: RegionalPart) -> Change:
    row = {
        "review_id": str(review.id),
        "region": region,
        "assessor": str(part.assessor) if part.assessor else None,
        "assessed": len(part.assessments),
        "signed_number": part.signature.number if part.signature else None,
        "feedback_sent_at": instant(part.feedback.sent_at) if part.feedback else None,
        "feedback_read_at": instant(part.feedback.read_at) if part.feedback else None,
    }
    return Put(t.PARTS, row)


def _follow_up(point: FollowUp) -> list[Change]:
    state = point.state
    row = {
        "follow_up_id": str(point.id),
        "unit_id": str(state.unit_id),
        "year": state.year,
        "current_year": state.current_year,
        "region": state.region,
        "category": state.category.value,
        "level": state.level.value,
        "status": state.status.value,
        "owner": str(state.owner) if state.owner else None,
        "due": state.due.isoformat() if state.due else None,
        "version": point.version,
    }
    return [Put(t.FOLLOW_UPS, row)]


def _summary(summary: Summary) -> list[Change]:
    state = summary.state
    row = {"year": state.year, "region": state.region, "text_version": state.text_version}
    return [Put(t.SUMMARIES, {**row, "written_at": instant(state.at)})]


def _dossier(dossier: Dossier) -> list[Change]:
    state = dossier.state
    row = {
        "year": state.year,
        "status": state.status.value,
        "units": len(state.lines),
        "prepared_by": state.prepared.region if state.prepared else None,
        "confirmed_by": state.confirmed.region if state.confirmed else None,
        "meeting_on": state.presented.meeting.on.isoformat() if state.presented else None,
        "sent_at": instant(state.sent.at) if state.sent else None,
        "sha256": state.sent.bundle.sha256 if state.sent else None,
        "received_on": state.receipt.on.isoformat() if state.receipt else None,
        "changes_due": len(state.due),
        "supplements": len(state.supplements),
        "version": dossier.version,
    }
    return [Put(t.DOSSIERS, row)]


ROWS_OF: Mapping[type[Aggregate[Any]], Callable[[Any], list[Change]]] = {
    Review: _review,
    FollowUp: _follow_up,
    Summary: _summary,
    Dossier: _dossier,
}
"""The rows of each thing review keeps, in one table."""


def own(thing: Aggregate[Any]) -> list[Change]:
    """The rows that must be true the moment ``thing`` has changed."""
    return ROWS_OF[type(thing)](thing)
