"""The state of every report in one view: what reporting told of it, and the step review has brought it to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, and_, case, cast, func, select

from services.review.joint_state import ENDED, JointState
from services.review.views import tables as t
from services.review.views.queries import Rows, page

_REPORTS, _REVIEWS = t.REPORTS.c, t.REVIEWS.c

JOINT_STATE: ColumnElement[str] = case(
    (_REPORTS.state.in_(sorted(ENDED)), _REPORTS.state),
    (_REVIEWS.step.is_not(None), _REVIEWS.step),
    (and_(_REPORTS.state == JointState.OPENED.value, _REPORTS.begun == 1), JointState.IN_PROGRESS.value),
    else_=_REPORTS.state,
)
"""Reporting owns the state until a submission and decides the ends; review owns what comes in between."""


def report_states(
    rows: Rows, filters: Mapping[str, Any], visible: ColumnElement[bool], after: str | None, limit: int
) -> list[dict[str, Any]]:
    """A page of reports with their states, by year and unit code, after a cursor."""
    query = _states().where(visible, *_filtered(filters))
    key: ColumnElement[str] = (
        cast(_REPORTS.year, Text) + "|" + func.coalesce(t.UNITS.c.code, "") + "|" + _REPORTS.report_id
    )
    return page(rows, query, key, after, limit)


def _filtered(filters: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    wanted = {name: value for name, value in filters.items() if value is not None}
    conditions: list[ColumnElement[bool]] = []
    if "region" in wanted:
        conditions.append(_REPORTS.regions.contains(f",{wanted.pop('region')},", autoescape=True))
    if "state" in wanted:
        conditions.append(wanted.pop("state") == JOINT_STATE)
    return conditions + [_REPORTS[column] == value for column, value in wanted.items()]


def _states() -> Select[Any]:
    joined = t.REPORTS.outerjoin(t.REVIEWS, _REVIEWS.report_id == _REPORTS.report_id).outerjoin(
        t.UNITS, t.UNITS.c.unit_id == _REPORTS.unit_id
    )
    return (
        select(
            t.REPORTS,
            JOINT_STATE.label("joint_state"),
            _REVIEWS.review_id,
            t.UNITS.c.code.label("unit_code"),
            t.UNITS.c.name_nb.label("unit_name"),
            t.UNITS.c.kind,
        )
        .select_from(joined)
        .where(_REPORTS.state.is_not(None))
    )
