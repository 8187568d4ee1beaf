"""Who may do what: rights are decided per object, by the role assignments that hold at the moment.

A table in each service says which roles may do an operation and how the assignment must relate to the object.
The acting role is the assignment that grants the right; where several do, the caller says which.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from shared.domain import Acting, Refused


class Role(StrEnum):
    """The roles of domain's people; a person is not a role, and may hold many."""

    PROFESSIONAL_LEAD = "professional_lead"
    SITE_LEAD = "site_lead"
    COORDINATOR = "coordinator"
    ADMINISTRATIVE_LEADER = "administrative_leader"
    GROUP_LEADER = "group_leader"
    GROUP_MEMBER = "group_member"
    USER_REPRESENTATIVE = "user_representative"
    UNIT_REPRESENTATIVE = "unit_representative"
    NETWORK_MEMBER = "network_member"
    TRUST_OFFICE = "trust_office"
    SERVICE_DESK = "service_desk"
    JOINT_DESK = "joint_desk"
    APPOINTING_AUTHORITY = "appointing_authority"
    REVIEWER = "reviewer"
    DIRECTORS_SECRETARY = "directors_secretary"
    MINISTRY = "ministry"
    AUDITOR = "auditor"
    REGIONAL_SYSTEM = "regional_system"


class Scope(StrEnum):
    """How an assignment must relate to the object it is used on."""

    UNIT = "unit"
    REGION = "region"
    TRUST = "trust"
    ANYWHERE = "anywhere"


@dataclass(frozen=True)
class Right:
    """Holders of ``role`` may, where their assignment relates to the object by ``scope``."""

    role: Role
    scope: Scope


@dataclass(frozen=True)
class Target:
    """What a right is asked for: the unit, regions and trusts an object belongs to."""

    unit_id: UUID | None = None
    regions: Collection[str] = ()
    trusts: Collection[str] = ()


@dataclass(frozen=True)
class Assignment:
    """A role a person holds from a date to a date (both included; open when ``until`` is None)."""

    id: UUID
    person_id: UUID
    role: Role
    since: date
    until: date | None = None
    unit_id: UUID | None = None
    region: str | None = None
    trust: str | None = None
    seat: str | None = None
    stands_in: bool = False
    """Held by standing in for somebody (konstituert), with the full right."""

    def holds(self, on: date) -> bool:
        """Whether the role is held on a date."""
        return self.since <= on and (self.until is None or on <= self.until)

    def relates(self, scope: Scope, target: Target) -> bool:
        """Whether the assignment covers the object in the way ``scope`` asks."""
        match scope:
            case Scope.UNIT:
                return self.unit_id is not None and self.unit_id == target.unit_id
            case Scope.REGION:
                return self.region is not None and self.region in target.regions
            case Scope.TRUST:
                return self.trust is not None and self.trust in target.trusts
            case Scope.ANYWHERE:
                return True

    def acting(self) -> Acting:
        """The holder, acting in this role."""
        where = self.unit_id or self.region or self.trust
        return Acting(
            subject=str(self.person_id),
            role=self.role,
            assignment_id=self.id,
            on_behalf_of=str(where) if where else None,
        )


class NotAllowed(Refused):
    """No role the caller holds today grants this right on this object."""

    code = "not_allowed"
    place = "header:authorization"


class NotRegistered(Refused):
    """The caller is not known as a person here, or the login is not linked to one."""

    code = "not_registered"
    place = "header:authorization"


class ActingAsNeeded(Refused):
    """Several of the caller's roles grant the right: the caller must name one."""

    code = "acting_as_needed"
    place = "header:acting-as"


def granting(
    assignments: Iterable[Assignment], rights: Iterable[Right], target: Target, on: date
) -> list[Assignment]:
    """The assignments that grant one of ``rights`` on ``target`` on a date."""
    rights = tuple(rights)
    return [
        held
        for held in assignments
        if held.holds(on) and any(held.role == r.role and held.relates(r.scope, target) for r in rights)
    ]


def acting(
    assignments: Iterable[Assignment],
    rights: Iterable[Right],
    target: Target,
    on: date,
    named: UUID | None = None,
) -> Acting:
    """In which role the holder of ``assignments`` does this.

    ``named`` is the assignment the caller chose (``Acting-As``).  Raises :class:`NotAllowed` when none grants the
    right or the named one does not, :class:`ActingAsNeeded` when several do and none is named.
    """
    candidates = granting(assignments, rights, target, on)
    if named is not None:
        candidates = [held for held in candidates if held.id == named]
    if not candidates:
        raise NotAllowed("none of your roles allows this here")
    if len(candidates) > 1:
        raise ActingAsNeeded(
            "several of your roles allow this: name one of them in Acting-As",
            choices=[{"assignment_id": str(held.id), "role": held.role} for held in candidates],
        )
    return candidates[0].acting()


def system(name: str) -> Acting:
    """The system itself acting: a timer, a follower, a reaction to what was heard."""
    return Acting(subject=f"service:{name}", role="system")
