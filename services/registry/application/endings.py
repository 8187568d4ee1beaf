"""A role ends, with what follows from it in the unit's group: by a word of its own, or with the person's erasure."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from services.registry.application.rights import roles_of
from services.registry.group import Group
from services.registry.role import GROUP_ROLES, RoleAssignment
from shared.desk import UnitOfWork
from shared.domain import Acting, Sealed


def end_role(
    work: UnitOfWork, assignment: RoleAssignment, until: date, reason: Sealed | None, *, by: Acting, at: datetime
) -> None:
    """A seat or the lead of a group falls vacant with it."""
    assignment.end(until, reason, by=by, at=at)
    grant = assignment.state.grant
    if grant.role in GROUP_ROLES and grant.unit_id:
        work.get(Group, Group.id_of(grant.unit_id)).vacate(assignment.id, until, by=by, at=at)


def end_all(work: UnitOfWork, person_id: UUID, until: date, *, by: Acting, at: datetime) -> None:
    """Nobody acts for who is erased: what was held stays known, and what is held stands in no successor's way."""
    for held in roles_of(work, person_id):
        if held.until is None or held.until > until:
            end_role(work, work.get(RoleAssignment, held.id), until, None, by=by, at=at)
