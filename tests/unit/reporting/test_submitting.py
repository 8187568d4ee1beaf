"""The lead submits exactly the version seen; what is frozen is proved by a hash; neither party blocks the other."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
import pytest

from services.reporting.report import Report, Status
from services.reporting.report.ending import AddendumSigned, Extended, Reopened, Submitted
from services.reporting.report.events import ConsentGiven, NoticeGiven
from services.reporting.report.rules import QuestionNotInTemplate, ReportIsLocked
from services.reporting.report.state import Timing
from services.reporting.report.submitting import (
    ExcuseMissing,
    GroupAnswersOpen,
    MovedSinceSeen,
    NoOpenGroupAnswers,
    NotExcused,
    NotSubmitted,
    timing,
)
from tests.facts import (
    COMPLETE,
    COMPLETE_CONTENT,
    DATES,
    DESK,
    GROUP_LEADER,
    LEAD,
    MEMBER_NORD,
    NOON,
    ROLES,
    UNIT,
    UNIT_PART,
    YEAR,
    answered,
    fact,
    opened,
    sealed,
    submitted,
)
from tests.spec import Given, Outcome, given

pytestmark = pytest.mark.unit

OPEN_GROUP = (opened, *UNIT_PART)
OPEN = ("overall", "user", "nord")
LATER = NOON + timedelta(days=7)
MOMENT = timedelta(microseconds=1)
notice = fact(NoticeGiven, open_questions=OPEN, waits_until=LATER)
consent = fact(ConsentGiven, by=GROUP_LEADER)
without_group = submitted(3, excused=OPEN, excuse="no reply")


def submit(asked: Given[Report], seen: int, at: datetime = NOON, excuse: str | None = None) -> Outcome:
    return asked.when(lambda r: r.submit(seen=seen, dates=DATES, roles=ROLES, excuse=excuse, by=LEAD, at=at))


def submission(outcome: Outcome) -> Submitted:
    """The one event that a submission is."""
    assert outcome.refusal is None, outcome.refusal
    [event] = outcome.events
    assert isinstance(event, Submitted)
    return event


# The version seen.


def test_a_complete_report_is_submitted_as_seen() -> None:
    asked = given(Report, *COMPLETE)
    event = submission(submit(asked, COMPLETE_CONTENT, excuse="not needed"))
    assert msgspec.structs.replace(event, sha256="0" * 64) == submitted(report_version=len(COMPLETE))
    assert len(event.sha256) == 64
    assert asked.thing.state.status is Status.SUBMITTED


def test_a_report_that_moved_since_is_not_submitted_and_what_moved_is_listed() -> None:
    moved = (*COMPLETE, answered("quality", version=2), answered("overall", version=2, by=GROUP_LEADER))
    submit(given(Report, *moved), COMPLETE_CONTENT).then_refused(
        MovedSinceSeen, seen=COMPLETE_CONTENT, content_version=COMPLETE_CONTENT + 2, moved=["overall", "quality"]
    )


def test_a_submitted_report_is_not_submitted_again() -> None:
    submit(given(Report, *COMPLETE, submitted()), COMPLETE_CONTENT).then_refused(ReportIsLocked)


def test_a_reopened_report_is_submitted_under_the_next_number() -> None:
    reopened = fact(Reopened, by=DESK, reason="a figure was wrong")
    asked = given(Report, *COMPLETE, submitted(), reopened)
    event = submission(submit(asked, COMPLETE_CONTENT))
    assert (event.number, event.unit_id, event.year) == (2, UNIT, YEAR)
    assert [s.number for s in asked.thing.state.submissions] == [1, 2]


# Open group answers.


def test_open_group_answers_stop_a_submission_before_the_deadline() -> None:
    submit(given(Report, *OPEN_GROUP), 3, excuse="no reply").then_refused(
        GroupAnswersOpen, open_questions=OPEN, notice_waits_until=None
    )


def test_the_leaders_consent_is_enough() -> None:
    event = submission(submit(given(Report, *OPEN_GROUP, consent), 3))
    assert (event.excused, event.excuse) == (OPEN, None)


def test_a_notice_is_enough_when_its_waiting_time_is_over_and_a_reason_is_given() -> None:
    submit(given(Report, *OPEN_GROUP, notice), 3, at=LATER - MOMENT, excuse="no reply").then_refused(
        GroupAnswersOpen, notice_waits_until=LATER
    )
    submit(given(Report, *OPEN_GROUP, notice), 3, at=LATER).then_refused(ExcuseMissing, open_questions=OPEN)
    event = submission(submit(given(Report, *OPEN_GROUP, notice), 3, at=LATER, excuse="no reply"))
    assert (event.excused, event.excuse) == (OPEN, "no reply")


def test_at_the_deadline_a_reason_is_enough() -> None:
    submit(given(Report, *OPEN_GROUP), 3, at=DATES.deadline - MOMENT, excuse="no reply").then_refused(
        GroupAnswersOpen
    )
    submit(given(Report, *OPEN_GROUP), 3, at=DATES.deadline).then_refused(ExcuseMissing)
    event = submission(submit(given(Report, *OPEN_GROUP), 3, at=DATES.deadline, excuse="vacant seat"))
    assert (event.excused, event.excuse, event.timing) == (OPEN, "vacant seat", Timing.IN_TIME)


def test_an_extension_moves_the_moment_when_a_reason_is_enough() -> None:
    extended = fact(Extended, by=DESK, until=DATES.deadline + timedelta(days=3), reason="illness")
    history = (*OPEN_GROUP, extended)
    submit(given(Report, *history), 3, at=DATES.deadline, excuse="no reply").then_refused(GroupAnswersOpen)
    submission(submit(given(Report, *history), 3, at=extended.until, excuse="no reply"))


def test_only_what_is_open_is_excused() -> None:
    history = (*OPEN_GROUP, answered("overall", by=GROUP_LEADER), answered("nord", by=MEMBER_NORD), consent)
    assert submission(submit(given(Report, *history), 5)).excused == ("user",)


def test_a_notice_is_given_once_and_names_what_is_open() -> None:
    given(Report, *OPEN_GROUP).when(lambda r: r.give_notice(LATER, by=LEAD, at=NOON)).then(notice)
    given(Report, *OPEN_GROUP, notice).when(
        lambda r: r.give_notice(LATER + timedelta(days=9), by=LEAD, at=NOON)
    ).then()


def test_consent_is_given_once() -> None:
    given(Report, *OPEN_GROUP).when(lambda r: r.consent(by=GROUP_LEADER, at=NOON)).then(consent)
    given(Report, *OPEN_GROUP, consent).when(lambda r: r.consent(by=GROUP_LEADER, at=NOON)).then()


def test_without_open_group_answers_there_is_nothing_to_give_notice_of_or_consent_to() -> None:
    asked = given(Report, *COMPLETE)
    asked.when(lambda r: r.give_notice(LATER, by=LEAD, at=NOON)).then_refused(NoOpenGroupAnswers)
    asked.when(lambda r: r.consent(by=GROUP_LEADER, at=NOON)).then_refused(NoOpenGroupAnswers)
    asked.when(lambda r: r.must_have_open_group_answers()).then_refused(NoOpenGroupAnswers)


def test_reopening_ends_the_consent_and_the_notice() -> None:
    reopened = fact(Reopened, by=DESK, reason="a figure was wrong")
    history = (*OPEN_GROUP, notice, consent, without_group, reopened)
    submit(given(Report, *history), 3, at=LATER, excuse="no reply").then_refused(
        GroupAnswersOpen, notice_waits_until=None
    )


# Addenda.


def add(asked: Given[Report], question_id: str = "nord") -> Outcome:
    return asked.when(lambda r: r.add_addendum(question_id, sealed("late"), by=MEMBER_NORD, at=NOON))


def test_an_excused_answer_follows_as_a_signed_addendum_and_voids_nothing() -> None:
    asked = given(Report, *OPEN_GROUP, without_group)
    add(asked).then(
        fact(AddendumSigned, by=MEMBER_NORD, question_id="nord", number=1, version=1, text=sealed("late"))
    )
    assert asked.thing.state.status is Status.SUBMITTED
    assert asked.thing.state.content_version == 3
    assert asked.thing.must_wait_for_addenda() == ("overall", "user")


def test_an_addendum_follows_once() -> None:
    signed = fact(AddendumSigned, by=MEMBER_NORD, question_id="nord", number=1, version=1, text=sealed("late"))
    add(given(Report, *OPEN_GROUP, without_group, signed)).then_refused(NotExcused, waiting=("overall", "user"))


def test_written_again_a_report_holds_the_addenda_that_followed_it() -> None:
    signed = fact(AddendumSigned, by=MEMBER_NORD, question_id="nord", number=1, version=1, text=sealed("late"))
    reopened = fact(Reopened, by=DESK, reason="a figure was wrong")
    state = given(Report, *OPEN_GROUP, without_group, signed, reopened).thing.state
    assert (state.answers["nord"].text, state.answers["nord"].by) == (sealed("late"), MEMBER_NORD)
    assert state.addenda == {}
    assert state.content_version == 4


def test_what_the_submission_did_not_go_without_is_no_addendum() -> None:
    add(given(Report, *COMPLETE, submitted())).then_refused(NotExcused)
    add(given(Report, *COMPLETE, submitted(excused=("user",), excuse="no reply"))).then_refused(
        NotExcused, waiting=("user",)
    )


def test_an_addendum_follows_a_submission() -> None:
    add(given(Report, *OPEN_GROUP)).then_refused(NotSubmitted)


def test_a_question_of_another_template_is_no_addendum() -> None:
    add(given(Report, *OPEN_GROUP, without_group), "region_vest").then_refused(QuestionNotInTemplate)


# Timing.


@pytest.mark.parametrize(
    ("extended", "at", "expected"),
    [
        (None, DATES.deadline, Timing.IN_TIME),
        (None, DATES.deadline + MOMENT, Timing.IN_GRACE),
        (None, DATES.grace_until, Timing.IN_GRACE),
        (None, DATES.grace_until + MOMENT, Timing.LATE),
        (DATES.deadline + timedelta(days=1), DATES.deadline, Timing.IN_TIME),
        (DATES.deadline + timedelta(days=1), DATES.deadline + timedelta(days=1), Timing.IN_TIME_BY_EXTENSION),
        (DATES.deadline + timedelta(days=1), DATES.deadline + timedelta(days=2), Timing.IN_GRACE),
        (DATES.deadline + timedelta(days=30), DATES.grace_until + timedelta(days=1), Timing.IN_TIME_BY_EXTENSION),
        (DATES.deadline + timedelta(days=30), DATES.deadline + timedelta(days=31), Timing.LATE),
    ],
)
def test_a_submission_stands_to_its_deadline(extended: datetime | None, at: datetime, expected: Timing) -> None:
    assert timing(DATES, extended, at) is expected


def test_moving_the_deadline_for_all_does_not_undo_an_extension() -> None:
    extended = fact(Extended, by=DESK, until=DATES.deadline + timedelta(days=3), reason="illness")
    sooner = msgspec.structs.replace(DATES, deadline=DATES.deadline - timedelta(days=5), grace_until=DATES.deadline)
    asked = given(Report, *COMPLETE, extended)
    outcome = asked.when(
        lambda r: r.submit(seen=6, dates=sooner, roles=ROLES, excuse=None, by=LEAD, at=extended.until)
    )
    assert submission(outcome).timing is Timing.IN_TIME_BY_EXTENSION


def test_a_late_report_is_still_submitted() -> None:
    event = submission(submit(given(Report, *COMPLETE), COMPLETE_CONTENT, at=DATES.grace_until + timedelta(days=90)))
    assert event.timing is Timing.LATE
