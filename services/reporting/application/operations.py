"""What can be done with a report: who may, and which rule must hold, in one table.

Use cases decide by it, and every representation lists ``allowed_operations`` by it, so that the two never differ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from services.reporting.question import AnsweredBy
from services.reporting.report import Report
from services.reporting.report.rules import QuestionNotInTemplate
from services.reporting.report.state import Slot, Status
from shared.access import Assignment, Right, Role, Scope, Target

_LEAD = (Right(Role.PROFESSIONAL_LEAD, Scope.UNIT),)
_UNIT_WRITERS = (*_LEAD, Right(Role.SITE_LEAD, Scope.UNIT), Right(Role.COORDINATOR, Scope.UNIT))
_GROUP_LEADER = (Right(Role.GROUP_LEADER, Scope.UNIT),)
_GROUP = (
    *_GROUP_LEADER,
    Right(Role.GROUP_MEMBER, Scope.UNIT),
    Right(Role.USER_REPRESENTATIVE, Scope.UNIT),
    Right(Role.UNIT_REPRESENTATIVE, Scope.UNIT),
)
_DESK = (Right(Role.SERVICE_DESK, Scope.REGION), Right(Role.JOINT_DESK, Scope.ANYWHERE))
_READERS_OF_ALL = (Right(Role.JOINT_DESK, Scope.ANYWHERE), Right(Role.AUDITOR, Scope.ANYWHERE))
_READERS_OF_DRAFTS = (
    *_UNIT_WRITERS,
    *_GROUP,
    Right(Role.ADMINISTRATIVE_LEADER, Scope.UNIT),
    Right(Role.NETWORK_MEMBER, Scope.UNIT),
    Right(Role.TRUST_OFFICE, Scope.TRUST),
    Right(Role.SERVICE_DESK, Scope.REGION),
    Right(Role.REVIEWER, Scope.REGION),
    *_READERS_OF_ALL,
)
_READERS_OF_SUBMITTED = (
    *_READERS_OF_DRAFTS,
    Right(Role.SERVICE_DESK, Scope.ANYWHERE),
    Right(Role.REVIEWER, Scope.ANYWHERE),
    Right(Role.DIRECTORS_SECRETARY, Scope.ANYWHERE),
)


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
    "answer_unit_part": _answering(_UNIT_WRITERS, AnsweredBy.UNIT),
    "answer_for_the_group": _answering(_GROUP_LEADER, AnsweredBy.GROUP_LEADER),
    "answer_as_member": _answering((Right(Role.GROUP_MEMBER, Scope.UNIT),), AnsweredBy.GROUP_MEMBER),
    "answer_as_user_representative": _answering(
        (Right(Role.USER_REPRESENTATIVE, Scope.UNIT),), AnsweredBy.USER_REPRESENTATIVE
    ),
    "enter_on_behalf": Operation(_GROUP_LEADER, Report.must_have_group_part),
    "finish_unit_part": Operation(_UNIT_WRITERS, _written),
    "finish_group_part": Operation(_GROUP_LEADER, Report.must_have_group_part),
    "show_persons": Operation((*_UNIT_WRITERS, *_DESK), _written),
    "give_notice": Operation(_LEAD, Report.must_have_open_group_answers),
    "consent": Operation(_GROUP_LEADER, Report.must_have_open_group_answers),
    "submit": Operation(_LEAD, _written),
    "add_addendum": Operation(_GROUP, Report.must_wait_for_addenda, _waited_for),
    "extend": Operation(_DESK, _written),
    "exempt": Operation(_DESK, _written),
    "withdraw": Operation(_DESK, _written),
    "reopen": Operation(_DESK, Report.must_be_reopenable),
    "request_redaction": Operation((*_UNIT_WRITERS, *_GROUP_LEADER, *_DESK), _has_texts),
    "decide_redaction": Operation(_DESK, Report.must_have_undecided_redactions),
}
"""Every operation on a report, by the name it has in ``allowed_operations``."""

PLANNING = (Right(Role.JOINT_DESK, Scope.ANYWHERE),)
"""Who plans and opens the year's cycle: the four desks together."""

OPENING_ONE = _DESK
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
    """Who may read a report: a draft those concerned, one that was submitted all four regions."""
    return _READERS_OF_SUBMITTED if report.state.submissions else _READERS_OF_DRAFTS


def target(report: Report) -> Target:
    """What rights on a report are asked for."""
    return Target(report.state.unit_id, report.state.regions, report.state.trusts)


def may_read_part(report: Report, part: str, held: list[Assignment]) -> bool:
    """Whether the texts of a part may be read: one's own always, the other party's once it says it is done."""
    state = report.state
    if part in state.finished or state.submissions or state.status is Status.SUBMITTED:
        return True
    other = {right.role for right in (_GROUP if part == "unit" else (*_UNIT_WRITERS, *_ADMINISTRATION))}
    return any(assignment.role not in other for assignment in held)


_ADMINISTRATION = (Right(Role.ADMINISTRATIVE_LEADER, Scope.UNIT), Right(Role.TRUST_OFFICE, Scope.TRUST))
