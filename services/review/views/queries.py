"""The questions review asks its tables about people, units, reviews and what follows from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Table, Text, cast, func, select

from services.review.views import tables as t
from shared.access import Assignment, Role

Rows = Callable[[Select[Any]], list[dict[str, Any]]]
"""Runs a query: in the writer ``UnitOfWork.rows``, elsewhere ``EventStore.rows``."""

_ROLES = frozenset(Role)


def assignments_of(rows: Rows, person_id: UUID) -> list[Assignment]:
    """Every role a person was ever given."""
    found = rows(select(t.ASSIGNMENTS).where(t.ASSIGNMENTS.c.person_id == str(person_id)))
    return [_assignment(row) for row in found if row["role"] in _ROLES]


def _assignment(row: dict[str, Any]) -> Assignment:
    return Assignment(
        id=UUID(row["assignment_id"]),
        person_id=UUID(row["person_id"]),
        role=Role(row["role"]),
        since=date.fromisoformat(row["since"]),
        until=date.fromisoformat(row["until"]) if row["until"] else None,
        unit_id=UUID(row["unit_id"]) if row["unit_id"] else None,
        region=row["region"],
        trust=row["trust"],
        seat=row["seat"],
        stands_in=bool(row["acting"]),
    )


def is_registered(rows: Rows, person_id: UUID) -> bool:
    """Whether the registry has told of this person, and not of an erasure since."""
    found = rows(select(t.PERSONS.c.erased).where(t.PERSONS.c.person_id == str(person_id)))
    return bool(found) and not found[0]["erased"]


def unit(rows: Rows, unit_id: UUID) -> dict[str, Any] | None:
    """A unit the registry has told of."""
    found = rows(select(t.UNITS).where(t.UNITS.c.unit_id == str(unit_id), t.UNITS.c.code.is_not(None)))
    return found[0] if found else None


def split(joined: str | None) -> tuple[str, ...]:
    """The names of one column again."""
    return tuple(name for name in (joined or "").split(",") if name)


def reviews(
    rows: Rows, filters: Mapping[str, Any], visible: ColumnElement[bool], after: str | None, limit: int
) -> list[dict[str, Any]]:
    """A page of the reviews that ``visible`` lets through, by year and unit code, after a cursor.

    ``assessor`` keeps those somebody is to assess for a region.
    """
    wanted = dict(filters)
    assessor = wanted.pop("assessor", None)
    assigned = select(t.PARTS.c.review_id).where(t.PARTS.c.assessor == assessor)
    only = [t.REVIEWS.c.review_id.in_(assigned)] if assessor else []
    key = _key(t.REVIEWS, "review_id")
    query = (
        select(t.REVIEWS, t.UNITS.c.code.label("unit_code"), t.UNITS.c.name_nb.label("unit_name"))
        .select_from(t.REVIEWS.outerjoin(t.UNITS, t.UNITS.c.unit_id == t.REVIEWS.c.unit_id))
        .where(visible, *_filtered(t.REVIEWS, wanted), *only)
    )
    return page(rows, query, key, after, limit)


def follow_ups(
    rows: Rows, filters: Mapping[str, Any], visible: ColumnElement[bool], after: str | None, limit: int
) -> list[dict[str, Any]]:
    """A page of follow-up points, by year and unit code, after a cursor; ``open`` leaves the closed ones out."""
    wanted = dict(filters)
    not_closed = [t.FOLLOW_UPS.c.status != "closed"] if wanted.pop("open", None) else []
    query = (
        select(t.FOLLOW_UPS, t.UNITS.c.code.label("unit_code"), t.UNITS.c.name_nb.label("unit_name"))
        .select_from(t.FOLLOW_UPS.outerjoin(t.UNITS, t.UNITS.c.unit_id == t.FOLLOW_UPS.c.unit_id))
        .where(visible, *_filtered(t.FOLLOW_UPS, wanted), *not_closed)
    )
    return page(rows, query, _key(t.FOLLOW_UPS, "follow_up_id"), after, limit)


def summaries(rows: Rows, year: int) -> list[dict[str, Any]]:
    """Which regions have summed up a year."""
    return rows(select(t.SUMMARIES).where(t.SUMMARIES.c.year == year).order_by(t.SUMMARIES.c.region))


def removed_texts(rows: Rows, report_id: UUID) -> list[dict[str, Any]]:
    """The texts of a report that reporting removed from all history."""
    table = t.REMOVED_TEXTS
    query = select(table.c.place, table.c.first_version, table.c.last_version)
    return rows(query.where(table.c.report_id == str(report_id)).order_by(table.c.place, table.c.first_version))


def page(
    rows: Rows, query: Select[Any], key: ColumnElement[str], after: str | None, limit: int
) -> list[dict[str, Any]]:
    """A query's rows in the order of ``key``, from after a cursor, each with its own cursor."""
    if after:
        query = query.where(key > after)
    return rows(query.add_columns(key.label("cursor")).order_by(key).limit(limit))


def _key(table: Table, id: str) -> ColumnElement[str]:
    """What a list is sorted by, and its cursor: year, unit code, id."""
    key: ColumnElement[str] = cast(table.c.year, Text) + "|" + func.coalesce(t.UNITS.c.code, "") + "|" + table.c[id]
    return key


def _filtered(table: Table, filters: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    wanted = {column: value for column, value in filters.items() if value is not None}
    return [
        table.c.regions.contains(f",{value},", autoescape=True)
        if column == "region" and "regions" in table.c
        else table.c[column] == value
        for column, value in wanted.items()
    ]
