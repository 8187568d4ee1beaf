"""The questions reporting asks its tables, each one query."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, and_, cast, false, func, or_, select, true, tuple_

from services.reporting.readers import HANDED_IN, WRITTEN
from services.reporting.report.state import WRITABLE
from services.reporting.views import tables as t
from shared.access import Assignment, Right, Scope
from shared.read_rows import Rows, filtered, has_name, page
from shared.registry_facts import ASSIGNMENTS, PERSONS, erased_keys


def seats(rows: Rows, unit_id: UUID) -> list[str]:
    """The seats of the unit's reference group."""
    query = select(t.SEATS.c.seat).where(t.SEATS.c.unit_id == str(unit_id)).order_by(t.SEATS.c.seat)
    return [row["seat"] for row in rows(query)]


def description(rows: Rows, unit_id: UUID, on: date) -> dict[str, Any] | None:
    """The approved description in force on a date: the one that came into force last, whenever it was recorded."""
    query = (
        select(t.DESCRIPTIONS)
        .where(t.DESCRIPTIONS.c.unit_id == str(unit_id), t.DESCRIPTIONS.c.valid_from <= on.isoformat())
        .order_by(t.DESCRIPTIONS.c.valid_from.desc(), t.DESCRIPTIONS.c.version.desc())
        .limit(1)
    )
    found = rows(query)
    return found[0] if found else None


def descriptions_due(rows: Rows, today: date) -> list[dict[str, Any]]:
    """The description in force by now of each report being written that has another one, or none."""
    said, later, by_now = t.DESCRIPTIONS, t.DESCRIPTIONS.alias(), today.isoformat()
    came_later = tuple_(later.c.valid_from, later.c.version) > tuple_(said.c.valid_from, said.c.version)
    overtaken = select(later.c.version).where(
        later.c.unit_id == said.c.unit_id, later.c.valid_from <= by_now, came_later
    )
    query = (
        select(t.REPORTS.c.report_id, t.REPORTS.c.description_version, said)
        .join(said, said.c.unit_id == t.REPORTS.c.unit_id)
        .where(said.c.valid_from <= by_now, ~overtaken.exists())
        .where(said.c.version != func.coalesce(t.REPORTS.c.description_version, 0))
        .where(t.REPORTS.c.status.in_(sorted(WRITABLE)))
    )
    return rows(query.order_by(t.REPORTS.c.report_id))


def latest_templates(rows: Rows) -> list[dict[str, Any]]:
    """The newest version of each template."""
    newest: dict[str, dict[str, Any]] = {}
    for row in rows(select(t.TEMPLATES).order_by(t.TEMPLATES.c.key, t.TEMPLATES.c.version)):
        newest[row["key"]] = row
    return list(newest.values())


def cards(rows: Rows, person_ids: list[UUID]) -> dict[UUID, dict[str, Any]]:
    """The contact cards of some persons, where there is one; none of the erased, however late a card goes."""
    erased = select(PERSONS.c.person_id).where(PERSONS.c.erased == 1)
    asked = t.CARDS.c.person_id.in_([str(person) for person in person_ids])
    query = select(t.CARDS).where(asked, t.CARDS.c.person_id.not_in(erased))
    return {UUID(row["person_id"]): row for row in rows(query)}


def persons_of(rows: Rows, unit_id: UUID) -> set[UUID]:
    """Everybody who has or had a role on a unit."""
    query = select(ASSIGNMENTS.c.person_id).where(ASSIGNMENTS.c.unit_id == str(unit_id))
    return {UUID(row["person_id"]) for row in rows(query)}


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


def reports_in_hand(rows: Rows, units: Iterable[UUID]) -> list[str]:
    """The ids of some units' reports that are being written, or were handed in without an answer of the group."""
    written = or_(t.REPORTS.c.status.in_(sorted(WRITABLE)), t.REPORTS.c.open_group_answers > 0)
    query = select(t.REPORTS.c.report_id).where(t.REPORTS.c.unit_id.in_([str(unit) for unit in units]), written)
    return [row["report_id"] for row in rows(query.order_by(t.REPORTS.c.year, t.REPORTS.c.unit_code))]


def reports(
    rows: Rows, filters: Mapping[str, Any], visible: ColumnElement[bool], after: str | None, limit: int
) -> list[dict[str, Any]]:
    """A page of the reports that ``visible`` lets through, by year and unit code, after a cursor."""
    query = select(t.REPORTS).where(visible, *filtered(t.REPORTS, filters))
    # The list is sorted by, and its cursor is made of: year, unit code, id.
    key = cast(t.REPORTS.c.year, Text) + "|" + t.REPORTS.c.unit_code + "|" + t.REPORTS.c.report_id
    return page(rows, query, key, after, limit)


def visible_to(held: Iterable[Assignment], on: date) -> ColumnElement[bool]:
    """The reports the holder of these roles may read, by the rights that are asked for each."""
    conditions = [
        or_(_granted(assignment, WRITTEN), and_(t.REPORTS.c.submissions > 0, _granted(assignment, HANDED_IN)))
        for assignment in held
        if assignment.holds(on)
    ]
    return or_(false(), *conditions)


def _granted(held: Assignment, rights: Iterable[Right]) -> ColumnElement[bool]:
    return or_(false(), *(_relates(held, right.scope) for right in rights if right.role == held.role))


def _relates(held: Assignment, scope: Scope) -> ColumnElement[bool]:
    """Where an assignment covers a report: :meth:`Assignment.relates` of many at once."""
    table = t.REPORTS.c
    match scope:
        case Scope.UNIT:
            return table.unit_id == str(held.unit_id) if held.unit_id else false()
        case Scope.REGION:
            return has_name(table.regions, held.region) if held.region else false()
        case Scope.TRUST:
            return has_name(table.trusts, held.trust) if held.trust else false()
        case Scope.ANYWHERE:
            return true()


def keys_to_destroy(rows: Rows) -> list[tuple[str, int | None]]:
    """Keys that redactions and erasures decided to destroy: a subject and its last generation, None for all."""
    redacted = [(row["subject"], row["generation"]) for row in rows(select(t.SHREDDED))]
    return [*redacted, *erased_keys(rows)]


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
