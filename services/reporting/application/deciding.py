"""Who is asking, and in which role: decided on what the registry told, where the decision is made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from uuid import UUID

from services.reporting.application.operations import OPERATIONS, answering, is_theirs, reading, target
from services.reporting.report import Report
from shared import registry_facts
from shared.access import Assignment, NotAllowed, Right, Target, acting, granting
from shared.asked import Asked
from shared.desk import UnitOfWork
from shared.domain import Acting, NotFound, Refused
from shared.eventstore import EventStore
from shared.read_rows import Rows
from shared.registry_facts import held_by
from shared.tokens import Caller


class NotYourQuestion(NotAllowed):
    """The answer belongs to somebody else: the other party, or another member of the group."""

    code = "not_your_question"
    place = "question_id"


def acting_with(rows: Rows, asked: Asked, rights: Sequence[Right], where: Target) -> Acting:
    """In which role the caller does something."""
    return _acting(held_by(rows, asked.caller), asked, rights, where)


def _acting(
    held: Sequence[Assignment], asked: Asked, rights: Sequence[Right], where: Target, seat: str | None = None
) -> Acting:
    """Acting in one of the roles ``held``; with ``seat``, only the holder of that seat counts."""
    if seat is not None:
        held = [assignment for assignment in held if assignment.seat == seat]
    return acting(held, rights, where, asked.on, asked.acting_as)


def readable(unit: UnitOfWork, asked: Asked, report_id: UUID) -> Report:
    """A report in the writer; to whoever may not read it there is none, whatever else they ask for."""
    report = unit.get(Report, report_id)
    must_be_readable(report, held_by(unit.rows, asked.caller), asked.on)
    return report


def acting_on(rows: Rows, asked: Asked, name: str, report: Report) -> Acting:
    """In which role the caller does an operation on a report.

    Who may not even read the report is told that there is none.
    """
    held = held_by(rows, asked.caller)
    must_be_readable(report, held, asked.on)
    return _acting(held, asked, OPERATIONS[name].rights, target(report))


def answering_as(rows: Rows, asked: Asked, report: Report, question_id: str) -> Acting:
    """In which role the caller answers a question; :class:`NotYourQuestion` when it is somebody else's."""
    return _answering(held_by(rows, asked.caller), asked, report, question_id)


def _answering(held: Sequence[Assignment], asked: Asked, report: Report, question_id: str) -> Acting:
    must_be_readable(report, held, asked.on)
    slot = report.slot(question_id)
    try:
        return _acting(held, asked, OPERATIONS[answering(slot)].rights, target(report), slot.seat)
    except NotAllowed:
        raise NotYourQuestion(
            f"{slot.id} is answered by {slot.answered_by}", question_id=slot.id, answered_by=slot.answered_by
        ) from None


def readable_in(store: EventStore, caller: Caller, report_id: UUID, on: date) -> tuple[Report, list[Assignment]]:
    """A report as readers find it, and the caller's roles; to whoever may not read it there is none."""
    held = held_by(store.rows, caller)
    report = store.load(Report, report_id)
    if report is None:
        raise report_not_found(report_id)
    must_be_readable(report, held, on)
    return report, held


def may_answer(store: EventStore, asked: Asked, report_id: UUID, question: Callable[[Report], str]) -> Report:
    """The report, where the caller may answer a question of it.

    Asked before a key is made, so that nobody leaves keys who may not write; the decision comes in the writer.
    """
    report, held = readable_in(store, asked.caller, report_id, asked.on)
    _answering(held, asked, report, question(report))
    return report


def may_do(store: EventStore, asked: Asked, report_id: UUID, name: str) -> Report:
    """The report, where the caller may do an operation on it: asked before a key is made, as :func:`may_answer`."""
    report, held = readable_in(store, asked.caller, report_id, asked.on)
    _acting(held, asked, OPERATIONS[name].rights, target(report))
    return report


def report_not_found(report_id: UUID) -> NotFound:
    """The answer to whoever asks for a report that is not there, or not for them."""
    return NotFound(f"there is no report {report_id}")


def must_be_readable(report: Report, held: Sequence[Assignment], on: date) -> None:
    """Refuse as if there were no such report, unless one of the roles may read it."""
    if not concerned(report, held, on):
        raise report_not_found(report.id)


def concerned(report: Report, held: Sequence[Assignment], on: date) -> list[Assignment]:
    """Those of the roles by which this report may be read; a role on another unit says nothing about it."""
    return granting(held, reading(report), target(report), on)


def allowed(report: Report, held: Sequence[Assignment], on: date) -> list[str]:
    """The operations the holder of these roles may do with the report as it is now."""
    names = []
    for name, operation in OPERATIONS.items():
        able = granting(held, operation.rights, target(report), on)
        try:
            operation.rule(report)
        except Refused:
            continue
        if operation.answers:
            questions = tuple(operation.answers(report))
            able = [role for role in able if any(is_theirs(question, role) for question in questions)]
        if able:
            names.append(name)
    return names


def seat_holder(rows: Rows, unit_id: UUID, seat: str | None, on: date) -> UUID | None:
    """Who holds a seat of the unit's group on a date; None when it is vacant."""
    held = registry_facts.assignments_on(rows, unit_id, on)
    return next((assignment.person_id for assignment in held if seat and assignment.seat == seat), None)
