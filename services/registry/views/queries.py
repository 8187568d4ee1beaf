"""What can be listed, page by page."""

from __future__ import annotations

import base64
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Column, Select, select

from services.registry.views.tables import APPOINTMENTS, PERSONS, ROLES, TRUSTS, UNITS
from shared.problems import Fault, RequestProblem

Row = dict[str, Any]


class Reads(Protocol):
    """Whatever answers queries on the read rows: the store, or a unit of work in the writer."""

    def rows(self, query: Select[Any]) -> list[dict[str, Any]]: ...


@dataclass(frozen=True)
class Paging:
    """How many, and after which one: ``cursor`` is what the page before gave as ``next``."""

    limit: int
    cursor: str | None = None


@dataclass(frozen=True)
class Page:
    """Some rows, and the cursor of the next page when there are more."""

    items: list[Row]
    next: str | None


def page(reads: Reads, query: Select[Any], by: Column[Any], paging: Paging) -> Page:
    """The rows of one page in the order of ``by``, which is unique."""
    if paging.cursor is not None:
        query = query.where(by > _after(paging.cursor))
    found = reads.rows(query.order_by(by).limit(paging.limit + 1))
    items = found[: paging.limit]
    more = len(found) > paging.limit
    return Page(items, _cursor(str(items[-1][by.name])) if more and items else None)


def units(*, kind: str | None, region: str | None, status: str | None, today: date) -> Select[Any]:
    """Units of a kind and region that are active, or have ended, on a day."""
    query = select(UNITS)
    if kind:
        query = query.where(UNITS.c.kind == kind)
    if region:
        query = query.where(UNITS.c.regions.contains(f",{region},", autoescape=True))
    ended = UNITS.c.ended_on < today.isoformat()
    if status == "ended":
        query = query.where(ended)
    if status == "active":
        query = query.where(UNITS.c.ended_on.is_(None) | ~ended)
    return query


def trusts(region: str | None) -> Select[Any]:
    query = select(TRUSTS)
    return query.where(TRUSTS.c.region == region) if region else query


def persons(status: str | None) -> Select[Any]:
    query = select(PERSONS)
    return query.where(PERSONS.c.status == status) if status else query


def roles(
    *,
    person_id: str | None = None,
    unit_id: str | None = None,
    role: str | None = None,
    region: str | None = None,
    on: date | None = None,
) -> Select[Any]:
    """Role assignments; only those held on a day when ``on`` is given."""
    query = select(ROLES)
    wanted = {"person_id": person_id, "unit_id": unit_id, "role": role, "region": region}
    for name, value in wanted.items():
        if value is not None:
            query = query.where(ROLES.c[name] == value)
    if on is not None:
        day = on.isoformat()
        query = query.where(ROLES.c.since <= day, ROLES.c.until.is_(None) | (ROLES.c.until >= day))
    return query


def appointments(*, step: str | None, region: str | None, units: Collection[UUID] | None) -> Select[Any]:
    """Proposals by how far they have come, of the desk's region or for a seat of the region, of some units or all."""
    query = select(APPOINTMENTS)
    if units is not None:
        query = query.where(APPOINTMENTS.c.unit_id.in_([str(unit) for unit in units]))
    if step:
        query = query.where(APPOINTMENTS.c.step == step)
    if region:
        mine = (APPOINTMENTS.c.desk_region == region) | (APPOINTMENTS.c.seat_region == region)
        query = query.where(mine)
    return query


def _cursor(key: str) -> str:
    return base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")


def _after(cursor: str) -> str:
    try:
        key = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except ValueError:  # not base64, or not text
        key = "\0"
    if "\0" in key:
        fault = Fault(code="cursor", pointer="query:cursor", detail="not a cursor of ours")
        raise RequestProblem(422, "malformed", "The cursor is not one that a page gave.", errors=[fault])
    return key
