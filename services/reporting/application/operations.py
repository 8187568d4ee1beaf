"""What can be done with a report: who may, and which rule must hold, in one table.

Use cases decide by it, and every representation lists ``allowed_operations`` by it, so that the two never differ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from services.reporting.question import AnsweredBy
from services.reporting.readers import DESKS, GROUP, HANDED_IN, UNIT_WRITERS, WRITTEN
from services.reporting.report import Report
from services.reporting.report.rules import QuestionNotInTemplate
from services.reporting.report.state import Slot
from shared.access import Assignment, Right, Role, Scope, Target

_LEAD = (Right(Role.PROFESSIONAL_LEAD, Scope.UNIT),)
_GROUP_LEADER = (Right(Role.GROUP_LEADER, Scope.UNIT),)


@dataclass(frozen=True)
class Operation:
    """Who may do something with a report, and the rule that must hold when it is done.

    ``answers`` gives the questions that can be answered by it now: it is for those whose questions they are.
    """

    rights: tuple[Right, ...]
    rule: Callable[[Report], object]
    answers: Callable[[Report], Iterable[Slot]] | None = None


def _written(report: Report) -> None:
    report.must_be_open()


def _has_texts(report: Report) -> None:
    """Whatever state the report is in, once anything was written."""
    if not (report.state.answers or report.state.entries or report.state.addenda):
        raise QuestionNotInTemplate("nothing was written yet")


def _answering(rights: tuple[Right, ...], answered_by: AnsweredBy) -> Operation:
    return Operation(
        rights, _written, lambda report: (s for s in report.state.slots.values() if s.answered_by is answered_by)
    )


def _waited_for(report: Report) -> Iterable[Slot]:
    return map(report.slot, report.must_wait_for_addenda())


OPERATIONS: Mapping[str, Operation] = {
    "answer_unit_part": _answering(UNIT_WRITERS, AnsweredBy.UNIT),
    "answer_for_the_group": _answering(_GROUP_LEADER, AnsweredBy.GROUP_LEADER),
    "answer_as_member": _answering((Right(Role.GROUP_MEMBER, Scope.UNIT),), AnsweredBy.GROUP_MEMBER),
    "answer_as_user_representative": _answering(
        (Right(Role.USER_REPRESENTATIVE, Scope.UNIT),), AnsweredBy.USER_REPRESENTATIVE
    ),
    "enter_on_behalf": Operation(_GROUP_LEADER, Report.must_have_group_part),
    "finish_unit_part": Operation(UNIT_WRITERS, _written),
    "finish_group_part": Operation(_GROUP_LEADER, Report.must_have_group_part),
    "show_persons": Operation((*UNIT_WRITERS, *DESKS), _written),
    "give_notice": Operation(_LEAD, Report.must_have_open_group_answers),
    "consent": Operation(_GROUP_LEADER, Report.must_have_open_group_answers),
    "submit": Operation(_LEAD, _written),
    "add_addendum": Operation(GROUP, Report.must_wait_for_addenda, _waited_for),
    "extend": Operation(DESKS, _written),
    "exempt": Operation(DESKS, _written),
    "withdraw": Operation(DESKS, _written),
    "reopen": Operation(DESKS, Report.must_be_reopenable),
    "request_redaction": Operation((*UNIT_WRITERS, *_GROUP_LEADER, *DESKS), _has_texts),
    "decide_redaction": Operation(DESKS, Report.must_have_undecided_redactions),
}
"""Every operation on a report, by the name it has in ``allowed_operations``."""

PLANNING = (Right(Role.JOINT_DESK, Scope.ANYWHERE),)
"""Who plans and opens the year's cycle: the four desks together."""

OPENING_ONE = DESKS
"""Who opens a single report outside the sweep."""

_ANSWERING = {
    AnsweredBy.UNIT: "answer_unit_part",
    AnsweredBy.GROUP_LEADER: "answer_for_the_group",
    AnsweredBy.GROUP_MEMBER: "answer_as_member",
    AnsweredBy.USER_REPRESENTATIVE: "answer_as_user_representative",
}


def answering(slot: Slot) -> str:
    """The operation that answers a question: an answer belongs to one kind of holder."""
    return _ANSWERING[slot.answered_by]


def is_theirs(slot: Slot, held: Assignment) -> bool:
    """Whether a question is answered by the holder of a role."""
    rights = OPERATIONS[answering(slot)].rights
    return slot.seat in (None, held.seat) and any(right.role == held.role for right in rights)


def reading(report: Report) -> tuple[Right, ...]:
    """Who may read a report: one being written those concerned, one that was handed in all four regions."""
    return HANDED_IN if report.state.submissions else WRITTEN


def target(report: Report) -> Target:
    """What rights on a report are asked for."""
    return Target(report.state.unit_id, report.state.regions, report.state.trusts)
