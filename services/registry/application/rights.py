"""Who is asking, which roles they hold today, and what these let them do with one thing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from services.registry import grants
from services.registry.person import Status
from services.registry.unit import Unit
from services.registry.views import lookups
from services.registry.views.queries import Reads
from shared import access
from shared.access import Assignment, NotAllowed, NotRegistered, Right, Role, Scope, Target
from shared.asked import Asked
from shared.domain import Acting, Aggregate, Refused
from shared.tokens import Caller

T = TypeVar("T", bound=Aggregate[Any])
ANY_DESK = (Right(Role.SERVICE_DESK, Scope.ANYWHERE), grants.JOINT_DESK)
"""A service desk of any region."""
UNIT_WRITERS = (
    grants.LEAD,
    Right(Role.SITE_LEAD, Scope.UNIT),
    Right(Role.COORDINATOR, Scope.UNIT),
)
"""Those who act for a unit."""


@dataclass(frozen=True)
class Operation:
    """Something that can be done to a thing: who may, and whether its state lets anybody, at all or on a day."""

    rights: tuple[Right, ...]
    rule: Callable[[Any], object] = lambda thing: None
    on_day: Callable[[Any, date], object] = lambda thing, day: None


def person_of(reads: Reads, caller: Caller) -> UUID:
    """The person who asks; :class:`NotRegistered` when the registry knows none behind the token."""
    person_id = caller.person_id or _linked(reads, caller)
    if person_id is None:
        raise NotRegistered("this login is not linked to a person in the registry")
    if lookups.person_status(reads, person_id) in (None, Status.ERASED):
        raise NotRegistered("the registry does not know this person")
    return person_id


def roles_of(reads: Reads, person_id: UUID) -> list[Assignment]:
    """All roles the person ever held, or will."""
    return [assignment_of(row) for row in lookups.roles_of(reads, person_id)]


def assignment_of(row: Mapping[str, Any]) -> Assignment:
    """A row as the assignment it stands for."""
    return Assignment(
        id=UUID(row["id"]),
        person_id=UUID(row["person_id"]),
        role=Role(row["role"]),
        since=date.fromisoformat(row["since"]),
        until=date.fromisoformat(row["until"]) if row["until"] else None,
        unit_id=UUID(row["unit_id"]) if row["unit_id"] else None,
        region=row["region"],
        trust=row["trust"],
        seat=row["seat"],
    )


def acting(reads: Reads, asked: Asked, rights: Iterable[Right], target: Target) -> Acting:
    """In which role the caller does this; refused when in none."""
    if asked.caller.kind not in ("person", "login"):
        raise NotAllowed(f"{asked.caller.kind} callers change nothing here")
    held = roles_of(reads, person_of(reads, asked.caller))
    return access.acting(held, rights, target, asked.on, asked.acting_as)


def allowed(
    operations: Mapping[str, Operation], thing: T, held: Collection[Assignment], target: Target, on: date
) -> list[str]:
    """The operations the holder of roles could do to a thing now, by the same rights and rules as doing them."""
    return [
        name
        for name, operation in operations.items()
        if access.granting(held, operation.rights, target, on) and _possible(operation, thing, on)
    ]


def target_of(unit: Unit) -> Target:
    """What a unit is to those who have rights on it."""
    return Target(unit_id=unit.id, regions=tuple(unit.state.regions), trusts=tuple(unit.state.trusts))


def _possible(operation: Operation, thing: Aggregate[Any], on: date) -> bool:
    try:
        operation.rule(thing)
        operation.on_day(thing, on)
    except Refused:
        return False
    return True


def _linked(reads: Reads, caller: Caller) -> UUID | None:
    if caller.kind != "login":
        return None
    return lookups.person_by_login(reads, caller.subject.removeprefix("login:"))
