"""Who may grant and end which role: the table, and nothing else."""

from __future__ import annotations

from services.registry.role import GROUP_ROLES, Grant
from shared.access import Right, Role, Scope

JOINT_DESK = Right(Role.JOINT_DESK, Scope.ANYWHERE)
SERVICE_DESK = Right(Role.SERVICE_DESK, Scope.REGION)
TRUST_OFFICE = Right(Role.TRUST_OFFICE, Scope.TRUST)
LEAD = Right(Role.PROFESSIONAL_LEAD, Scope.UNIT)
DESKS = (SERVICE_DESK, JOINT_DESK)

GRANTS: dict[Role, tuple[Right, ...]] = {
    # On a unit: the desk of the unit's region.
    Role.PROFESSIONAL_LEAD: DESKS,
    Role.SITE_LEAD: DESKS,
    Role.COORDINATOR: (*DESKS, LEAD),
    Role.ADMINISTRATIVE_LEADER: (*DESKS, LEAD),
    # In a group: the leader is designated by the responsible trust; a seat is filled by appointment only.
    Role.GROUP_LEADER: (TRUST_OFFICE,),
    Role.GROUP_MEMBER: (),
    Role.USER_REPRESENTATIVE: (),
    Role.UNIT_REPRESENTATIVE: (),
    Role.NETWORK_MEMBER: (),
    # Contact points and staff.
    Role.TRUST_OFFICE: DESKS,
    Role.SERVICE_DESK: (JOINT_DESK,),
    Role.JOINT_DESK: (JOINT_DESK,),
    Role.APPOINTING_AUTHORITY: (JOINT_DESK,),
    Role.REVIEWER: (JOINT_DESK,),
    Role.DIRECTORS_SECRETARY: (JOINT_DESK,),
    Role.MINISTRY: (JOINT_DESK,),
    Role.AUDITOR: (JOINT_DESK,),
    Role.REGIONAL_SYSTEM: (JOINT_DESK,),
}
"""Who may grant a role, each where the assignment is bound to."""
ACTING_LEAD = (*DESKS, TRUST_OFFICE)
"""Who may register an acting professional lead."""
IMPORTED = DESKS
"""Who may record that somebody holds a seat, or leads a group, already."""


def grantors(grant: Grant) -> tuple[Right, ...]:
    """Who may give this."""
    if grant.role in GROUP_ROLES and grant.imported:
        return IMPORTED
    if grant.acting:
        return ACTING_LEAD
    return GRANTS[grant.role]


def enders(grant: Grant) -> tuple[Right, ...]:
    """Who may end it, beside the holder of a seat who resigns."""
    if grant.role in GROUP_ROLES:
        return (*IMPORTED, TRUST_OFFICE)
    return grantors(grant)
