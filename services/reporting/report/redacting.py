"""Removing a text from all history, asked by one person and approved by another; the history stays unbroken."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from services.reporting.report.ending import Redacted, RedactionRejected, RedactionRequested
from services.reporting.report.rules import QuestionNotInTemplate, Rules
from services.reporting.report.state import Answer, Redaction
from shared.domain import Acting, NotFound, Refused, Sealed


class RedactionNotFound(NotFound):
    """Nobody asked for this redaction."""

    code = "redaction_not_found"


class RangeUnknown(Refused):
    """The place has no such versions."""

    code = "range_unknown"


class FourEyesNeeded(Refused):
    """Whoever asks does not approve: two persons remove a text from history."""

    code = "four_eyes_needed"


class RedactionDecided(Refused):
    """The request was approved or rejected before."""

    code = "redaction_decided"


class Redacting(Rules):
    """What may be asked of a report so that a text can be made unreadable for good, whatever state it is in."""

    def request_redaction(
        self,
        redaction_id: UUID,
        place: str,
        *,
        first: int,
        last: int,
        reason: str,
        legal_basis: str,
        by: Acting,
        at: datetime,
    ) -> None:
        """Ask that versions ``first`` to ``last`` of an answer (by question) or line (by its id) be removed."""
        current = self.place_version(place)
        if not 1 <= first <= last <= current:
            raise RangeUnknown(f"{place} has versions 1 to {current}", current_version=current)
        self.trigger(
            RedactionRequested(
                at=at,
                by=by,
                redaction_id=redaction_id,
                place=place,
                first=first,
                last=last,
                reason=reason,
                legal_basis=legal_basis,
            )
        )

    def redact(
        self,
        redaction_id: UUID,
        *,
        seen: int,
        subject: str,
        generation: int,
        kept: dict[str, Sealed],
        current: Sealed | None,
        by: Acting,
        at: datetime,
    ) -> None:
        """Remove for good what was asked for; ``seen`` is the place's version when ``kept`` was sealed anew.

        ``current`` is what stands at the place, sealed anew, or None when it is among what is removed.
        """
        redaction = self.approvable(redaction_id, by)
        version = self.place_version(redaction.place)
        self._must_be_latest(redaction.place, seen, version)
        self.trigger(
            Redacted(
                at=at,
                by=by,
                redaction_id=redaction_id,
                place=redaction.place,
                first=redaction.first,
                last=redaction.last,
                subject=subject,
                generation=generation,
                kept=kept,
                current=current,
                current_removed=self.current_text(redaction.place) is not None and current is None,
            )
        )

    def reject_redaction(self, redaction_id: UUID, reason: str, *, by: Acting, at: datetime) -> None:
        """Turn the request down."""
        self._undecided(redaction_id)
        self.trigger(RedactionRejected(at=at, by=by, redaction_id=redaction_id, reason=reason))

    def approvable(self, redaction_id: UUID, by: Acting) -> Redaction:
        """A request that ``by`` may approve; refused when it is decided, or was their own."""
        redaction = self._undecided(redaction_id)
        if by.subject == redaction.asked_by.subject:
            raise FourEyesNeeded("another person than the one who asked must approve")
        return redaction

    def redaction(self, redaction_id: UUID) -> Redaction:
        """A request by its id."""
        found = self.state.redactions.get(str(redaction_id))
        if found is None:
            raise RedactionNotFound(f"report {self.id} has no redaction {redaction_id}")
        return found

    def current_text(self, place: str) -> Sealed | None:
        """What stands at a place now, sealed."""
        if answer := self._answer_at(place):
            return answer.text
        return next((e.fields for lines in self.state.entries.values() for e in lines if str(e.id) == place), None)

    def place_version(self, place: str) -> int:
        """The current version of an answer or line; refused when the report has no such place."""
        if answer := self._answer_at(place):
            return answer.version
        entry = next((e for lines in self.state.entries.values() for e in lines if str(e.id) == place), None)
        if entry is None:
            fault = {"code": QuestionNotInTemplate.code, "pointer": "/place", "detail": place}
            raise QuestionNotInTemplate(f"nothing was written at {place}", place=place, errors=[fault])
        return entry.version

    # The rules.

    def must_have_undecided_redactions(self) -> None:
        """Refuse unless somebody waits for a decision."""
        if not any(asked.approved_at is None and not asked.rejected for asked in self.state.redactions.values()):
            raise RedactionNotFound("no redaction waits for a decision")

    def _answer_at(self, place: str) -> Answer | None:
        """What stands at a question: the addendum that followed, else the answer."""
        return self.state.addenda.get(place) or self.state.answers.get(place)

    def _undecided(self, redaction_id: UUID) -> Redaction:
        redaction = self.redaction(redaction_id)
        if redaction.approved_at or redaction.rejected:
            raise RedactionDecided(f"redaction {redaction_id} was decided before")
        return redaction
