"""The state of every report in one view: what reporting told of it, and the step review has brought it to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, select

from services.review.joint_state import ENDED, JointState
from services.review.views import tables as t
from services.review.views.queries import listed_by
from shared.read_rows import Rows, filtered, page
from shared.registry_facts import UNITS

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
    return page(rows, query, listed_by(t.REPORTS, "report_id"), after, limit)


def _filtered(filters: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    others = dict(filters)
    state = others.pop("state", None)
    return [*filtered(t.REPORTS, others), *([state == JOINT_STATE] if state is not None else [])]


def _states() -> Select[Any]:
    joined = t.REPORTS.outerjoin(t.REVIEWS, _REVIEWS.report_id == _REPORTS.report_id).outerjoin(
        UNITS, UNITS.c.unit_id == _REPORTS.unit_id
    )
    return (
        select(
            t.REPORTS,
            JOINT_STATE.label("joint_state"),
            _REVIEWS.review_id,
            UNITS.c.code.label("unit_code"),
            UNITS.c.name_nb.label("unit_name"),
            UNITS.c.kind,
        )
        .select_from(joined)
        .where(_REPORTS.state.is_not(None))
    )
