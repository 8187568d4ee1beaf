"""How seats are filled, who leads, and who sat there when."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import msgspec
import pytest

from services.registry.group import (
    AppointmentDecided,
    Conditions,
    ConditionsMissing,
    Group,
    HelpAlreadyAnswered,
    LeaderOverlaps,
    Leading,
    NoLeaderHere,
    NoSuchAppointment,
    NoSuchHelpRequest,
    NoSuchSeat,
    NotYetAppointed,
    SeatExists,
    SeatTaken,
    Sitting,
    TermNotExtended,
    events,
)
from services.registry.mandate import MANDATES, Mandate, Seat, SeatKind, mandate_for
from services.registry.placement import Kind
from services.registry.views.groups import group_shown
from shared.domain import Sealed
from tests.facts import DESK, NOON, UNIT, fact, sealed
from tests.spec import given
from tests.unit.registry.facts import CANDIDATE, NETWORKS, SERVICES, TODAY

pytestmark = pytest.mark.unit
ID, ROLE, OTHER_ROLE = UUID(int=4), UUID(int=5), UUID(int=6)
NAMED: Sealed = sealed("Leder Eksempel", "person:made-up")
BECAUSE = sealed("fordi", "person:made-up")
ASKED = Conditions(asked=True, informed=True, willing=True)
CLEARED = msgspec.structs.replace(ASKED, cleared_by=NAMED, cleared_on=TODAY)
SPRING, SUMMER = date(2026, 3, 1), date(2026, 6, 30)
EXTRA = Seat(id="municipality", kind=SeatKind.EXTRA, name_nb="Kommunene")


def established(version: Mandate | None = SERVICES) -> events.Established:
    assert version is not None
    return fact(
        events.Established,
        unit_id=UNIT,
        mandate=version.id,
        has_leader=version.leader_designated_by is not None,
        seats=version.seats,
    )


def proposed(seat: str = "region_nord", id: UUID = ID, conditions: Conditions = CLEARED) -> events.Proposed:
    return fact(
        events.Proposed,
        unit_id=UNIT,
        appointment_id=id,
        seat=seat,
        person_id=CANDIDATE,
        conditions=conditions,
        desk_region="vest",
        by=DESK,
    )


def sitting(since: date = SPRING, until: date | None = None, role: UUID = ROLE) -> Sitting:
    return Sitting(seat="region_nord", person_id=CANDIDATE, assignment_id=role, since=since, until=until)


def appointed(**term: Any) -> events.Appointed:
    return fact(events.Appointed, unit_id=UNIT, appointment_id=ID, region="nord", sitting=sitting(**term), by=DESK)


def leading(since: date = SPRING, role: UUID = ROLE) -> Leading:
    return Leading(person_id=CANDIDATE, assignment_id=role, region="nord", since=since)


def propose(group: Group, seat: str, conditions: Conditions) -> None:
    group.propose(ID, seat, CANDIDATE, conditions, desk_region="vest", by=DESK, at=NOON)


class TestMandate:
    def test_services_and_centres_have_groups_and_networks_have_members(self) -> None:
        with_group = {kind for kind in Kind if mandate_for(kind)}
        assert with_group == set(Kind) - {Kind.REGIONAL_COMPETENCE_CENTRE, Kind.REGIONAL_COMPETENCE_SERVICE}

    @pytest.mark.parametrize("kind", [Kind.NATIONAL_TREATMENT_SERVICE, Kind.NATIONAL_CENTRE])
    def test_services_and_centres_have_four_regions_a_user_and_the_unit(self, kind: Kind) -> None:
        known = mandate_for(kind)
        assert known is not None
        assert (known.approved_on, known.leader_designated_by) == (date(2023, 12, 11), "trust_office")
        assert [(seat.id, seat.kind, seat.region, seat.appointed_by) for seat in known.seats] == [
            ("region_nord", "regional", "nord", "seat_region"),
            ("region_midt", "regional", "midt", "seat_region"),
            ("region_vest", "regional", "vest", "seat_region"),
            ("region_sor_ost", "regional", "sor_ost", "seat_region"),
            ("user", "user", None, "unit_region"),
            ("unit", "unit", None, "unit_region"),
        ]

    def test_a_network_has_members_of_four_regions_and_no_leader(self) -> None:
        assert NETWORKS is not None
        assert NETWORKS.leader_designated_by is None
        assert [(seat.kind, seat.region) for seat in NETWORKS.seats] == [
            ("network", "nord"),
            ("network", "midt"),
            ("network", "vest"),
            ("network", "sor_ost"),
        ]

    def test_a_group_keeps_the_version_it_was_established_under(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert SERVICES is not None
        newer = msgspec.structs.replace(
            SERVICES, id="services-2030", approved_on=date(2030, 1, 1), seats=(EXTRA,), leader_designated_by=None
        )
        monkeypatch.setattr("services.registry.mandate.MANDATES", (*MANDATES, newer))
        assert mandate_for(Kind.NATIONAL_TREATMENT_SERVICE) == newer
        group = given(Group, established()).thing
        shown = group_shown(group, ["vest"], TODAY, employed_in=None)
        assert (shown["mandate"]["id"], shown["mandate"]["approved_on"]) == (SERVICES.id, date(2023, 12, 11))
        assert [seat["id"] for seat in shown["seats"]] == [seat.id for seat in SERVICES.seats]
        group.must_have_a_leader()

    def test_regional_seats_are_appointed_by_their_region_and_others_by_the_units(self) -> None:
        group = given(Group, established()).thing
        regions = [group.appointing_regions(group.seat(id), ["vest", "sor_ost"]) for id in ("region_nord", "user")]
        assert regions == [["nord"], ["vest", "sor_ost"]]


class TestProposal:
    @pytest.mark.parametrize("seat", ["region_nord", "unit"])
    def test_regional_and_unit_seats_need_the_own_leaders_clearance(self, seat: str) -> None:
        given(Group, established()).when(lambda g: propose(g, seat, CLEARED)).then(proposed(seat))

    def test_a_user_seat_needs_a_nomination(self) -> None:
        nominated = msgspec.structs.replace(ASKED, nominated_by="Eksempelforeningen")
        given(Group, established()).when(lambda g: propose(g, "user", nominated)).then(
            proposed("user", conditions=nominated)
        )

    @pytest.mark.parametrize(
        ("seat", "conditions", "missing"),
        [
            ("region_nord", Conditions(), {"asked", "informed", "willing", "cleared_by", "cleared_on"}),
            ("unit", ASKED, {"cleared_by", "cleared_on"}),
            ("region_vest", msgspec.structs.replace(CLEARED, cleared_by=sealed("")), {"cleared_by"}),
            (
                "region_vest",
                msgspec.structs.replace(ASKED, clearance_not_applicable=BECAUSE),
                {"cleared_by", "cleared_on"},
            ),
            ("user", CLEARED, {"nominated_by"}),
            ("municipality", ASKED, {"cleared_by", "cleared_on"}),
        ],
    )
    def test_all_that_is_missing_is_told_with_its_place(
        self, seat: str, conditions: Conditions, missing: set[str]
    ) -> None:
        added = fact(events.SeatAdded, unit_id=UNIT, seat=EXTRA)
        outcome = given(Group, established(), added).when(lambda g: propose(g, seat, conditions))
        outcome.then_refused(ConditionsMissing)
        assert outcome.refusal is not None
        pointers = {fault["pointer"] for fault in outcome.refusal.facts["errors"]}
        assert pointers == {f"/conditions/{name}" for name in missing}

    def test_for_an_extra_seat_clearance_may_not_apply(self) -> None:
        without = msgspec.structs.replace(ASKED, clearance_not_applicable=BECAUSE)
        added = fact(events.SeatAdded, unit_id=UNIT, seat=EXTRA)
        given(Group, established(), added).when(lambda g: propose(g, "municipality", without)).then(
            proposed("municipality", conditions=without)
        )

    def test_a_seat_must_exist(self) -> None:
        given(Group, established()).when(lambda g: propose(g, "moon", CLEARED)).then_refused(NoSuchSeat)


class TestAppointment:
    def appoint(self, group: Group, **term: Any) -> None:
        group.appoint(ID, sitting(**term), region="nord", by=DESK, at=NOON)

    def test_fills_the_seat(self) -> None:
        given(Group, established(), proposed()).when(self.appoint).then(appointed())

    def test_a_taken_seat_is_not_filled_twice(self) -> None:
        again = proposed(id=OTHER_ROLE)
        given(Group, established(), proposed(), appointed(), again).when(
            lambda g: g.appoint(OTHER_ROLE, sitting(SUMMER, role=OTHER_ROLE), region="nord", by=DESK, at=NOON)
        ).then_refused(SeatTaken)

    def test_a_vacated_one_is_filled_from_the_day_after(self) -> None:
        vacated = fact(events.Vacated, seat="region_nord", assignment_id=ROLE, until=SUMMER)
        group = given(Group, established(), proposed(), appointed(), vacated, proposed(id=OTHER_ROLE)).thing
        new = sitting(date(2026, 7, 1), role=OTHER_ROLE)
        group.appoint(OTHER_ROLE, new, region="nord", by=DESK, at=NOON)
        holders = [group.state.sitting("region_nord", day) for day in (SPRING, SUMMER, date(2026, 7, 1))]
        assert [held and held.assignment_id for held in holders] == [ROLE, ROLE, OTHER_ROLE]

    def test_a_decided_proposal_is_not_decided_again(self) -> None:
        given(Group, established(), proposed(), appointed()).when(
            lambda g: g.decline(ID, BECAUSE, by=DESK, at=NOON)
        ).then_refused(AppointmentDecided)

    def test_it_can_be_declined_with_a_reason(self) -> None:
        given(Group, established(), proposed()).when(lambda g: g.decline(ID, BECAUSE, by=DESK, at=NOON)).then(
            fact(
                events.Declined,
                unit_id=UNIT,
                appointment_id=ID,
                seat="region_nord",
                person_id=CANDIDATE,
                reason=BECAUSE,
                by=DESK,
            )
        )

    def test_it_can_be_returned_and_is_then_not_appointed(self) -> None:
        returned = fact(events.Returned, appointment_id=ID, reason=BECAUSE)
        given(Group, established(), proposed(), returned).when(self.appoint).then_refused(AppointmentDecided)

    def test_all_parties_are_informed_of_it_and_nobody_before(self) -> None:
        told = fact(events.Informed, unit_id=UNIT, appointment_id=ID, parties=("unit", "group"), on=TODAY, by=DESK)
        given(Group, established(), proposed(), appointed()).when(
            lambda g: g.inform(ID, ["unit", "group"], on=TODAY, by=DESK, at=NOON)
        ).then(told)
        given(Group, established(), proposed()).when(
            lambda g: g.inform(ID, ["unit"], on=TODAY, by=DESK, at=NOON)
        ).then_refused(NotYetAppointed)

    def test_it_must_be_known(self) -> None:
        given(Group, established()).when(self.appoint).then_refused(NoSuchAppointment)

    def test_vacant_seats_are_told_and_block_nothing(self) -> None:
        group = given(Group, established(), proposed(), appointed(until=SUMMER)).thing
        assert "region_nord" in group.state.vacant(TODAY)
        assert "region_nord" not in group.state.vacant(SPRING)
        assert "region_nord" in group.state.vacant(date(2026, 7, 1))


class TestLeader:
    def designate(self, group: Group, new: Leading) -> None:
        group.designate_leader(new, imported=False, by=DESK, at=NOON)

    def test_the_former_one_leaves_the_day_before(self) -> None:
        first = fact(events.LeaderDesignated, leading=leading())
        new = leading(SUMMER, OTHER_ROLE)
        given(Group, established(), first).when(lambda g: self.designate(g, new)).then(
            fact(events.LeaderLeft, assignment_id=ROLE, until=date(2026, 6, 29), by=DESK),
            fact(events.LeaderDesignated, leading=new, by=DESK),
        )

    def test_a_later_leaders_time_is_not_taken(self) -> None:
        first = fact(events.LeaderDesignated, leading=leading(SUMMER))
        given(Group, established(), first).when(
            lambda g: self.designate(g, leading(SPRING, OTHER_ROLE))
        ).then_refused(LeaderOverlaps)

    def test_a_network_has_none(self) -> None:
        given(Group, established(NETWORKS)).when(lambda g: self.designate(g, leading())).then_refused(NoLeaderHere)

    def test_who_led_is_known_by_the_day(self) -> None:
        first = fact(events.LeaderDesignated, leading=leading())
        left = fact(events.LeaderLeft, assignment_id=ROLE, until=SUMMER)
        state = given(Group, established(), first, left).thing.state
        led = [state.leader(day) for day in (TODAY, SPRING, SUMMER, date(2026, 7, 1))]
        assert [known is not None for known in led] == [False, True, True, False]


class TestSeatsAndHelp:
    def test_a_seat_can_be_added_once(self) -> None:
        added = fact(events.SeatAdded, unit_id=UNIT, seat=EXTRA, by=DESK)
        given(Group, established()).when(lambda g: g.add_seat(EXTRA, by=DESK, at=NOON)).then(added)
        given(Group, established(), added).when(lambda g: g.add_seat(EXTRA, by=DESK, at=NOON)).then_refused(
            SeatExists
        )

    def test_leaving_ones_role_leaves_the_seat(self) -> None:
        given(Group, established(), proposed(), appointed()).when(
            lambda g: g.vacate(ROLE, SUMMER, by=DESK, at=NOON)
        ).then(fact(events.Vacated, seat="region_nord", assignment_id=ROLE, until=SUMMER, by=DESK))

    def test_leaving_does_not_make_the_term_longer(self) -> None:
        given(Group, established(), proposed(), appointed(until=SPRING)).when(
            lambda g: g.vacate(ROLE, SUMMER, by=DESK, at=NOON)
        ).then_refused(TermNotExtended)

    def test_a_seat_that_was_never_taken_up_is_free(self) -> None:
        never = fact(events.Vacated, seat="region_nord", assignment_id=ROLE, until=date(2026, 2, 28))
        group = given(Group, established(), proposed(), appointed(), never).thing
        group.record_member(sitting(date(2026, 1, 1), role=OTHER_ROLE), by=DESK, at=NOON)
        assert group.state.sitting("region_nord", SUMMER) == sitting(date(2026, 1, 1), role=OTHER_ROLE)

    def test_leaving_another_role_changes_nothing(self) -> None:
        given(Group, established()).when(lambda g: g.vacate(ROLE, SUMMER, by=DESK, at=NOON)).then()

    def test_the_unit_asks_for_help_and_is_answered_once(self) -> None:
        asked = fact(events.HelpAsked, request_id=ID, seat="region_nord", region="nord", on=TODAY, by=DESK)
        answered = fact(events.HelpAnswered, request_id=ID, answer="vi leter", by=DESK)
        given(Group, established()).when(
            lambda g: g.ask_help(ID, "region_nord", region="nord", on=TODAY, by=DESK, at=NOON)
        ).then(asked)
        given(Group, established(), asked).when(lambda g: g.answer_help(ID, "vi leter", by=DESK, at=NOON)).then(
            answered
        )
        given(Group, established(), asked, answered).when(
            lambda g: g.answer_help(ID, "igjen", by=DESK, at=NOON)
        ).then_refused(HelpAlreadyAnswered)

    def test_help_that_nobody_asked_for_is_not_answered(self) -> None:
        given(Group, established()).when(lambda g: g.answer_help(ID, "nei", by=DESK, at=NOON)).then_refused(
            NoSuchHelpRequest
        )

    def test_a_member_recorded_as_found_takes_the_seat(self) -> None:
        recorded = fact(events.MemberRecorded, sitting=sitting())
        given(Group, established(), recorded).when(
            lambda g: g.record_member(sitting(SUMMER, role=OTHER_ROLE), by=DESK, at=NOON)
        ).then_refused(SeatTaken)
