"""The annual report of one unit: opened, filled in by two parties, submitted, and kept for ever."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from services.reporting.report.answering import Answering
from services.reporting.report.ending import Exempted, Extended, Presented, Reopened, Returned, Withdrawn
from services.reporting.report.events import Opened
from services.reporting.report.listing import Listing
from services.reporting.report.redacting import Redacting
from services.reporting.report.rules import ReportIsPresented as ReportIsPresented
from services.reporting.report.state import ReportState, Status
from services.reporting.report.submitting import Submitting
from shared.domain import Acting, Refused, identity

REOPENABLE = frozenset({Status.SUBMITTED, Status.EXEMPTED, Status.WITHDRAWN})


class ExtensionInThePast(Refused):
    """An extension ends in the future, and after the deadline it extends."""

    code = "extension_in_the_past"


class CannotReopen(Refused):
    """A report that is being written needs no reopening."""

    code = "cannot_reopen"


class NotLastSubmission(Refused):
    """What was returned is not what the unit has handed in now."""

    code = "not_last_submission"


class Report(Answering, Listing, Submitting, Redacting):
    """One unit's report for one year.

    What the parties ask while writing stands in ``answering`` and ``listing``, handing in in ``submitting``,
    removal from history in ``redacting``; here is what happens to the report as a whole.
    """

    TOPIC = "reporting.Report"
    STATE = ReportState

    @staticmethod
    def identify(unit_id: UUID, year: int) -> UUID:
        """A unit has one report a year."""
        return identity("report", unit_id, year)

    @staticmethod
    def submission_id(report_id: UUID, number: int) -> UUID:
        """Submissions are numbered from 1 in their report."""
        return identity("submission", report_id, number)

    @classmethod
    def open(cls, *, unit_id: UUID, year: int, by: Acting, at: datetime, **unit: Any) -> Report:
        """A report that can be written; ``unit`` holds the other fields of :class:`Opened`."""
        event = Opened(at=at, by=by, unit_id=unit_id, year=year, **unit)
        return cls.begin(cls.identify(unit_id, year), event)

    def extend(self, until: datetime, reason: str, *, deadline: datetime, by: Acting, at: datetime) -> None:
        """Give this report until another instant."""
        self.must_be_open()
        if until <= max(at, deadline):
            raise ExtensionInThePast(
                "an extension must end in the future and after the deadline",
                errors=[{"code": "in_the_past", "pointer": "/until", "detail": until.isoformat()}],
            )
        self.trigger(Extended(at=at, by=by, until=until, reason=reason))

    def exempt(self, reason: str, *, by: Acting, at: datetime) -> None:
        """The unit owes no report this year."""
        self.must_be_open()
        self.trigger(Exempted(at=at, by=by, reason=reason))

    def withdraw(self, reason: str, *, by: Acting, at: datetime) -> None:
        """Give the report up."""
        self.must_be_open()
        self.trigger(Withdrawn(at=at, by=by, reason=reason))

    def reopen(self, reason: str, *, by: Acting, at: datetime) -> None:
        """Let a submitted, exempted or withdrawn report be written again."""
        self.must_be_reopenable()
        self.trigger(Reopened(at=at, by=by, reason=reason))

    def take_back(self, number: int, region: str, *, by: Acting, at: datetime) -> None:
        """A region returned submission ``number``: the report is written again, the group's answers too."""
        self._must_be_last_submission(number)
        self.trigger(Returned(at=at, by=by, number=number, region=region))

    def present(self, *, by: Acting, at: datetime) -> None:
        """The meeting had it before it; hearing of it again changes nothing."""
        if self.state.presented_at is None:
            self.trigger(Presented(at=at, by=by))

    # The rules.

    def _must_be_last_submission(self, number: int) -> None:
        handed_in = len(self.state.submissions) if self.state.status is Status.SUBMITTED else 0
        if number != handed_in:
            raise NotLastSubmission(
                f"submission {number} was returned; the report is {self.state.status}", number=number
            )

    def must_be_reopenable(self) -> None:
        """Refuse unless the report was submitted, exempted or withdrawn, and not yet presented."""
        self._must_not_be_presented()
        if self.state.status not in REOPENABLE:
            raise CannotReopen(f"the report is {self.state.status}", status=self.state.status)
