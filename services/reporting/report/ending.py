"""What can happen to a report as a whole: handed in, opened again, excused, and texts removed for good."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

import msgspec

from services.reporting.report.events import touched
from services.reporting.report.state import (
    Answer,
    FrozenRole,
    Redaction,
    ReportState,
    Status,
    Submission,
    Timing,
)
from shared.domain import Event, Sealed


class Submitted(Event, frozen=True, kw_only=True):
    """The professional lead handed in exactly the version seen; ``sha256`` covers all of it, texts sealed."""

    TOPIC: ClassVar[str] = "reporting.Report.Submitted"
    unit_id: UUID
    year: int
    regions: tuple[str, ...]
    number: int
    content_version: int
    report_version: int
    sha256: str
    timing: Timing
    roles: tuple[FrozenRole, ...]
    excused: tuple[str, ...]
    excuse: str | None

    def apply(self, state: ReportState) -> None:
        state.status = Status.SUBMITTED
        state.submissions.append(
            Submission(
                number=self.number,
                content_version=self.content_version,
                report_version=self.report_version,
                sha256=self.sha256,
                timing=self.timing,
                by=self.by,
                at=self.at,
                roles=self.roles,
                excused=self.excused,
                excuse=self.excuse,
            )
        )


class AddendumSigned(Event, frozen=True, kw_only=True):
    """A group answer excused at submission came late; it follows the submission and voids nothing.

    It is the next version of what stands at its question, so that a redaction finds it there.
    """

    TOPIC: ClassVar[str] = "reporting.Report.AddendumSigned"
    question_id: str
    number: int
    version: int
    text: Sealed

    def apply(self, state: ReportState) -> None:
        state.addenda[self.question_id] = Answer(version=self.version, text=self.text, by=self.by, at=self.at)


class Extended(Event, frozen=True, kw_only=True):
    """This report has until another instant; moving the deadline for all does not undo it."""

    TOPIC: ClassVar[str] = "reporting.Report.Extended"
    until: datetime
    reason: str

    def apply(self, state: ReportState) -> None:
        state.extended_until = self.until


class Exempted(Event, frozen=True, kw_only=True):
    """The unit owes no report for the year, for a reason."""

    TOPIC: ClassVar[str] = "reporting.Report.Exempted"
    reason: str

    def apply(self, state: ReportState) -> None:
        state.status, state.ended_reason = Status.EXEMPTED, self.reason


class Withdrawn(Event, frozen=True, kw_only=True):
    """The report should not have been opened, or is given up, for a reason."""

    TOPIC: ClassVar[str] = "reporting.Report.Withdrawn"
    reason: str

    def apply(self, state: ReportState) -> None:
        state.status, state.ended_reason = Status.WITHDRAWN, self.reason


class Reopened(Event, frozen=True, kw_only=True):
    """The desk opened a submitted or ended report again, for a reason; what followed it becomes part of it."""

    TOPIC: ClassVar[str] = "reporting.Report.Reopened"
    reason: str

    def apply(self, state: ReportState) -> None:
        state.status, state.ended_reason = Status.REOPENED, None
        state.consented_at = state.notice_waits_until = None
        take_in_addenda(state)


def take_in_addenda(state: ReportState) -> None:
    """Written again, a report holds the group answers that had followed its submission."""
    for question_id, addendum in state.addenda.items():
        addendum.on_unit = state.unit_version
        state.answers[question_id] = addendum
        touched(state, question_id)
    state.addenda = {}


class Returned(Event, frozen=True, kw_only=True):
    """A region sent the last submission back to be mended; why stands in review."""

    TOPIC: ClassVar[str] = "reporting.Report.Returned"
    number: int
    region: str

    def apply(self, state: ReportState) -> None:
        state.status = Status.RETURNED
        state.consented_at = state.notice_waits_until = None
        take_in_addenda(state)


class Presented(Event, frozen=True, kw_only=True):
    """The medical directors' meeting had the report before it: from now on it is only supplemented."""

    TOPIC: ClassVar[str] = "reporting.Report.Presented"

    def apply(self, state: ReportState) -> None:
        state.presented_at = self.at


class RedactionRequested(Event, frozen=True, kw_only=True):
    """Somebody asks that texts be removed from history for good; another person decides."""

    TOPIC: ClassVar[str] = "reporting.Report.RedactionRequested"
    redaction_id: UUID
    place: str
    first: int
    last: int
    reason: str
    legal_basis: str

    def apply(self, state: ReportState) -> None:
        state.redactions[str(self.redaction_id)] = Redaction(
            id=self.redaction_id,
            place=self.place,
            first=self.first,
            last=self.last,
            reason=self.reason,
            legal_basis=self.legal_basis,
            asked_by=self.by,
            asked_at=self.at,
        )


class Redacted(Event, frozen=True, kw_only=True):
    """The texts of a range of versions are unreadable for good.

    The keys of ``subject`` up to ``generation`` are destroyed.  What may stay is sealed anew in ``kept``, by the
    SHA-256 of the sealed bytes it replaces.
    """

    TOPIC: ClassVar[str] = "reporting.Report.Redacted"
    redaction_id: UUID
    place: str
    first: int
    last: int
    subject: str
    generation: int
    kept: dict[str, Sealed]
    current: Sealed | None
    current_removed: bool

    def apply(self, state: ReportState) -> None:
        redaction = state.redactions[str(self.redaction_id)]
        state.redactions[str(self.redaction_id)] = msgspec.structs.replace(
            redaction, approved_by=self.by, approved_at=self.at
        )
        state.shredded[self.subject] = self.generation
        state.kept.update(self.kept)
        self._replace_current(state, redaction.place)

    def _replace_current(self, state: ReportState, place: str) -> None:
        answer = state.addenda.get(place) or state.answers.get(place)
        entry = None if answer else state.entry(UUID(place))
        if answer:
            answer.text = self.current
            answer.version += self.current_removed
        elif entry:
            entry.fields = self.current
            entry.version += self.current_removed
            entry.removed = entry.removed or self.current_removed
        if self.current_removed:
            touched(state, place)


class RedactionRejected(Event, frozen=True, kw_only=True):
    """Nothing is removed; the request and why it was turned down stay in history."""

    TOPIC: ClassVar[str] = "reporting.Report.RedactionRejected"
    redaction_id: UUID
    reason: str

    def apply(self, state: ReportState) -> None:
        asked = state.redactions[str(self.redaction_id)]
        state.redactions[str(self.redaction_id)] = msgspec.structs.replace(asked, rejected=True)
