"""Single things the rules and the routes look up."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from services.registry.person import Status
from services.registry.views.queries import Reads, Row
from services.registry.views.tables import LINKS, LOGINS, PERSONS, ROLES, TRUSTS, UNITS, unlisted
from shared.access import Role


def is_anybody_known(reads: Reads) -> bool:
    """Whether there is a person at all."""
    return bool(reads.rows(select(PERSONS.c.id).limit(1)))


def person_status(reads: Reads, person_id: UUID) -> str | None:
    """The person's status; None for somebody nobody knows."""
    found = reads.rows(select(PERSONS.c.status).where(PERSONS.c.id == str(person_id)))
    return str(found[0]["status"]) if found else None


def person_by_login(reads: Reads, login_hash: str) -> UUID | None:
    """Whose login it is."""
    found = reads.rows(select(LOGINS.c.person_id).where(LOGINS.c.login_hash == login_hash))
    return UUID(found[0]["person_id"]) if found and found[0]["person_id"] else None


def person_by_invitation(reads: Reads, code_hash: str) -> UUID | None:
    """Who was invited with the code of that hash."""
    found = reads.rows(select(PERSONS.c.id).where(PERSONS.c.invitation == code_hash))
    return UUID(found[0]["id"]) if found else None


def logins_of(reads: Reads, person_id: UUID) -> list[str]:
    """The logins that are the person's now."""
    query = select(LOGINS.c.login_hash).where(LOGINS.c.person_id == str(person_id))
    return [row["login_hash"] for row in reads.rows(query)]


def logins_ever_of(reads: Reads, person_id: UUID) -> list[str]:
    """The logins that are, or once were, the person's."""
    query = select(LINKS.c.login_hash).where(LINKS.c.person_id == str(person_id))
    return [row["login_hash"] for row in reads.rows(query)]


def persons_erased(reads: Reads) -> list[UUID]:
    """Whose data must be gone."""
    return [UUID(row["id"]) for row in reads.rows(select(PERSONS.c.id).where(PERSONS.c.status == Status.ERASED))]


def persons_living(reads: Reads) -> list[UUID]:
    """Whose cards the others may have."""
    return [UUID(row["id"]) for row in reads.rows(select(PERSONS.c.id).where(PERSONS.c.status != Status.ERASED))]


def roles_of(reads: Reads, person_id: UUID) -> list[Row]:
    """All roles the person ever held, or will."""
    return reads.rows(select(ROLES).where(ROLES.c.person_id == str(person_id)))


def leads_of(reads: Reads, unit_id: UUID) -> list[Row]:
    """Everybody who ever was, or will be, the unit's professional lead."""
    query = select(ROLES).where(ROLES.c.unit_id == str(unit_id), ROLES.c.role == Role.PROFESSIONAL_LEAD)
    return reads.rows(query)


def unit_names(reads: Reads) -> dict[str, str]:
    """The name of each unit by its code."""
    return {row["code"]: row["name_nb"] for row in reads.rows(select(UNITS.c.code, UNITS.c.name_nb))}


def regions_of_unit(reads: Reads, unit_id: UUID) -> list[str]:
    """The regions where a unit is placed."""
    found = reads.rows(select(UNITS.c.regions).where(UNITS.c.id == str(unit_id)))
    return unlisted(found[0]["regions"]) if found else []


def trust_regions(reads: Reads) -> dict[str, str]:
    """The region of each trust by its code."""
    return {row["code"]: row["region"] for row in reads.rows(select(TRUSTS.c.code, TRUSTS.c.region))}
