"""A review as one may see it: drafts for its own regions, what was signed for all, what was told for the unit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.review.application.deciding import allowed, must_be_known, review_not_found, target
from services.review.application.judging import who
from services.review.application.operations import AUDITOR, OUTSIDE, REGION, UNIT
from services.review.application.sealing import opened
from services.review.review import Review
from services.review.review.state import Assessment, Feedback, Query, RegionalPart, Return, Signature, Submission
from services.review.views import queries
from shared.access import Assignment, NotAllowed, granting
from shared.domain import Acting, NotFound, Sealed
from shared.eventstore import EventStore
from shared.history import history, state_at
from shared.registry_facts import held_by
from shared.tokens import Caller
from shared.vault import Vault


@dataclass(frozen=True)
class Sight:
    """How a reader stands to a review: of a region responsible, of another, of the unit; several at once."""

    inside: bool
    outside: bool
    unit: bool

    def judgement(self, part: RegionalPart) -> bool:
        """Whether a region's judgement may be read: a draft inside, what was signed by all regions."""
        return self.inside or (self.outside and part.signature is not None)

    def told(self, part: RegionalPart) -> bool:
        """Whether a region's feedback may be read: by the unit once it was sent."""
        return self.judgement(part) or (self.unit and part.feedback is not None and part.feedback.sent_at is not None)

    def asked(self, part: RegionalPart) -> bool:
        """Whether a region's queries and reasons to return may be read: always by the unit."""
        return self.judgement(part) or self.unit


class Reading:
    """What may be asked about reviews; runs in reader threads."""

    def __init__(self, store: EventStore, vault: Vault) -> None:
        self._store, self._vault = store, vault

    def review(
        self, caller: Caller, review_id: UUID, on: date, *, version: int | None, moment: datetime | None
    ) -> dict[str, Any]:
        """A review as it is, or as it was at a version or moment, with what the caller may do with it now."""
        latest, held, sight = self.known(caller, review_id, on)
        review = state_at(self._store, Review, review_id, version=version, moment=moment)
        shown = _Shown(self._vault, sight).review(review)
        shown["removed_texts"] = queries.removed_texts(self._store.rows, review.state.report_id)
        for region, part in shown["parts"].items():
            part["allowed_operations"] = allowed(latest, region, held, on)
        operations = [name for part in shown["parts"].values() for name in part["allowed_operations"]]
        return {**shown, "allowed_operations": list(dict.fromkeys(operations))}

    def submission(self, caller: Caller, review_id: UUID, number: int | None, on: date) -> Submission:
        """Which submission is judged, or was as the ``number``-th, for whoever reads submitted reports."""
        review, _, sight = self.known(caller, review_id, on)
        if not (sight.inside or sight.outside):
            raise NotAllowed("submissions are read by the regions here, by the unit in reporting")
        wanted = number or review.state.judged.number
        found = next((s for s in reversed(review.state.submissions) if s.number == wanted), None)
        if found is None:
            raise NotFound(f"review {review_id} has heard of no submission {wanted}")
        return found

    def history(self, caller: Caller, review_id: UUID, on: date) -> list[dict[str, Any]]:
        """Every fact of a review, for the regions responsible and the auditor."""
        _, _, sight = self.known(caller, review_id, on)
        if not sight.inside:
            raise NotAllowed("the history of a review is for the regions responsible")
        return history(self._store, review_id, lambda sealed: opened(self._vault, sealed))

    def known(self, caller: Caller, review_id: UUID, on: date) -> tuple[Review, list[Assignment], Sight]:
        """The review as it is, the caller's roles, and what may be seen by them."""
        held = held_by(self._store.rows, caller)
        review = self._store.load(Review, review_id)
        if review is None:
            raise review_not_found(review_id)
        must_be_known(review, held, on)
        where = target(review)
        sight = Sight(
            inside=bool(granting(held, (*REGION, *AUDITOR), where, on)),
            outside=bool(granting(held, OUTSIDE, where, on)),
            unit=bool(granting(held, UNIT, where, on)),
        )
        return review, held, sight


class _Shown:
    """Renders one review for one reader."""

    def __init__(self, vault: Vault, sight: Sight) -> None:
        self._vault, self._sight = vault, sight

    def review(self, review: Review) -> dict[str, Any]:
        state = review.state
        return {
            "review_id": str(review.id),
            "report_id": str(state.report_id),
            "unit_id": str(state.unit_id),
            "year": state.year,
            "regions": state.regions,
            "step": state.step,
            "version": review.version,
            "submission": {
                "submission_id": str(state.judged.id),
                "number": state.judged.number,
                "sha256": state.judged.sha256,
                "excused": state.judged.excused,
            },
            "parts": {region: self._part(region, part) for region, part in state.parts.items()},
            "queries": [self._query(q) for q in state.queries.values() if self._sight.asked(state.parts[q.region])],
            "returns": [self._return(r, state.parts[r.region]) for r in state.returns],
            "addenda": [{"number": a.number, "question_id": a.question_id, "at": a.at} for a in state.addenda],
            "fallen_signatures": [{**_signature(f.signature), "why": f.why, "fell_at": f.at} for f in state.fallen],
            "completed_at": state.completed_at,
        }

    def _part(self, region: str, part: RegionalPart) -> dict[str, Any]:
        judgement, told = self._sight.judgement(part), self._sight.told(part)
        return {
            "region": region,
            "signature": part.signature and _signature(part.signature),
            "hidden": not judgement,
            "part_version": part.version if judgement else None,
            "assessor": str(part.assessor) if part.assessor and judgement else None,
            "assessments": {c: self._assessment(a) for c, a in part.assessments.items()} if judgement else {},
            "feedback": self._feedback(part.feedback) if part.feedback and told else None,
        }

    def _return(self, made: Return, part: RegionalPart) -> dict[str, Any]:
        return {
            "number": made.number,
            "region": made.region,
            "reason": self._text(made.reason) if self._sight.asked(part) else None,
            **_when(made.by, made.at),
        }

    def _assessment(self, assessment: Assessment) -> dict[str, Any]:
        return {
            "version": assessment.version,
            "verdict": assessment.verdict,
            "text": self._text(assessment.text),
            "on_number": assessment.on_number,
            **_when(assessment.by, assessment.at),
        }

    def _feedback(self, feedback: Feedback) -> dict[str, Any]:
        return {
            "version": feedback.version,
            "works_well": self._text(feedback.works_well),
            "to_work_on": self._text(feedback.to_work_on),
            **_when(feedback.by, feedback.at),
            "sent_at": feedback.sent_at,
            "read_at": feedback.read_at,
        }

    def _query(self, query: Query) -> dict[str, Any]:
        return {
            "query_id": str(query.id),
            "region": query.region,
            "status": query.status,
            "question": self._text(query.question),
            "asked": _when(query.asked_by, query.asked_at),
            "answer": self._text(query.answer) if query.answer else None,
            "answered": query.answered_by and _when(query.answered_by, query.answered_at),
            "closed": query.closed_by and _when(query.closed_by, query.closed_at),
        }

    def _text(self, sealed: Sealed) -> dict[str, Any]:
        return opened(self._vault, sealed)


def _when(by: Acting, at: datetime | None) -> dict[str, Any]:
    return {"by": who(by), "at": at}


def _signature(signature: Signature) -> dict[str, Any]:
    return {
        "region": signature.region,
        "number": signature.number,
        "sha256": signature.sha256,
        **_when(signature.by, signature.at),
    }
