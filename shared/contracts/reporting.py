"""What reporting tells: the year's cycle, and the steps of each report's life.  No answer's text is told here."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from shared.contracts import Contract


class CyclePlannedV1(Contract, name="reporting.cycle.planned.v1"):
    """A year's reporting has its dates; ``deadline`` and ``grace_until`` are instants."""

    year: int
    recommended_on: date
    deadline: datetime
    grace_until: datetime
    opens_at: datetime | None


class CycleRescheduledV1(Contract, name="reporting.cycle.rescheduled.v1"):
    """The dates moved for everybody; extensions of single reports stand."""

    year: int
    recommended_on: date
    deadline: datetime
    grace_until: datetime


class CycleOpenedV1(Contract, name="reporting.cycle.opened.v1"):
    """All reports of the year were opened in one sweep."""

    year: int
    reports: int


class ReportOpenedV1(Contract, name="reporting.report.opened.v1"):
    """A unit's report for a year can be written; ``has_group`` when a reference group answers in it."""

    report_id: UUID
    unit_id: UUID
    year: int
    template: str
    regions: list[str]
    has_group: bool


class ReportBegunV1(Contract, name="reporting.report.begun.v1"):
    """Somebody has begun to write a report that was opened."""

    report_id: UUID
    unit_id: UUID
    year: int


class PartFinishedV1(Contract, name="reporting.report.part_finished.v1"):
    """A party (``unit`` or ``group``) says that its part is done."""

    report_id: UUID
    unit_id: UUID
    year: int
    part: str


class PartUnfinishedV1(Contract, name="reporting.report.part_unfinished.v1"):
    """A party (``unit`` or ``group``) takes back that its part is done."""

    report_id: UUID
    part: str


class GroupAnswersOutdatedV1(Contract, name="reporting.report.group_answers_outdated.v1"):
    """The unit changed its part after the group answered these questions."""

    report_id: UUID
    questions: list[str]


class AnswerEnteredOnBehalfV1(Contract, name="reporting.report.answer_entered_on_behalf.v1"):
    """The group's leader entered a member's answer; ``holder`` may confirm or replace it."""

    report_id: UUID
    question_id: str
    holder: UUID | None


class NoticeGivenV1(Contract, name="reporting.report.notice_given.v1"):
    """The unit wants to submit though these group questions are open; it waits until an instant."""

    report_id: UUID
    open_questions: list[str]
    waits_until: datetime


class ReportSubmittedV1(Contract, name="reporting.report.submitted.v1"):
    """A unit handed in its report: the ``number``-th version of it, whose frozen content ``sha256`` covers.

    ``timing`` is ``in_time``, ``in_time_by_extension``, ``in_grace`` or ``late``; ``excused`` lists the group
    questions the submission goes without; ``copies`` the persons who are to have a copy.
    """

    report_id: UUID
    submission_id: UUID
    unit_id: UUID
    year: int
    number: int
    content_version: int
    sha256: str
    timing: str
    excused: list[str]
    regions: list[str]
    copies: list[UUID] = Field(default_factory=list)


class AddendumSignedV1(Contract, name="reporting.report.addendum_signed.v1"):
    """A group answer that submission ``number`` went without has followed it."""

    report_id: UUID
    number: int
    question_id: str


class ReportExtendedV1(Contract, name="reporting.report.extended.v1"):
    """One report has until another instant."""

    report_id: UUID
    until: datetime


class ReportExemptedV1(Contract, name="reporting.report.exempted.v1"):
    """The unit owes no report for the year; why stands in reporting."""

    report_id: UUID


class ReportWithdrawnV1(Contract, name="reporting.report.withdrawn.v1"):
    """The report was given up; why stands in reporting."""

    report_id: UUID


class ReportReopenedV1(Contract, name="reporting.report.reopened.v1"):
    """A submitted or ended report is written again; older signatures fall with the next submission."""

    report_id: UUID


class TextRedactedV1(Contract, name="reporting.report.text_redacted.v1", irrevocable=True):
    """A text was removed from all history; whoever holds a copy of the place must remove it too."""

    report_id: UUID
    place: str
    first_version: int
    last_version: int
