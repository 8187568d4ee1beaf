"""Which rows the holder of some roles may see, as conditions of a query; the texts behind them are another matter."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import ColumnElement, and_, false, or_, true

from services.review.joint_state import JointState
from services.review.readers import ALL_FOUR_REGIONS, OF_A_REGION, UNIT_READERS
from services.review.views import tables as t
from services.review.views.joint import JOINT_STATE
from shared.access import Assignment, Role
from shared.read_rows import has_name
from shared.registry_facts import UNITS

SEES_ALL = frozenset({*ALL_FOUR_REGIONS, Role.AUDITOR})
"""Those who may know of every report; what they read of it is decided for each."""


def reviews(held: Iterable[Assignment], on: date) -> ColumnElement[bool]:
    """The reviews one may know of: all for the regions, those of one's own unit for its leaders."""
    return _any(_review(assignment) for assignment in held if assignment.holds(on))


def _review(held: Assignment) -> ColumnElement[bool]:
    if held.role in SEES_ALL:
        return true()
    if held.role in UNIT_READERS and held.unit_id:
        return t.REVIEWS.c.unit_id == str(held.unit_id)
    return false()


def follow_ups(held: Iterable[Assignment], on: date) -> ColumnElement[bool]:
    """The points one may read: own region's and national ones; the unit's own once they are carried."""
    return _any(_follow_up(assignment) for assignment in held if assignment.holds(on))


def _follow_up(held: Assignment) -> ColumnElement[bool]:
    points, units = t.FOLLOW_UPS.c, UNITS.c
    if held.role in (Role.AUDITOR, Role.DIRECTORS_SECRETARY):
        return true()
    if held.role in OF_A_REGION:
        return or_(points.level == "national", has_name(units.regions, held.region or ""))
    if held.role is Role.JOINT_DESK:
        return points.level == "national"
    if held.role in UNIT_READERS and held.unit_id:
        return and_(points.unit_id == str(held.unit_id), points.current_year > points.year)
    return false()


def everything() -> ColumnElement[bool]:
    """No condition: for services of ours."""
    return true()


def reports(held: Iterable[Assignment], on: date) -> ColumnElement[bool]:
    """The reports whose state one may know."""
    return _any(_report(assignment) for assignment in held if assignment.holds(on))


def _report(held: Assignment) -> ColumnElement[bool]:
    if held.role in SEES_ALL:
        return true()
    if held.role is Role.MINISTRY:
        return JOINT_STATE.in_([JointState.SENT_TO_MINISTRY.value])
    if held.unit_id:
        return t.REPORTS.c.unit_id == str(held.unit_id)
    if held.role is Role.TRUST_OFFICE and held.trust:
        return has_name(UNITS.c.trusts, held.trust)
    return false()


def _any(conditions: Iterable[ColumnElement[bool]]) -> ColumnElement[bool]:
    return or_(false(), *conditions)
