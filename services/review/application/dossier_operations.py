"""What can be done with a year's dossier: who may, and which rule must hold, in one table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.review.dossier import Dossier, Line
from shared.access import Assignment, Right, Role, Scope, Target, granting
from shared.domain import Refused

Rule = Callable[[Dossier, str, Sequence[Line]], object]

DESK = (Right(Role.SERVICE_DESK, Scope.REGION),)
"""Who puts the dossier together for a region."""

SECRETARY = (Right(Role.DIRECTORS_SECRETARY, Scope.ANYWHERE),)
"""Who records the meeting, sends the dossier, and what follows."""

MINISTRY = (Right(Role.MINISTRY, Scope.ANYWHERE),)
"""Who reads what was sent, once it was."""

_INSIDE = (
    *SECRETARY,
    Right(Role.JOINT_DESK, Scope.ANYWHERE),
    Right(Role.AUDITOR, Scope.ANYWHERE),
)
READING = (*_INSIDE, Right(Role.SERVICE_DESK, Scope.ANYWHERE), Right(Role.REVIEWER, Scope.ANYWHERE))
"""Who reads a dossier in the making."""

FETCHING = (*_INSIDE, *MINISTRY)
"""Who may have the file that was sent."""


@dataclass(frozen=True)
class Operation:
    """Who may do something with a dossier (for a region, where the right is a region's), and what must hold."""

    rights: tuple[Right, ...]
    rule: Rule


def _being_made(dossier: Dossier, region: str, lines: Sequence[Line]) -> None:
    dossier.must_not_be_presented()


def _may_prepare(dossier: Dossier, region: str, lines: Sequence[Line]) -> None:
    dossier.must_not_be_presented()
    dossier.must_be_complete(lines)


OPERATIONS: Mapping[str, Operation] = {
    "choose_regional_units": Operation(DESK, _being_made),
    "explain": Operation(DESK, _being_made),
    "prepare": Operation(DESK, _may_prepare),
    "confirm": Operation(DESK, lambda dossier, region, lines: dossier.must_be_confirmable(region, lines)),
    "present": Operation(SECRETARY, lambda dossier, region, lines: dossier.must_be_presentable(lines)),
    "send": Operation(SECRETARY, lambda dossier, region, lines: dossier.must_be_sendable()),
    "receive": Operation(SECRETARY, lambda dossier, region, lines: dossier.must_wait_for_receipt()),
    "supplement": Operation(SECRETARY, lambda dossier, region, lines: dossier.must_be_sent()),
}
"""Every operation on a dossier, by the name it has in ``allowed_operations``."""


def allowed(dossier: Dossier, lines: Sequence[Line], held: Sequence[Assignment], on: date) -> list[str]:
    """The operations the holder of these roles may do with the dossier as it is now."""
    return [name for name, operation in OPERATIONS.items() if _may(operation, dossier, lines, held, on)]


def _may(operation: Operation, dossier: Dossier, lines: Sequence[Line], held: Sequence[Assignment], on: date) -> bool:
    regions = [assignment.region or "" for assignment in held]
    granted = (a for a in granting(held, operation.rights, Target(regions=regions), on))
    return any(_holds(operation.rule, dossier, assignment.region or "", lines) for assignment in granted)


def _holds(rule: Rule, dossier: Dossier, region: str, lines: Sequence[Line]) -> bool:
    try:
        rule(dossier, region, lines)
    except Refused:
        return False
    return True
