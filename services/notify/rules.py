"""Who is told of what: one table, from what was heard to the people it concerns; all of it goes by e-mail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from services.notify.occasion import Occasion
from shared.access import Right, Role, Scope
from shared.contracts import Contract, registry, reporting, review


@dataclass(frozen=True)
class Named:
    """The person, or persons, the contract names in a field."""

    field: str


@dataclass(frozen=True)
class Appointee:
    """The candidate of the appointment the contract is about."""


@dataclass(frozen=True)
class Assessor:
    """Whoever assesses the report for the region the contract names; while that is nobody, the region's reviewers."""


Receiver = Right | Named | Appointee | Assessor


@dataclass(frozen=True)
class Rule:
    """Whom a contract concerns on which occasion; ``when`` narrows it, ``only`` says the same in words."""

    name: str
    on: type[Contract]
    occasion: Occasion
    to: tuple[Receiver, ...]
    when: Callable[[Any], bool] = lambda said: True
    only: str = ""


LEAD = Right(Role.PROFESSIONAL_LEAD, Scope.UNIT)
SITE_LEAD = Right(Role.SITE_LEAD, Scope.UNIT)
COORDINATOR = Right(Role.COORDINATOR, Scope.UNIT)
LEADER = Right(Role.GROUP_LEADER, Scope.UNIT)
TRUST = Right(Role.TRUST_OFFICE, Scope.TRUST)
DESK = Right(Role.SERVICE_DESK, Scope.REGION)
REVIEWERS = Right(Role.REVIEWER, Scope.REGION)
JOINT_DESK = Right(Role.JOINT_DESK, Scope.ANYWHERE)

WRITERS = (LEAD, SITE_LEAD, COORDINATOR)
BOTH_PARTIES = (*WRITERS, LEADER)

RULES: tuple[Rule, ...] = (
    Rule("form_sent", reporting.ReportOpenedV1, Occasion.FORM_SENT, WRITERS),
    Rule(
        "form_sent_to_group",
        reporting.ReportOpenedV1,
        Occasion.FORM_SENT,
        (LEADER,),
        when=lambda said: bool(said.has_group),
        only="a reference group answers in it",
    ),
    Rule(
        "unit_part_done",
        reporting.PartFinishedV1,
        Occasion.UNIT_PART_DONE,
        (LEADER,),
        when=lambda said: bool(said.part == "unit"),
        only="it is the unit's part",
    ),
    Rule(
        "group_part_done",
        reporting.PartFinishedV1,
        Occasion.GROUP_PART_DONE,
        WRITERS,
        when=lambda said: bool(said.part == "group"),
        only="it is the group's part",
    ),
    Rule("unit_changed", reporting.GroupAnswersOutdatedV1, Occasion.UNIT_CHANGED, (LEADER,)),
    Rule("entered_on_behalf", reporting.AnswerEnteredOnBehalfV1, Occasion.ENTERED_ON_BEHALF, (Named("holder"),)),
    Rule("notice_given", reporting.NoticeGivenV1, Occasion.NOTICE_GIVEN, (LEADER,)),
    Rule("submitted", reporting.ReportSubmittedV1, Occasion.SUBMITTED, (LEAD,)),
    Rule(
        "submitted_copy",
        reporting.ReportSubmittedV1,
        Occasion.SUBMITTED_COPY,
        (SITE_LEAD, COORDINATOR, LEADER, Named("copies")),
    ),
    Rule(
        "submitted_late",
        reporting.ReportSubmittedV1,
        Occasion.SUBMITTED_LATE,
        (DESK,),
        when=lambda said: bool(said.timing == "late"),
        only="it came late without an extension",
    ),
    Rule("addendum", reporting.AddendumSignedV1, Occasion.ADDENDUM, (LEAD, DESK)),
    Rule("extension", reporting.ReportExtendedV1, Occasion.EXTENSION, BOTH_PARTIES),
    Rule("deadline_changed", reporting.CycleRescheduledV1, Occasion.DEADLINE_CHANGED, BOTH_PARTIES),
    Rule("reopened", reporting.ReportReopenedV1, Occasion.REOPENED, BOTH_PARTIES),
    Rule("redaction", reporting.TextRedactedV1, Occasion.REDACTION, (LEAD, DESK)),
    Rule("returned", review.ReportReturnedV1, Occasion.RETURNED, BOTH_PARTIES),
    Rule("query", review.QueryAskedV1, Occasion.QUERY, WRITERS),
    Rule("query_answered", review.QueryAnsweredV1, Occasion.QUERY_ANSWERED, (Assessor(),)),
    Rule("feedback", review.FeedbackSentV1, Occasion.FEEDBACK, BOTH_PARTIES),
    Rule("sent_to_ministry", review.DossierSentV1, Occasion.SENT_TO_MINISTRY, (LEAD,)),
    Rule("proposal_received", registry.MemberProposedV1, Occasion.PROPOSAL_RECEIVED, (DESK,)),
    Rule("appointed", registry.MemberAppointedV1, Occasion.APPOINTED, (Named("person_id"),)),
    Rule("declined", registry.AppointmentDeclinedV1, Occasion.DECLINED, (LEAD, COORDINATOR)),
    Rule(
        "appointment_information",
        registry.AppointmentInformedV1,
        Occasion.APPOINTMENT_INFORMATION,
        (LEAD, LEADER, TRUST),
    ),
)
"""Every rule that something heard sets off."""


@dataclass(frozen=True)
class Timed:
    """A rule of the clock rather than of something heard: in words, for the people who read the table."""

    occasion: Occasion
    when: str
    who: str


REMINDED: Mapping[Right, str] = {
    LEAD: "submitted",
    SITE_LEAD: "unit_done",
    COORDINATOR: "unit_done",
    LEADER: "group_done",
}
"""Whom a deadline is to be remembered by, and what makes each of them done."""

DAYS_BEFORE = (30, 14, 7, 1)
DAYS_OVERDUE = 1

TIMED: tuple[Timed, ...] = (
    Timed(
        Occasion.REMINDER,
        f"{', '.join(map(str, DAYS_BEFORE))} days before the deadline of a report (08:00 in Oslo)",
        "professional lead until it is submitted; site lead and coordinator until the unit's part is done; "
        "group leader until the group's part is done",
    ),
    Timed(Occasion.OVERDUE, "the day after the deadline of a report (08:00 in Oslo)", "the same people"),
    Timed(
        Occasion.ADDRESS_BOUNCED,
        "an address refused a message for good; once a day for each person",
        "service desk of the person's regions, else the joint desk",
    ),
    Timed(Occasion.DIGEST, "07:00 in Oslo, when something waits", "whoever chose to be told once a day"),
)
"""What else people are told."""


def rules_on(contract: type[Contract]) -> list[Rule]:
    """The rules a contract sets off."""
    return [rule for rule in RULES if rule.on is contract]
