"""What can happen while a report is written, and what each of it changes."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

import msgspec

from services.reporting.question import Party
from services.reporting.report.state import (
    Answer,
    Description,
    OnBehalf,
    ReportState,
    Shown,
    Slot,
    Status,
)
from shared.domain import Event, Sealed


def touched(state: ReportState, place: str) -> None:
    """The content has a new version, because of this place."""
    state.content_version += 1
    state.touched[place] = state.content_version


def changed(state: ReportState, question_id: str) -> None:
    """What would be signed is not what it was, because of this question."""
    touched(state, question_id)
    if state.slots[question_id].part is Party.UNIT:
        state.unit_version += 1
    if state.status is Status.OPENED:
        state.status = Status.IN_PROGRESS


class Opened(Event, frozen=True, kw_only=True):
    """The report of one unit for one year can be written, by the template version pinned for the year."""

    TOPIC: ClassVar[str] = "reporting.Report.Opened"
    unit_id: UUID
    unit_code: str
    unit_name: str
    kind: str
    regions: tuple[str, ...]
    trusts: tuple[str, ...]
    year: int
    template_key: str
    template_version: int
    slots: tuple[Slot, ...]
    since: int | None = None
    description: Description | None

    def begin(self) -> ReportState:
        return ReportState(
            unit_id=self.unit_id,
            unit_code=self.unit_code,
            unit_name=self.unit_name,
            kind=self.kind,
            regions=self.regions,
            trusts=self.trusts,
            year=self.year,
            template_key=self.template_key,
            template_version=self.template_version,
            slots={slot.id: slot for slot in self.slots},
            since=self.since,
            description=self.description,
            opened_at=self.at,
        )


class Begun(Event, frozen=True, kw_only=True):
    """Somebody has begun to write: recorded once, after the first change of content, to be told to others."""

    TOPIC: ClassVar[str] = "reporting.Report.Begun"
    unit_id: UUID
    year: int

    def apply(self, state: ReportState) -> None:
        state.status = Status.IN_PROGRESS


class Answered(Event, frozen=True, kw_only=True):
    """A question was answered, or its answer changed, by whoever it belongs to."""

    TOPIC: ClassVar[str] = "reporting.Report.Answered"
    question_id: str
    version: int
    text: Sealed | None
    choices: tuple[str, ...]

    def apply(self, state: ReportState) -> None:
        changed(state, self.question_id)
        state.outdated.discard(self.question_id)
        state.answers[self.question_id] = Answer(
            version=self.version,
            text=self.text,
            choices=self.choices,
            by=self.by,
            at=self.at,
            on_unit=state.unit_version,
        )


class EnteredOnBehalf(Answered, frozen=True, kw_only=True):
    """The group's leader entered what a member answered; the member may confirm or replace it."""

    TOPIC: ClassVar[str] = "reporting.Report.EnteredOnBehalf"
    on_behalf: OnBehalf

    def apply(self, state: ReportState) -> None:
        super().apply(state)
        state.answers[self.question_id].on_behalf = self.on_behalf


class AnswerConfirmed(Event, frozen=True, kw_only=True):
    """The holder stands by what the leader entered; from now on only the holder changes it."""

    TOPIC: ClassVar[str] = "reporting.Report.AnswerConfirmed"
    question_id: str

    def apply(self, state: ReportState) -> None:
        answer = state.answers[self.question_id]
        if answer.on_behalf:
            answer.on_behalf = msgspec.structs.replace(answer.on_behalf, confirmed_at=self.at)


class NothingDeclared(Event, frozen=True, kw_only=True):
    """It was said of a list that there is nothing to report, or taken back: an answer, unlike an empty list."""

    TOPIC: ClassVar[str] = "reporting.Report.NothingDeclared"
    question_id: str
    version: int
    declared: bool

    def apply(self, state: ReportState) -> None:
        changed(state, self.question_id)
        state.answers[self.question_id] = Answer(
            version=self.version, nothing_to_report=self.declared, by=self.by, at=self.at
        )


class GroupAnswersOutdated(Event, frozen=True, kw_only=True):
    """The unit changed its part after these group questions were answered: they rest on an older version."""

    TOPIC: ClassVar[str] = "reporting.Report.GroupAnswersOutdated"
    questions: tuple[str, ...]

    def apply(self, state: ReportState) -> None:
        state.outdated.update(self.questions)


class PartFinished(Event, frozen=True, kw_only=True):
    """A party says its part is done; the other is told."""

    TOPIC: ClassVar[str] = "reporting.Report.PartFinished"
    unit_id: UUID
    year: int
    part: Party

    def apply(self, state: ReportState) -> None:
        state.finished[self.part] = self.at
        touched(state, f"part:{self.part}")


class PartUnfinished(Event, frozen=True, kw_only=True):
    """A party takes back that its part is done."""

    TOPIC: ClassVar[str] = "reporting.Report.PartUnfinished"
    part: Party

    def apply(self, state: ReportState) -> None:
        state.finished.pop(self.part, None)
        touched(state, f"part:{self.part}")


class PersonShown(Event, frozen=True, kw_only=True):
    """Whether a person of the report is named on its public page, and gets a copy of it."""

    TOPIC: ClassVar[str] = "reporting.Report.PersonShown"
    assignment_id: UUID
    public: bool
    copy: bool

    def apply(self, state: ReportState) -> None:
        state.shown[str(self.assignment_id)] = Shown(self.public, self.copy)
        touched(state, f"person:{self.assignment_id}")


class DescriptionUpdated(Event, frozen=True, kw_only=True):
    """The right authority decided a new description while the report was written."""

    TOPIC: ClassVar[str] = "reporting.Report.DescriptionUpdated"
    description: Description

    def apply(self, state: ReportState) -> None:
        state.description = self.description
        touched(state, "description")


class NoticeGiven(Event, frozen=True, kw_only=True):
    """The group's leader was told that the unit wants to submit though group answers are open."""

    TOPIC: ClassVar[str] = "reporting.Report.NoticeGiven"
    open_questions: tuple[str, ...]
    waits_until: datetime

    def apply(self, state: ReportState) -> None:
        state.notice_waits_until = self.waits_until


class ConsentGiven(Event, frozen=True, kw_only=True):
    """The group's leader agrees that the unit submits before the open group answers are in."""

    TOPIC: ClassVar[str] = "reporting.Report.ConsentGiven"

    def apply(self, state: ReportState) -> None:
        state.consented_at = self.at
