"""The questions review asks its tables about reviews and what follows from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Table, Text, and_, cast, func, not_, select

from services.review.review.state import UNDER_WAY
from services.review.views import tables as t
from shared.read_rows import Rows, filtered, has_name, page
from shared.registry_facts import UNITS


def reviews(
    rows: Rows, filters: Mapping[str, Any], visible: ColumnElement[bool], after: str | None, limit: int
) -> list[dict[str, Any]]:
    """A page of the reviews that ``visible`` lets through, by year and unit code, after a cursor.

    ``assessor`` keeps those somebody is to assess for a region, ``awaits`` those a region is still to sign, and
    ``asked`` those with a question that is not answered.
    """
    wanted = dict(filters)
    only = [keep(wanted.pop(name)) for name, keep in _REVIEWS_OF.items() if wanted.get(name)]
    key = listed_by(t.REVIEWS, "review_id")
    query = (
        select(t.REVIEWS, UNITS.c.code.label("unit_code"), UNITS.c.name_nb.label("unit_name"))
        .select_from(t.REVIEWS.outerjoin(UNITS, UNITS.c.unit_id == t.REVIEWS.c.unit_id))
        .where(visible, *filtered(t.REVIEWS, wanted), *only)
    )
    return page(rows, query, key, after, limit)


def _assessed_by(assessor: str) -> ColumnElement[bool]:
    return t.REVIEWS.c.review_id.in_(select(t.PARTS.c.review_id).where(t.PARTS.c.assessor == assessor))


def _awaiting(region: str) -> ColumnElement[bool]:
    is_theirs, is_signed = (has_name(column, region) for column in (t.REVIEWS.c.regions, t.REVIEWS.c.signed_by))
    return and_(t.REVIEWS.c.step.in_(sorted(UNDER_WAY)), is_theirs, not_(is_signed))


_REVIEWS_OF: Mapping[str, Callable[[Any], ColumnElement[bool]]] = {
    "assessor": _assessed_by,
    "awaits": _awaiting,
    "asked": lambda _: t.REVIEWS.c.open_queries > 0,
}
"""The filters of reviews that no column answers alone."""


def follow_ups(
    rows: Rows, filters: Mapping[str, Any], visible: ColumnElement[bool], after: str | None, limit: int
) -> list[dict[str, Any]]:
    """A page of follow-up points, by year and unit code, after a cursor; ``open`` leaves the closed ones out."""
    wanted = dict(filters)
    not_closed = [t.FOLLOW_UPS.c.status != "closed"] if wanted.pop("open", None) else []
    query = (
        select(t.FOLLOW_UPS, UNITS.c.code.label("unit_code"), UNITS.c.name_nb.label("unit_name"))
        .select_from(t.FOLLOW_UPS.outerjoin(UNITS, UNITS.c.unit_id == t.FOLLOW_UPS.c.unit_id))
        .where(visible, *filtered(t.FOLLOW_UPS, wanted), *not_closed)
    )
    return page(rows, query, listed_by(t.FOLLOW_UPS, "follow_up_id"), after, limit)


def summaries(rows: Rows, year: int) -> list[dict[str, Any]]:
    """Which regions have summed up a year."""
    return rows(select(t.SUMMARIES).where(t.SUMMARIES.c.year == year).order_by(t.SUMMARIES.c.region))


def removed_texts(rows: Rows, report_id: UUID) -> list[dict[str, Any]]:
    """The texts of a report that reporting removed from all history."""
    table = t.REMOVED_TEXTS
    query = select(table.c.place, table.c.first_version, table.c.last_version)
    return rows(query.where(table.c.report_id == str(report_id)).order_by(table.c.place, table.c.first_version))


def listed_by(table: Table, id: str) -> ColumnElement[str]:
    """What a list is sorted by, and its cursor: year, unit code, id."""
    key: ColumnElement[str] = cast(table.c.year, Text) + "|" + func.coalesce(UNITS.c.code, "") + "|" + table.c[id]
    return key
