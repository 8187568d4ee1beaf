"""The questions a hearer of the registry asks about units, persons and roles, each one query."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, and_, bindparam, or_, select

from shared.access import Assignment, NotRegistered, Role
from shared.read_rows import Rows
from shared.registry_facts.tables import ASSIGNMENTS, PERSONS, PHASES, UNITS
from shared.tokens import Caller

_ROLES = frozenset(Role)
_COLUMNS = ("assignment_id", "person_id", "role", "since", "until", "unit_id", "region", "trust", "seat", "acting")
_PERSON: BindParameter[str] = bindparam("person_id")
_IS_ERASED = select(PERSONS.c.erased).where(PERSONS.c.person_id == _PERSON)
_ROLES_OF = select(ASSIGNMENTS).where(ASSIGNMENTS.c.person_id == _PERSON)
_PERSON_WITH_ROLES = (
    select(PERSONS.c.erased, *ASSIGNMENTS.c)
    .select_from(PERSONS.outerjoin(ASSIGNMENTS, ASSIGNMENTS.c.person_id == PERSONS.c.person_id))
    .where(PERSONS.c.person_id == _PERSON)
)
"""Asked for each thing that anybody does: one query, whose answer the writer may remember."""


def person_of(rows: Rows, caller: Caller) -> UUID:
    """The person who calls; :class:`NotRegistered` unless the registry has told of one."""
    person_id = caller.person_id
    if person_id is None or not is_registered(rows, person_id):
        raise NotRegistered("the login belongs to nobody in the register")
    return person_id


def held_by(rows: Rows, caller: Caller) -> list[Assignment]:
    """The caller's roles; :class:`NotRegistered` unless the registry knows the caller as a person."""
    person_id = caller.person_id
    found = rows(_PERSON_WITH_ROLES, person_id=str(person_id)) if person_id else []
    if not found or found[0]["erased"]:
        raise NotRegistered("the login belongs to nobody in the register")
    return _assignments(found)


def assignments_of(rows: Rows, person_id: UUID) -> list[Assignment]:
    """Every role a person was ever given."""
    return _assignments(rows(_ROLES_OF, person_id=str(person_id)))


def assignments_on(rows: Rows, unit_id: UUID, on: date) -> list[Assignment]:
    """The roles held on a unit on a date."""
    held = ASSIGNMENTS.c
    query = select(ASSIGNMENTS).where(held.unit_id == str(unit_id))
    found = _assignments(rows(query.order_by(held.role, held.seat, held.assignment_id)))
    return [assignment for assignment in found if assignment.holds(on)]


def holders(rows: Rows, role: Role, on: date) -> list[Assignment]:
    """Who holds a role on a date, wherever."""
    held = ASSIGNMENTS.c
    query = select(ASSIGNMENTS).where(held.role == role.value)
    found = _assignments(rows(query.order_by(held.since, held.assignment_id)))
    return [assignment for assignment in found if assignment.holds(on)]


def _assignments(found: list[dict[str, Any]]) -> list[Assignment]:
    """Rows as the assignments they stand for; a role this version does not know grants nothing."""
    return [_assignment(*(row[name] for name in _COLUMNS)) for row in found if row["role"] in _ROLES]


@lru_cache(maxsize=20_000)
def _assignment(
    id: str,
    person_id: str,
    role: str,
    since: str,
    until: str | None,
    unit_id: str | None,
    region: str | None,
    trust: str | None,
    seat: str | None,
    stands_in: int,
) -> Assignment:
    """The same row means the same, and rights are looked at for each thing that anybody does."""
    return Assignment(
        id=UUID(id),
        person_id=UUID(person_id),
        role=Role(role),
        since=date.fromisoformat(since),
        until=date.fromisoformat(until) if until else None,
        unit_id=UUID(unit_id) if unit_id else None,
        region=region,
        trust=trust,
        seat=seat,
        stands_in=bool(stands_in),
    )


def is_registered(rows: Rows, person_id: UUID) -> bool:
    """Whether the registry has told of this person, and not of an erasure since."""
    found = rows(_IS_ERASED, person_id=str(person_id))
    return bool(found) and not found[0]["erased"]


def is_erased(rows: Rows, person_id: UUID) -> bool:
    """Whether the person's data are gone for good; somebody not told of yet is not erased."""
    found = rows(_IS_ERASED, person_id=str(person_id))
    return bool(found) and bool(found[0]["erased"])


def erased_keys(rows: Rows) -> list[tuple[str, int | None]]:
    """The keys that erasures decided to destroy, whole."""
    found = rows(select(PERSONS.c.person_id).where(PERSONS.c.erased == 1))
    return [(f"person:{row['person_id']}", None) for row in found]


def unit(rows: Rows, unit_id: UUID) -> dict[str, Any] | None:
    """A unit the registry has told of."""
    found = rows(select(UNITS).where(UNITS.c.unit_id == str(unit_id), UNITS.c.code.is_not(None)))
    return found[0] if found else None


def owing(rows: Rows, year: int) -> list[dict[str, Any]]:
    """The units that owe a report for a year: active on any day of it, and not past their final report."""
    first, last = date(year, 1, 1).isoformat(), date(year, 12, 31).isoformat()
    active = and_(UNITS.c.active_from <= last, or_(UNITS.c.ended_on.is_(None), UNITS.c.ended_on >= first))
    found = rows(select(UNITS).where(active, UNITS.c.code.is_not(None)).order_by(UNITS.c.code))
    return [unit for unit in found if not _is_past_its_final_report(rows, UUID(unit["unit_id"]), year)]


def phase(rows: Rows, unit_id: UUID, year: int) -> str | None:
    """The phase set for a report year, else the one set for the nearest year before."""
    latest = _latest_phase(rows, unit_id, year)
    return latest["phase"] if latest else None


def _is_past_its_final_report(rows: Rows, unit_id: UUID, year: int) -> bool:
    """Whether the final report was owed for a year before, and nothing was said of a phase since."""
    latest = _latest_phase(rows, unit_id, year)
    return latest is not None and latest["phase"] == "final" and latest["year"] < year


def _latest_phase(rows: Rows, unit_id: UUID, year: int) -> dict[str, Any] | None:
    query = select(PHASES).where(PHASES.c.unit_id == str(unit_id), PHASES.c.year <= year)
    found = rows(query.order_by(PHASES.c.year.desc()).limit(1))
    return found[0] if found else None
