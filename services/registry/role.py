"""A role a person holds from a date to a date: where it counts, and what must be true of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

import msgspec

from services.registry.placement import Region
from shared.access import Role
from shared.domain import Acting, Aggregate, Event, Refused, Sealed, State


class Where(StrEnum):
    """What an assignment of a role is bound to."""

    UNIT = "unit"
    REGION = "region"
    TRUST = "trust"
    NOTHING = "nothing"


_REGIONAL = (Role.SERVICE_DESK, Role.APPOINTING_AUTHORITY, Role.REVIEWER, Role.REGIONAL_SYSTEM)
_FREE = (Role.JOINT_DESK, Role.DIRECTORS_SECRETARY, Role.MINISTRY, Role.AUDITOR)
WHERE: dict[Role, Where] = {
    **dict.fromkeys(Role, Where.UNIT),
    **dict.fromkeys(_REGIONAL, Where.REGION),
    **dict.fromkeys(_FREE, Where.NOTHING),
    Role.TRUST_OFFICE: Where.TRUST,
}
"""What each role is bound to."""
GROUP_ROLES = frozenset(
    {
        Role.GROUP_LEADER,
        Role.GROUP_MEMBER,
        Role.USER_REPRESENTATIVE,
        Role.UNIT_REPRESENTATIVE,
        Role.NETWORK_MEMBER,
    }
)
"""Roles that come with a seat, or with leading the group, and not by a grant of their own."""


class Grant(msgspec.Struct, frozen=True, kw_only=True):
    """Who is to hold which role, where and when.  ``imported``: it is so already, and is recorded as found."""

    person_id: UUID
    role: Role
    since: date
    until: date | None = None
    unit_id: UUID | None = None
    region: str | None = None
    trust: str | None = None
    seat: str | None = None
    acting: bool = False
    reason: Sealed | None = None
    imported: bool = False


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """An assignment that exists, as far as a new one may collide with it."""

    assignment_id: UUID
    since: date
    until: date | None

    def overlaps(self, since: date, until: date | None) -> bool:
        """A role that ended before it began was never held and stands in nobody's way."""
        return max(self.since, since) <= min(self.until or date.max, until or date.max)


class RoleState(State, kw_only=True):
    """The role as granted, and its last day as it is known now."""

    grant: Grant
    until: date | None
    warnings: tuple[str, ...] = ()
    ended: bool = False


class ScopeMismatch(Refused):
    """The role is bound to something else than was named."""

    code = "scope_mismatch"


class EndsBeforeItBegins(Refused):
    """The last day of a role is not before its first."""

    code = "ends_before_it_begins"


class ActingIncomplete(Refused):
    """Acting as professional lead needs a last day and a reason."""

    code = "acting_incomplete"


class OnlyALeadActs(Refused):
    """Only a professional lead can be an acting one."""

    code = "only_a_lead_acts"


class SiteLeadElsewhere(Refused):
    """Only a unit placed at two trusts has a lead at the second one."""

    code = "site_lead_elsewhere"


class OnlyByAppointment(Refused):
    """A seat is filled by an appointment, or recorded as held already."""

    code = "only_by_appointment"


class LeadAlreadyHeld(Refused):
    """Exactly one person is professional lead of a unit at any moment."""

    code = "lead_already_held"


class SameRegionAsUnit(Refused):
    """The group leader comes from a region other than the unit's."""

    code = "same_region_as_unit"


class LeaderRegionUnknown(Refused):
    """The leader's region is neither named nor known by an employer."""

    code = "leader_region_unknown"


class LeaderRegionDiffers(Refused):
    """The region named is not that of the leader's employer."""

    code = "leader_region_differs"
    place = "region"


class RoleHasEnded(Refused):
    """The role has ended."""

    code = "role_has_ended"


class RoleAssignment(Aggregate[RoleState]):
    """One role of one person."""

    TOPIC = "registry.RoleAssignment"
    STATE = RoleState

    # What can happen.

    class Granted(Event, kw_only=True, frozen=True):
        """The person holds the role from a date."""

        TOPIC: ClassVar[str] = "registry.RoleAssignment.Granted"
        grant: Grant
        warnings: tuple[str, ...] = ()

        def begin(self) -> RoleState:
            return RoleState(grant=self.grant, until=self.grant.until, warnings=self.warnings)

    class Ended(Event, kw_only=True, frozen=True):
        """The last day of the role is known; it may lie in the past or in the future."""

        TOPIC: ClassVar[str] = "registry.RoleAssignment.Ended"
        until: date
        reason: Sealed | None

        def apply(self, state: RoleState) -> None:
            state.until, state.ended = self.until, True

    # What may be asked.

    @classmethod
    def grant(
        cls, id: UUID, grant: Grant, *, warnings: Sequence[str] = (), by: Acting, at: datetime
    ) -> RoleAssignment:
        must_be_bound(grant)
        _must_run_forward(grant.since, grant.until)
        _must_tell_why_acting(grant)
        return cls.begin(id, cls.Granted(grant=grant, warnings=tuple(warnings), by=by, at=at))

    def end(self, until: date, reason: Sealed | None, *, by: Acting, at: datetime) -> None:
        """``until`` before the first day means that the role was never held; a known end can only come nearer."""
        self._must_come_nearer(until)
        self.trigger(self.Ended(until=until, reason=reason, by=by, at=at))

    # The rules.

    def _must_come_nearer(self, until: date) -> None:
        known = self.state.until
        if known is not None and (until > known or (self.state.ended and until == known)):
            raise RoleHasEnded(f"the role ends on {known} already")


def must_be_the_only_lead(grant: Grant, leads: Collection[Held]) -> None:
    """Whether nobody else is professional lead of the unit on any of the days asked for."""
    others = [held for held in leads if held.overlaps(grant.since, grant.until)]
    if others:
        raise LeadAlreadyHeld(
            "the unit has a professional lead on some of these days",
            held=[msgspec.to_builtins(held) for held in others],
        )


def must_have_two_sites(sites: int) -> None:
    """Whether a unit placed at so many trusts has a site lead."""
    if sites < 2:
        raise SiteLeadElsewhere("only a unit at two trusts has a site lead")


def leader_region(named: str | None, employer: str | None, *, imported: bool) -> str | None:
    """The region a leader comes from: where the employer is known it decides, and is not talked away."""
    if imported:
        return named or employer
    if named and employer and named != employer:
        raise LeaderRegionDiffers(f"the leader is employed in {employer}", employer=employer)
    return employer or named


def leader_warnings(leader_region: str | None, unit_regions: Collection[str], *, imported: bool) -> tuple[str, ...]:
    """Whether somebody of a region may lead the group; what exists already is recorded with a warning."""
    if leader_region is None and not imported:
        raise LeaderRegionUnknown("name the leader's region")
    if leader_region is not None and leader_region not in unit_regions:
        return ()
    if not imported:
        raise SameRegionAsUnit("the group leader comes from a region other than the unit's")
    return ("composition",)


def must_be_bound(grant: Grant) -> None:
    """Whether the grant names what its role is bound to, and nothing else."""
    where = WHERE[grant.role]
    bound = {Where.UNIT: grant.unit_id, Where.TRUST: grant.trust, Where.REGION: grant.region, Where.NOTHING: ""}
    if bound[where] is None:
        raise ScopeMismatch(f"a {grant.role} is bound to a {where}", needs=where)
    named = {Where.UNIT: grant.unit_id, Where.TRUST: grant.trust}
    foreign = [kind for kind, value in named.items() if value is not None and kind is not where]
    if grant.region is not None and where not in (Where.UNIT, Where.REGION):
        foreign.append(Where.REGION)
    if foreign:
        raise ScopeMismatch(f"a {grant.role} is not bound to a {foreign[0]}", needs=where)
    if grant.region is not None and grant.region not in set(Region):
        raise ScopeMismatch(f"there is no region {grant.region}", needs=where)


def _must_run_forward(since: date, until: date | None) -> None:
    if until is not None and until < since:
        raise EndsBeforeItBegins(f"{until} is before {since}")


def _must_tell_why_acting(grant: Grant) -> None:
    if not grant.acting:
        return
    if grant.role is not Role.PROFESSIONAL_LEAD:
        raise OnlyALeadActs("only a professional lead can be an acting one")
    if grant.until is None or grant.reason is None or grant.reason.length == 0:
        raise ActingIncomplete("acting needs a last day and a reason")
