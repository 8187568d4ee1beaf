"""What a unit must have cleared with a candidate before it can propose one, seat by seat."""

from __future__ import annotations

from collections.abc import Iterator

from services.registry.group.refusals import ConditionsMissing
from services.registry.group.state import Conditions
from services.registry.mandate import SeatKind
from shared.domain import Sealed


def must_be_met(kind: SeatKind, conditions: Conditions) -> None:
    """Refuses with everything that is missing, each with its place in the proposal."""
    faults = [
        {"code": "missing", "pointer": f"/conditions/{name}", "detail": detail}
        for name, detail in _missing(kind, conditions)
    ]
    if faults:
        raise ConditionsMissing("the conditions of this seat are not met", errors=faults)


def _missing(kind: SeatKind, conditions: Conditions) -> Iterator[tuple[str, str]]:
    if not conditions.asked:
        yield "asked", "the candidate has been asked"
    if not conditions.informed:
        yield "informed", "the candidate knows the mandate, the role and the activity"
    if not conditions.willing:
        yield "willing", "the candidate is willing"
    if kind is SeatKind.USER:
        if not conditions.nominated_by:
            yield "nominated_by", "a user organisation nominates the candidate"
    elif not (kind is SeatKind.EXTRA and _said(conditions.clearance_not_applicable)):
        if not _said(conditions.cleared_by):
            yield "cleared_by", "the candidate's own leader has agreed"
        if conditions.cleared_on is None:
            yield "cleared_on", "the date the candidate's own leader agreed"


def _said(text: Sealed | None) -> bool:
    return text is not None and text.length > 0
