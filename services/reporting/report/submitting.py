"""Handing a report in: the professional lead submits exactly the version seen, and neither party blocks the other."""

from __future__ import annotations

import hashlib
from datetime import datetime

import msgspec

from services.reporting.cycle import Dates
from services.reporting.question import Party
from services.reporting.report.checks import Severity, check, open_group_questions
from services.reporting.report.ending import AddendumSigned, Submitted
from services.reporting.report.events import ConsentGiven, NoticeGiven
from services.reporting.report.rules import Rules
from services.reporting.report.state import FrozenRole, ReportState, Status, Timing
from shared.domain import Acting, ChangedMeanwhile, Refused, Sealed

_encode = msgspec.json.Encoder(order="deterministic").encode


class MovedSinceSeen(ChangedMeanwhile):
    """The report is not what the submitter saw; ``moved`` lists what changed since."""

    code = "moved_since_seen"
    place = "seen"


class ReportIncomplete(Refused):
    """Something must be mended first; ``errors`` lists all of it."""

    code = "report_incomplete"


class GroupAnswersOpen(Refused):
    """Before the deadline, open group answers need the leader's consent, or a notice and five working days."""

    code = "group_answers_open"


class ExcuseMissing(Refused):
    """Submitting without the group's answers needs a stated reason."""

    code = "excuse_missing"
    place = "excuse"


class NoOpenGroupAnswers(Refused):
    """There is nothing to give notice of or to consent to."""

    code = "no_open_group_answers"


class NotSubmitted(Refused):
    """This follows a submission."""

    code = "not_submitted"


class NotExcused(Refused):
    """Only an answer the submission went without may follow as an addendum, and only once."""

    code = "not_excused"


class Submitting(Rules):
    """What may be asked of a report when it is done."""

    def give_notice(self, waits_until: datetime, *, by: Acting, at: datetime) -> None:
        """Tell the group's leader that the unit wants to submit; ``waits_until`` is five working days away."""
        self.must_be_open()
        if self.state.notice_waits_until is None:
            self.trigger(
                NoticeGiven(at=at, by=by, open_questions=self.must_have_open_answers(), waits_until=waits_until)
            )

    def consent(self, *, by: Acting, at: datetime) -> None:
        """The group's leader agrees that the unit submits now; agreeing again changes nothing."""
        self.must_be_open()
        self.must_have_open_answers()
        if self.state.consented_at is None:
            self.trigger(ConsentGiven(at=at, by=by))

    def submit(
        self,
        *,
        seen: int,
        dates: Dates,
        roles: tuple[FrozenRole, ...],
        excuse: str | None,
        by: Acting,
        at: datetime,
    ) -> None:
        """Hand in the content version ``seen``, with the roles and names as they are."""
        self.must_be_open()
        self._must_be_as_seen(seen)
        self._must_be_complete()
        excused = self._must_be_excused(dates, excuse, at)
        number = len(self.state.submissions) + 1
        self.trigger(
            Submitted(
                at=at,
                by=by,
                unit_id=self.state.unit_id,
                year=self.state.year,
                regions=self.state.regions,
                number=number,
                content_version=seen,
                report_version=self.version,
                sha256=hashlib.sha256(canonical(self.state, roles)).hexdigest(),
                timing=timing(dates, self.state.extended_until, at),
                roles=roles,
                excused=excused,
                excuse=excuse if excused else None,
            )
        )

    def add_addendum(self, question_id: str, text: Sealed, *, by: Acting, at: datetime) -> None:
        """A group answer the submission went without follows it, signed; once for each question."""
        self.slot(question_id)
        number = len(self.state.submissions)
        if question_id not in (waiting := self.must_wait_for_addenda()):
            raise NotExcused(f"submission {number} does not wait for {question_id}", waiting=waiting)
        self._must_be_readable(text)
        answer = self.state.answers.get(question_id)
        version = answer.version + 1 if answer else 1
        self.trigger(AddendumSigned(at=at, by=by, question_id=question_id, number=number, version=version, text=text))

    # The rules.

    def must_have_open_group_answers(self) -> None:
        """Refuse unless the report is being written and the group has not answered everything."""
        self.must_be_open()
        self.must_have_open_answers()

    def must_wait_for_addenda(self) -> tuple[str, ...]:
        """The questions the last submission went without and still waits for; refused when there are none."""
        if self.state.status is not Status.SUBMITTED:
            raise NotSubmitted(f"report {self.state.unit_code} {self.state.year} is {self.state.status}")
        self._must_not_be_presented()
        last = self.state.submissions[-1]
        waiting = tuple(question for question in last.excused if question not in self.state.addenda)
        if not waiting:
            raise NotExcused(f"submission {last.number} waits for no answer")
        return waiting

    def must_have_open_answers(self) -> tuple[str, ...]:
        """The group's open questions; refused when there are none."""
        open_questions = open_group_questions(self.state)
        if not open_questions:
            raise NoOpenGroupAnswers("every group question is answered")
        return open_questions

    def _must_be_as_seen(self, seen: int) -> None:
        if seen != self.state.content_version:
            moved = sorted(place for place, version in self.state.touched.items() if version > seen)
            raise MovedSinceSeen(
                f"the report is at version {self.state.content_version}, you saw {seen}",
                seen=seen,
                content_version=self.state.content_version,
                moved=moved,
            )

    def _must_be_complete(self) -> None:
        faults = [f for f in check(self.state) if f.severity is Severity.FAULT]
        if faults:
            errors = [{"code": f.code, "pointer": f.pointer, "detail": f.detail} for f in faults]
            raise ReportIncomplete(f"{len(faults)} things must be mended first", errors=errors)

    def _must_be_excused(self, dates: Dates, excuse: str | None, at: datetime) -> tuple[str, ...]:
        open_questions = open_group_questions(self.state)
        if not open_questions or self.state.consented_at:
            return open_questions
        waited = self.state.notice_waits_until is not None and at >= self.state.notice_waits_until
        if not waited and at < max(dates.deadline, self.state.extended_until or dates.deadline):
            raise GroupAnswersOpen(
                "the group has not answered everything: ask its leader to consent, or give notice",
                open_questions=open_questions,
                notice_waits_until=self.state.notice_waits_until,
            )
        if not excuse:
            raise ExcuseMissing("say why the group's answers are missing", open_questions=open_questions)
        return open_questions


def timing(dates: Dates, extended_until: datetime | None, at: datetime) -> Timing:
    """How an instant stands to a report's deadline."""
    if at <= dates.deadline:
        return Timing.IN_TIME
    if extended_until and at <= extended_until:
        return Timing.IN_TIME_BY_EXTENSION
    return Timing.IN_GRACE if at <= dates.grace_until else Timing.LATE


def canonical(state: ReportState, roles: tuple[FrozenRole, ...]) -> bytes:
    """The bytes a submission's hash covers: all content and roles, texts sealed, in one fixed order."""
    answers = {
        question: [answer.version, answer.text, sorted(answer.choices), answer.nothing_to_report]
        for question, answer in state.answers.items()
    }
    entries = {q: [[str(e.id), e.version, e.fields] for e in state.live_entries(q)] for q in state.entries}
    return _encode(
        {
            "unit": [str(state.unit_id), state.unit_code, state.unit_name],
            "year": state.year,
            "template": [state.template_key, state.template_version],
            "description": state.description,
            "answers": answers,
            "entries": {q: lines for q, lines in entries.items() if lines},
            "parts": {part: part in state.finished for part in Party},
            "roles": roles,
        }
    )
