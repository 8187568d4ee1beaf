"""Whose person somebody is: the desks of the regions where they work look after who they are and how they log in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from services.registry import grants
from services.registry.application.rights import ANY_DESK, roles_of
from services.registry.person import Person
from services.registry.views import lookups
from services.registry.views.queries import Reads
from shared.access import Assignment, Right, Target


def stewards_of(reads: Reads, person: Person, on: date) -> tuple[tuple[Right, ...], Target]:
    """Who may change how a person is reached and logs in.

    The desks of the regions of the person's roles and employer; any desk for somebody without; for staff, who could
    otherwise be impersonated by a desk of less right, the joint desk alone.
    """
    held = [role for role in roles_of(reads, person.id) if role.until is None or role.until >= on]
    if any(grants.GRANTS[role.role] == (grants.JOINT_DESK,) for role in held):
        return (grants.JOINT_DESK,), Target()
    regions = tuple(sorted(set(_regions(reads, person, held))))
    return (grants.DESKS, Target(regions=regions)) if regions else (ANY_DESK, Target())


def _regions(reads: Reads, person: Person, held: list[Assignment]) -> Iterator[str]:
    by_trust = lookups.trust_regions(reads)
    trusts = (person.state.card.trust, *(role.trust for role in held))
    yield from (by_trust[trust] for trust in trusts if trust in by_trust)
    yield from (role.region for role in held if role.region)
    for unit_id in {role.unit_id for role in held if role.unit_id}:
        yield from lookups.regions_of_unit(reads, unit_id)
