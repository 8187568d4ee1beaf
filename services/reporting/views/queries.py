"""The questions reporting asks its tables, each one query."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Text, and_, cast, false, func, or_, select, true

from services.reporting.report.state import WRITABLE
from services.reporting.views import tables as t
from shared.access import Assignment, Role

Rows = Callable[[Select[Any]], list[dict[str, Any]]]
"""Runs a query: in the writer ``UnitOfWork.rows``, elsewhere ``EventStore.rows``."""

_ROLES = frozenset(Role)


def assignments_of(rows: Rows, person_id: UUID) -> list[Assignment]:
    """Every role a person was ever given."""
    found = rows(select(t.ASSIGNMENTS).where(t.ASSIGNMENTS.c.person_id == str(person_id)))
    return [_assignment(row) for row in found if row["role"] in _ROLES]


def assignments_on(rows: Rows, unit_id: UUID, on: date) -> list[Assignment]:
    """The roles held on a unit on a date."""
    query = (
        select(t.ASSIGNMENTS)
        .where(t.ASSIGNMENTS.c.unit_id == str(unit_id))
        .order_by(t.ASSIGNMENTS.c.role, t.ASSIGNMENTS.c.seat, t.ASSIGNMENTS.c.assignment_id)
    )
    held = [_assignment(row) for row in rows(query) if row["role"] in _ROLES]
    return [assignment for assignment in held if assignment.holds(on)]


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


def seats(rows: Rows, unit_id: UUID) -> list[str]:
    """The seats of the unit's reference group."""
    query = select(t.SEATS.c.seat).where(t.SEATS.c.unit_id == str(unit_id)).order_by(t.SEATS.c.seat)
    return [row["seat"] for row in rows(query)]


def is_registered(rows: Rows, person_id: UUID) -> bool:
    """Whether the registry has told of this person, and not of an erasure since."""
    found = rows(select(t.PERSONS.c.erased).where(t.PERSONS.c.person_id == str(person_id)))
    return bool(found) and not found[0]["erased"]


def unit(rows: Rows, unit_id: UUID) -> dict[str, Any] | None:
    """A unit the registry has told of."""
    found = rows(select(t.UNITS).where(t.UNITS.c.unit_id == str(unit_id), t.UNITS.c.code.is_not(None)))
    return found[0] if found else None


def owing(rows: Rows, year: int) -> list[dict[str, Any]]:
    """The units that owe a report for a year: active on any day of it, and not past their final report."""
    first, last = date(year, 1, 1).isoformat(), date(year, 12, 31).isoformat()
    active = and_(t.UNITS.c.active_from <= last, or_(t.UNITS.c.ended_on.is_(None), t.UNITS.c.ended_on >= first))
    found = rows(select(t.UNITS).where(active, t.UNITS.c.code.is_not(None)).order_by(t.UNITS.c.code))
    return [unit for unit in found if not _ended_as_final(rows, UUID(unit["unit_id"]), year)]


def _ended_as_final(rows: Rows, unit_id: UUID, year: int) -> bool:
    """Whether the final report was owed for a year before, and nothing was said of a phase since."""
    query = select(t.PHASES).where(t.PHASES.c.unit_id == str(unit_id), t.PHASES.c.year <= year)
    latest = rows(query.order_by(t.PHASES.c.year.desc()).limit(1))
    return bool(latest) and latest[0]["phase"] == "final" and latest[0]["year"] < year


def phase(rows: Rows, unit_id: UUID, year: int) -> str | None:
    """The phase set for a report year, else the one set for the nearest year before."""
    query = (
        select(t.PHASES.c.phase)
        .where(t.PHASES.c.unit_id == str(unit_id), t.PHASES.c.year <= year)
        .order_by(t.PHASES.c.year.desc())
        .limit(1)
    )
    found = rows(query)
    return found[0]["phase"] if found else None


def description(rows: Rows, unit_id: UUID, on: date) -> dict[str, Any] | None:
    """The approved description in force on a date."""
    query = (
        select(t.DESCRIPTIONS)
        .where(t.DESCRIPTIONS.c.unit_id == str(unit_id), t.DESCRIPTIONS.c.valid_from <= on.isoformat())
        .order_by(t.DESCRIPTIONS.c.version.desc())
        .limit(1)
    )
    found = rows(query)
    return found[0] if found else None


def descriptions_due(rows: Rows, today: date) -> list[dict[str, Any]]:
    """Descriptions in force by now that reports being written do not have yet, oldest version first."""
    newer = t.DESCRIPTIONS.c.version > func.coalesce(t.REPORTS.c.description_version, 0)
    query = (
        select(t.REPORTS.c.report_id, t.DESCRIPTIONS)
        .join(t.DESCRIPTIONS, t.DESCRIPTIONS.c.unit_id == t.REPORTS.c.unit_id)
        .where(newer, t.DESCRIPTIONS.c.valid_from <= today.isoformat())
        .where(t.REPORTS.c.status.in_(sorted(WRITABLE)))
    )
    return rows(query.order_by(t.REPORTS.c.report_id, t.DESCRIPTIONS.c.version))


def latest_templates(rows: Rows) -> list[dict[str, Any]]:
    """The newest version of each template."""
    newest: dict[str, dict[str, Any]] = {}
    for row in rows(select(t.TEMPLATES).order_by(t.TEMPLATES.c.key, t.TEMPLATES.c.version)):
        newest[row["key"]] = row
    return list(newest.values())


def cards(rows: Rows, person_ids: list[UUID]) -> dict[UUID, dict[str, Any]]:
    """The contact cards of some persons, where there is one; none of the erased, however late a card goes."""
    erased = select(t.PERSONS.c.person_id).where(t.PERSONS.c.erased == 1)
    asked = t.CARDS.c.person_id.in_([str(person) for person in person_ids])
    query = select(t.CARDS).where(asked, t.CARDS.c.person_id.not_in(erased))
    return {UUID(row["person_id"]): row for row in rows(query)}


def cycles_due(rows: Rows, now: str) -> list[dict[str, Any]]:
    """Cycles whose opening has come and not been done; ``now`` as in the tables."""
    query = select(t.CYCLES).where(t.CYCLES.c.opens_at <= now, t.CYCLES.c.opened_at.is_(None))
    return rows(query.order_by(t.CYCLES.c.year))


def written_reports(rows: Rows, unit_id: UUID) -> list[str]:
    """The ids of a unit's reports that are being written."""
    query = select(t.REPORTS.c.report_id).where(
        t.REPORTS.c.unit_id == str(unit_id), t.REPORTS.c.status.in_(sorted(WRITABLE))
    )
    return [row["report_id"] for row in rows(query.order_by(t.REPORTS.c.year))]


def reports(
    rows: Rows, filters: Mapping[str, Any], visible: ColumnElement[bool], after: str | None, limit: int
) -> list[dict[str, Any]]:
    """A page of the reports that ``visible`` lets through, by year and unit code, after a cursor."""
    query = select(t.REPORTS).where(visible)
    for column, value in filters.items():
        if value is None:
            continue
        if column == "region":
            query = query.where(t.REPORTS.c.regions.contains(f",{value},", autoescape=True))
        else:
            query = query.where(t.REPORTS.c[column] == value)
    if after:
        query = query.where(_key() > after)
    return rows(query.add_columns(_key().label("cursor")).order_by(_key()).limit(limit))


def _key() -> ColumnElement[str]:
    """What the list is sorted by, and its cursor: year, unit code, id."""
    year = cast(t.REPORTS.c.year, Text)
    return year + "|" + t.REPORTS.c.unit_code + "|" + t.REPORTS.c.report_id


def visible_to(held: Iterable[Assignment], on: date) -> ColumnElement[bool]:
    """The reports the holder of these roles may read: as in the operations, drafts only those concerned."""
    conditions = [_covers(assignment) for assignment in held if assignment.holds(on)]
    return or_(false(), *conditions)


_EVERYTHING = frozenset({Role.JOINT_DESK, Role.AUDITOR})
_ALL_SUBMITTED = frozenset({Role.SERVICE_DESK, Role.REVIEWER, Role.DIRECTORS_SECRETARY})


def _covers(held: Assignment) -> ColumnElement[bool]:
    table = t.REPORTS.c
    if held.role in _EVERYTHING:
        return true()
    covered: list[ColumnElement[bool]] = [false()]
    if held.role in _ALL_SUBMITTED:
        covered.append(table.submissions > 0)
    if held.unit_id:
        covered.append(table.unit_id == str(held.unit_id))
    if held.region and held.role in (Role.SERVICE_DESK, Role.REVIEWER):
        covered.append(table.regions.contains(f",{held.region},", autoescape=True))
    if held.trust and held.role is Role.TRUST_OFFICE:
        covered.append(table.trusts.contains(f",{held.trust},", autoescape=True))
    return or_(*covered)


def keys_to_destroy(rows: Rows) -> list[tuple[str, int | None]]:
    """Keys that redactions and erasures decided to destroy: a subject and its last generation, None for all."""
    redacted = [(row["subject"], row["generation"]) for row in rows(select(t.SHREDDED))]
    erased = rows(select(t.PERSONS.c.person_id).where(t.PERSONS.c.erased == 1))
    return [*redacted, *((f"person:{row['person_id']}", None) for row in erased)]


def cycle(rows: Rows, year: int) -> dict[str, Any] | None:
    """A year's cycle."""
    found = rows(select(t.CYCLES).where(t.CYCLES.c.year == year))
    return found[0] if found else None


def cycles(rows: Rows) -> list[dict[str, Any]]:
    """All cycles, newest first."""
    return rows(select(t.CYCLES).order_by(t.CYCLES.c.year.desc()))


def submission(rows: Rows, submission_id: UUID) -> dict[str, Any] | None:
    """Where a submission is: its report and number."""
    found = rows(select(t.SUBMISSIONS).where(t.SUBMISSIONS.c.submission_id == str(submission_id)))
    return found[0] if found else None
