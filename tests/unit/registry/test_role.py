"""Which roles there are, what they are bound to, and when they begin and end."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from services.registry.grants import GRANTS, grantors
from services.registry.role import (
    GROUP_ROLES,
    WHERE,
    ActingIncomplete,
    EndsBeforeItBegins,
    Grant,
    Held,
    LeadAlreadyHeld,
    LeaderRegionDiffers,
    LeaderRegionUnknown,
    OnlyALeadActs,
    RoleAssignment,
    RoleHasEnded,
    SameRegionAsUnit,
    ScopeMismatch,
    SiteLeadElsewhere,
    Where,
    leader_region,
    leader_warnings,
    must_be_the_only_lead,
    must_have_two_sites,
)
from shared.access import Role
from tests.facts import DESK, NOON, fact, sealed
from tests.spec import given, when_begun
from tests.unit.registry.facts import BEGAN, TODAY, grant, granted

pytestmark = pytest.mark.unit
ID = UUID(int=3)
REASON = sealed("permisjon", "person:made-up")


def make(wanted: Grant) -> RoleAssignment:
    return RoleAssignment.grant(ID, wanted, by=DESK, at=NOON)


@pytest.mark.parametrize(
    ("role", "where"),
    [
        (Role.COORDINATOR, {}),
        (Role.SERVICE_DESK, {"unit_id": None, "region": "vest"}),
        (Role.TRUST_OFFICE, {"unit_id": None, "trust": "ht-vest"}),
        (Role.AUDITOR, {"unit_id": None}),
    ],
)
def test_a_role_is_bound_to_what_it_is_for(role: Role, where: dict[str, Any]) -> None:
    wanted = grant(role, **where)
    when_begun(lambda: make(wanted)).then(fact(RoleAssignment.Granted, grant=wanted, by=DESK))


@pytest.mark.parametrize(
    ("role", "where"),
    [
        (Role.COORDINATOR, {"unit_id": None}),
        (Role.SERVICE_DESK, {"unit_id": None}),
        (Role.SERVICE_DESK, {"region": "vest"}),
        (Role.TRUST_OFFICE, {"unit_id": None, "region": "vest"}),
        (Role.TRUST_OFFICE, {"unit_id": None, "region": "vest", "trust": "ht-vest"}),
        (Role.AUDITOR, {}),
        (Role.REVIEWER, {"unit_id": None, "region": "somewhere"}),
    ],
)
def test_and_to_nothing_else(role: Role, where: dict[str, Any]) -> None:
    when_begun(lambda: make(grant(role, **where))).then_refused(ScopeMismatch)


def test_every_role_has_its_place_in_the_tables() -> None:
    assert set(GRANTS) == set(WHERE) == set(Role)


def test_a_seat_is_granted_to_nobody_but_recorded_by_the_desk() -> None:
    for role in GROUP_ROLES - {Role.GROUP_LEADER}:
        assert grantors(grant(role)) == ()
        assert grantors(grant(role, imported=True)) != ()


def test_a_role_does_not_end_before_it_begins() -> None:
    when_begun(lambda: make(grant(until=date(2019, 1, 1)))).then_refused(EndsBeforeItBegins)


class TestActing:
    def test_an_acting_lead_has_dates_and_a_reason(self) -> None:
        wanted = grant(acting=True, until=TODAY, reason=REASON)
        when_begun(lambda: make(wanted)).then(fact(RoleAssignment.Granted, grant=wanted, by=DESK))

    @pytest.mark.parametrize("told", [{"until": TODAY}, {"reason": REASON}, {"until": TODAY, "reason": sealed("")}])
    def test_and_not_one_of_them_alone(self, told: dict[str, Any]) -> None:
        when_begun(lambda: make(grant(acting=True, **told))).then_refused(ActingIncomplete)

    def test_nobody_else_acts(self) -> None:
        wanted = grant(Role.COORDINATOR, acting=True, until=TODAY, reason=REASON)
        when_begun(lambda: make(wanted)).then_refused(OnlyALeadActs)


class TestLead:
    def held(self, since: date, until: date | None) -> Held:
        return Held(assignment_id=ID, since=since, until=until)

    @pytest.mark.parametrize(
        ("since", "until"), [(BEGAN, None), (date(2019, 1, 1), BEGAN), (TODAY, TODAY), (date(2030, 1, 1), None)]
    )
    def test_there_is_one_at_any_moment(self, since: date, until: date | None) -> None:
        with pytest.raises(LeadAlreadyHeld) as refused:
            must_be_the_only_lead(grant(), [self.held(since, until)])
        assert refused.value.facts["held"][0]["assignment_id"] == str(ID)

    def test_one_follows_the_other(self) -> None:
        before, after = self.held(date(2018, 1, 1), date(2019, 12, 31)), self.held(date(2026, 2, 1), None)
        must_be_the_only_lead(grant(until=date(2026, 1, 31)), [before, after])

    def test_a_role_that_was_never_held_stands_in_nobodys_way(self) -> None:
        must_be_the_only_lead(grant(), [self.held(TODAY, date(2026, 1, 19))])

    def test_a_second_site_has_its_own(self) -> None:
        must_have_two_sites(2)
        with pytest.raises(SiteLeadElsewhere):
            must_have_two_sites(1)


class TestGroupLeader:
    def test_comes_from_another_region(self) -> None:
        assert leader_warnings("nord", ["vest", "sor_ost"], imported=False) == ()

    def test_a_new_one_from_the_units_region_is_refused(self) -> None:
        with pytest.raises(SameRegionAsUnit):
            leader_warnings("vest", ["vest", "sor_ost"], imported=False)

    def test_one_that_leads_already_is_recorded_with_a_warning(self) -> None:
        assert leader_warnings("vest", ["vest"], imported=True) == ("composition",)
        assert leader_warnings(None, ["vest"], imported=True) == ("composition",)

    def test_the_employer_decides_where_a_new_one_comes_from(self) -> None:
        assert leader_region(None, "vest", imported=False) == "vest"
        assert leader_region("nord", None, imported=False) == "nord"
        with pytest.raises(LeaderRegionDiffers):
            leader_region("nord", "vest", imported=False)

    def test_one_that_led_before_may_have_come_from_elsewhere_then(self) -> None:
        assert leader_region("nord", "vest", imported=True) == "nord"

    def test_the_region_of_a_new_one_is_known(self) -> None:
        with pytest.raises(LeaderRegionUnknown):
            leader_warnings(None, ["vest"], imported=False)


class TestEnd:
    def test_the_last_day_is_recorded(self) -> None:
        given(RoleAssignment, granted()).when(lambda r: r.end(TODAY, REASON, by=DESK, at=NOON)).then(
            fact(RoleAssignment.Ended, until=TODAY, reason=REASON, by=DESK)
        )

    def test_it_ends_once(self) -> None:
        ended = fact(RoleAssignment.Ended, until=TODAY, reason=None)
        given(RoleAssignment, granted(), ended).when(lambda r: r.end(TODAY, None, by=DESK, at=NOON)).then_refused(
            RoleHasEnded
        )

    def test_a_known_end_can_come_nearer(self) -> None:
        ended = fact(RoleAssignment.Ended, until=TODAY, reason=None)
        sooner = date(2026, 1, 1)
        given(RoleAssignment, granted(), ended).when(lambda r: r.end(sooner, None, by=DESK, at=NOON)).then(
            fact(RoleAssignment.Ended, until=sooner, reason=None, by=DESK)
        )

    def test_it_is_not_made_longer_by_ending_it(self) -> None:
        given(RoleAssignment, granted(until=TODAY)).when(
            lambda r: r.end(date(2027, 1, 1), None, by=DESK, at=NOON)
        ).then_refused(RoleHasEnded)


def test_roles_of_a_unit_are_bound_to_units() -> None:
    assert all(WHERE[role] is Where.UNIT for role in GROUP_ROLES)
