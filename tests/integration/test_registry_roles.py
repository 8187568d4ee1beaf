"""Roles and reference groups over HTTP: who may grant what, how a seat is filled, who sat there when."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.registry.application.groups import NotAUnitRegion
from services.registry.role import OnlyByAppointment
from shared.access import ActingAsNeeded, NotAllowed
from tests.eventually import eventually_async
from tests.integration.registry import Client, Service, registry
from tests.integration.reporting import MovableClock
from tests.stores import Databases
from tests.tokens import Tokens

pytestmark = [pytest.mark.integration, pytest.mark.anyio]
CLEARED = {
    "asked": True,
    "informed": True,
    "willing": True,
    "cleared_by": "Leder Eksempel",
    "cleared_on": "2026-01-10",
}


@pytest.fixture
async def service(databases: Databases, tokens: Tokens) -> AsyncIterator[Service]:
    async with registry(databases, tokens) as running:
        yield running


async def grant(by: Client, person: Client, role: str, **more: Any) -> tuple[int, str]:
    body = {"person_id": person.person_id, "role": role, "since": "2026-01-01", **more}
    answer = await by.post("/roles", body)
    return answer.status_code, answer.json().get("code", "")


async def test_who_may_grant_what(service: Service) -> None:
    unit, person = await service.unit(), await service.person()
    own = await service.holder("service_desk", region="vest")
    other = await service.holder("service_desk", region="nord")
    lead = await service.holder("professional_lead", unit_id=unit)
    office = await service.holder("trust_office", trust="ht-vest")
    refused = (403, NotAllowed.code)
    assert await grant(other, person, "coordinator", unit_id=unit) == refused
    assert await grant(own, person, "coordinator", unit_id=unit) == (201, "")
    assert await grant(lead, person, "administrative_leader", unit_id=unit) == (201, "")
    assert await grant(lead, person, "professional_lead", unit_id=unit) == refused
    assert await grant(own, person, "reviewer", region="vest") == refused
    assert await grant(service.desk, person, "reviewer", region="vest") == (201, "")
    assert await grant(own, person, "group_leader", unit_id=unit, region="nord") == refused
    assert await grant(office, person, "group_leader", unit_id=unit, region="nord") == (201, "")
    assert await grant(service.desk, person, "group_member", unit_id=unit, seat="region_nord") == (
        409,
        OnlyByAppointment.code,
    )


async def test_several_roles_and_none_named(service: Service) -> None:
    both = await service.holder("service_desk", region="vest")
    body = {"person_id": both.person_id, "role": "joint_desk", "since": "2026-01-01"}
    joint = (await service.desk.made("/roles", body))["assignment_id"]
    person = {"name": "Kari"}
    unsure = await both.post("/persons", person)
    assert (unsure.status_code, unsure.json()["code"]) == (409, ActingAsNeeded.code)
    assert {choice["role"] for choice in unsure.json()["choices"]} == {"service_desk", "joint_desk"}
    assert (await both.post("/persons", person, Acting_As=joint)).status_code == 201


async def test_a_unit_has_one_lead_at_a_time(service: Service) -> None:
    unit, person = await service.unit(), await service.person()
    lead = await service.holder("professional_lead", unit_id=unit)
    office = await service.holder("trust_office", trust="ht-vest")
    acting = {"unit_id": unit, "acting": True, "until": "2026-06-30"}
    assert await grant(service.desk, person, "professional_lead", unit_id=unit) == (409, "lead_already_held")
    await service.desk.made(f"/roles/{lead.assignment_id}/endings", {"until": "2025-12-31", "reason": "permisjon"})
    assert await grant(office, person, "professional_lead", **acting) == (409, "acting_incomplete")
    assert await grant(office, person, "professional_lead", **acting, reason="permisjon") == (201, "")
    shown = (await service.desk.get("/roles", unit_id=unit, on="2026-02-01")).json()["items"]
    assert [(role["person_id"], role["acting"]) for role in shown] == [(person.person_id, True)]


async def test_why_a_role_ended_is_not_for_everybody(service: Service) -> None:
    unit, other = await service.unit(), await service.unit("L-2")
    lead = await service.holder("professional_lead", unit_id=unit)
    stranger = await service.holder("coordinator", unit_id=other)
    path = f"/roles/{lead.assignment_id}"
    assert (await service.desk.get(path)).json()["allowed_operations"] == ["end"]
    assert (await stranger.get(path)).json()["allowed_operations"] == []
    await service.desk.made(f"{path}/endings", {"until": "2026-01-31", "reason": "sykdom"})
    shown = [(await reader.get(f"{path}/history")).json()[1]["data"]["reason"] for reader in (lead, stranger)]
    assert shown == ["sykdom", {"sealed": True, "length": 6}]
    again = await service.desk.post(f"{path}/endings", {"until": "2026-01-31"})
    assert (again.status_code, again.json()["code"]) == (409, "role_has_ended")


async def test_a_leader_comes_from_another_region(service: Service) -> None:
    unit = await service.unit()
    local, guest = await service.person(trust="ht-vest"), await service.person(trust="ht-nord")
    office = await service.holder("trust_office", trust="ht-vest")
    assert await grant(office, local, "group_leader", unit_id=unit) == (409, "same_region_as_unit")
    assert await grant(office, await service.person(), "group_leader", unit_id=unit) == (
        409,
        "leader_region_unknown",
    )
    assert await grant(service.desk, local, "group_leader", unit_id=unit, imported=True) == (201, "")
    group = (await service.desk.get(f"/units/{unit}/group", on="2026-02-01")).json()
    assert (group["leader"]["person_id"], "composition" in group["warnings"]) == (local.person_id, True)
    assert await grant(office, guest, "group_leader", unit_id=unit, since="2026-03-01") == (201, "")
    led = [
        (await service.desk.get(f"/units/{unit}/group", on=day)).json()["leader"]["person_id"]
        for day in ("2026-02-28", "2026-03-01")
    ]
    assert led == [local.person_id, guest.person_id]
    roles = (await service.desk.get("/roles", unit_id=unit, role="group_leader", on="2026-03-01")).json()
    assert [role["person_id"] for role in roles["items"]] == [guest.person_id]


async def test_a_leader_is_not_of_another_region_by_saying_so(service: Service) -> None:
    unit, local = await service.unit(), await service.person(trust="ht-vest")
    office = await service.holder("trust_office", trust="ht-vest")
    said = await grant(office, local, "group_leader", unit_id=unit, region="nord")
    assert said == (409, "leader_region_differs")


async def test_a_leader_who_changes_employer_is_warned_of_from_then_on(service: Service) -> None:
    unit, leader = await service.unit(), await service.person(trust="ht-nord")
    office = await service.holder("trust_office", trust="ht-vest")
    assert await grant(office, leader, "group_leader", unit_id=unit) == (201, "")
    path = f"/units/{unit}/group"
    before = (await service.desk.get(path)).json()
    now = datetime.now(UTC)
    moment = now.isoformat()
    # SQLite knows a moment by its millisecond.
    await eventually_async(lambda: datetime.now(UTC) > now + timedelta(milliseconds=2))

    async def employed_by(trust: str, seen: int) -> None:
        body = {"name": "Kari Eksempel", "trust": trust}
        moved = await service.desk.send("PUT", f"/persons/{leader.person_id}/card", json=body, seen=seen)
        assert moved.status_code == 200, moved.text

    await employed_by("ht-vest", 1)
    now, then = (await service.desk.get(path)).json(), (await service.desk.get(path, as_of=moment)).json()
    earlier = (await service.desk.get(path, on="2026-01-02")).json()
    assert ["composition" in group["warnings"] for group in (before, now, then, earlier)] == [
        False,
        True,
        False,
        False,
    ]
    await employed_by("ht-midt", 2)
    assert "composition" not in (await service.desk.get(path)).json()["warnings"]


class TestAppointment:
    async def propose(self, by: Client, unit: str, person: Client, seat: str, **conditions: Any) -> Any:
        body = {"seat": seat, "person_id": person.person_id, "conditions": conditions}
        return await by.post(f"/units/{unit}/group/proposals", body)

    async def test_from_proposal_to_information(self, service: Service) -> None:
        unit, candidate = await service.unit(), await service.person(trust="ht-nord")
        lead = await service.holder("professional_lead", unit_id=unit)
        nord = await service.holder("appointing_authority", region="nord")
        vest = await service.holder("appointing_authority", region="vest")
        missing = await self.propose(lead, unit, candidate, "region_nord", asked=True)
        assert missing.json()["code"] == "conditions_missing"
        assert len(missing.json()["errors"]) == 4
        made = (await self.propose(lead, unit, candidate, "region_nord", **CLEARED)).json()
        waiting = (await nord.get("/appointments", step="proposed", region="nord")).json()["items"]
        assert [proposal["id"] for proposal in waiting] == [made["appointment_id"]]
        path = f"/units/{unit}/group/proposals/{made['appointment_id']}"
        term = {"since": "2026-02-01", "until": "2029-01-31"}
        assert (await vest.post(f"{path}/appointments", term)).json()["code"] == NotAllowed.code
        early = await nord.post(f"{path}/notices", {"parties": ["unit"], "on": "2026-02-02"})
        assert early.json()["code"] == "not_yet_appointed"
        role = await nord.made(f"{path}/appointments", term)
        await nord.made(f"{path}/notices", {"parties": ["unit", "group", "member_trust"], "on": "2026-02-02"})
        shown = (await service.desk.get(f"/roles/{role['assignment_id']}")).json()
        assert (shown["role"], shown["seat"], shown["region"]) == ("group_member", "region_nord", "nord")
        group = (await lead.get(f"/units/{unit}/group", on="2026-02-01")).json()
        assert "region_nord" not in group["vacant"]
        assert group["appointments"][0]["informed"] == ["unit", "group", "member_trust"]
        assert group["appointments"][0]["conditions"]["cleared_by"] == "Leder Eksempel"

    async def test_it_can_be_returned_or_declined_with_a_reason(self, service: Service) -> None:
        unit, candidate = await service.unit(), await service.person()
        lead = await service.holder("professional_lead", unit_id=unit)
        nord = await service.holder("appointing_authority", region="nord")
        for ending, step in (("returns", "returned"), ("refusals", "declined")):
            made = (await self.propose(lead, unit, candidate, "region_nord", **CLEARED)).json()
            path = f"/units/{unit}/group/proposals/{made['appointment_id']}"
            assert (await nord.post(f"{path}/{ending}", {"reason": "trenger mer"})).status_code == 201
            late = await nord.post(f"{path}/appointments", {"since": "2026-02-01"})
            assert (late.status_code, late.json()["code"]) == (409, "appointment_decided")
            group = (await lead.get(f"/units/{unit}/group")).json()
            last = group["appointments"][-1]
            assert (last["step"], last["reason"]) == (step, "trenger mer")

    async def test_a_multiregional_unit_chooses_one_of_its_two_desks(self, service: Service) -> None:
        unit = await service.unit("FF-1", "multiregional_treatment_service", trusts=["ht-vest", "ht-ost"])
        lead = await service.holder("professional_lead", unit_id=unit)
        ost = await service.holder("appointing_authority", region="sor_ost")
        candidate = await service.person()
        body = {"seat": "unit", "person_id": candidate.person_id, "conditions": CLEARED}
        path = f"/units/{unit}/group/proposals"
        wrong = await lead.post(path, {**body, "desk_region": "nord"})
        assert (wrong.status_code, wrong.json()["code"]) == (409, NotAUnitRegion.code)
        made = await lead.made(path, {**body, "desk_region": "sor_ost"})
        await ost.made(f"{path}/{made['appointment_id']}/appointments", {"since": "2026-02-01"})

    async def test_a_member_resigns_and_the_seat_is_vacant(self, service: Service) -> None:
        unit = await service.unit()
        member = await service.holder(
            "group_member", unit_id=unit, seat="region_nord", imported=True, employer="ht-midt"
        )
        before = (await service.desk.get(f"/units/{unit}/group")).json()
        assert "member_from_outside_the_region:region_nord" in before["warnings"]
        await member.made(f"/roles/{member.assignment_id}/endings", {"until": "2026-01-31", "reason": "flytter"})
        day = {"on": "2026-02-01"}
        now = (await service.desk.get(f"/units/{unit}/group", **day)).json()
        known = (await service.desk.get(f"/units/{unit}/group", version=before["version"], **day)).json()
        assert "region_nord" in now["vacant"]
        assert "region_nord" not in known["vacant"]

    async def test_nobody_is_recorded_as_found_in_a_seat_that_is_filled_here(
        self, databases: Databases, tokens: Tokens
    ) -> None:
        clock = MovableClock(datetime(2026, 3, 2, 12, tzinfo=UTC))
        async with registry(databases, tokens, clock=clock) as service:
            unit, person = await service.unit(), await service.person(trust="ht-vest")
            for role, where in (("group_leader", {}), ("group_member", {"seat": "region_nord"})):
                seat: dict[str, Any] = {"unit_id": unit, "imported": True, "since": "2026-03-02", **where}
                assert await grant(service.desk, person, role, **seat) == (409, "not_before_the_register")
                assert await grant(service.desk, person, role, **seat | {"since": "2026-03-01"}) == (201, "")

    async def test_the_unit_asks_for_help(self, service: Service) -> None:
        unit = await service.unit()
        lead = await service.holder("professional_lead", unit_id=unit)
        nord = await service.holder("appointing_authority", region="nord")
        path = f"/units/{unit}/group/help-requests"
        asked = await lead.made(path, {"seat": "region_nord"})
        answers = f"{path}/{asked['request_id']}/answers"
        assert (await lead.post(answers, {"answer": "selv"})).status_code == 403
        await nord.made(answers, {"answer": "vi spør helseforetakene"})
        again = await nord.post(answers, {"answer": "igjen"})
        assert (again.status_code, again.json()["code"]) == (409, "help_already_answered")

    async def test_a_network_has_members_and_no_leader(self, service: Service) -> None:
        unit = await service.unit("N-1", "quality_competence_network")
        office = await service.holder("trust_office", trust="ht-vest")
        person = await service.person()
        assert await grant(office, person, "group_leader", unit_id=unit, region="nord") == (409, "no_leader_here")
        where = {"unit_id": unit, "seat": "region_nord", "imported": True}
        assert await grant(service.desk, person, "group_member", **where) == (409, "scope_mismatch")
        assert await grant(service.desk, person, "network_member", **where) == (201, "")

    async def test_strangers_see_seats_but_no_proposals(self, service: Service) -> None:
        unit, other = await service.unit(), await service.unit("L-2")
        stranger = await service.holder("coordinator", unit_id=other)
        group = (await stranger.get(f"/units/{unit}/group")).json()
        assert (len(group["seats"]), group["appointments"], group["allowed_operations"]) == (6, None, [])

    async def test_how_to_reach_a_candidate_is_shown_until_declined(self, service: Service) -> None:
        unit, candidate = await service.unit(), await service.person()
        lead = await service.holder("professional_lead", unit_id=unit)
        nord = await service.holder("appointing_authority", region="nord")
        seen = []
        for ending in ("returns", "refusals"):
            made = (await self.propose(lead, unit, candidate, "region_nord", **CLEARED)).json()
            seen.append((await lead.get(f"/persons/{candidate.person_id}")).json()["card"] is not None)
            await nord.made(f"/units/{unit}/group/proposals/{made['appointment_id']}/{ending}", {"reason": "nei"})
            seen.append((await lead.get(f"/persons/{candidate.person_id}")).json()["card"] is not None)
        assert seen == [True, True, True, False]

    async def test_who_was_proposed_and_turned_down_is_no_strangers_business(self, service: Service) -> None:
        unit, other = await service.unit(), await service.unit("L-2")
        lead = await service.holder("professional_lead", unit_id=unit)
        stranger = await service.holder("coordinator", unit_id=other)
        nord = await service.holder("appointing_authority", region="nord")
        candidate = await service.person()
        path = f"/units/{unit}/group"
        made = [(await self.propose(lead, unit, candidate, "region_nord", **CLEARED)).json() for _ in range(3)]
        first, second, third = [f"{path}/proposals/{each['appointment_id']}" for each in made]
        await nord.made(f"{first}/returns", {"reason": "trenger mer"})
        await nord.made(f"{second}/refusals", {"reason": "trenger mer"})
        await nord.made(f"{third}/appointments", {"since": "2026-02-01"})
        told = [fact["event"] for fact in (await stranger.get(f"{path}/history")).json()]
        assert told == ["registry.Group.Established", "registry.Group.Appointed"]
        assert len((await lead.get(f"{path}/history")).json()) == 7
        listed = [len((await by.get("/appointments")).json()["items"]) for by in (stranger, lead, nord)]
        assert listed == [0, 3, 3]

    async def test_nothing_is_sealed_for_those_who_may_not_ask(self, service: Service) -> None:
        unit, candidate = await service.unit(), await service.person(trust="ht-nord")
        lead, auditor = await service.holder("professional_lead", unit_id=unit), await service.holder("auditor")
        made = (await self.propose(lead, unit, candidate, "region_nord", **CLEARED)).json()
        vault, path = service.app.state.registry.vault, f"/units/{unit}/group/proposals"
        sealed: list[str] = []
        vault.seal = lambda subject, text, **more: sealed.append(subject)
        because = {"reason": "fordi"}
        granted = {"role": "coordinator", "since": "2026-01-01", "unit_id": unit, **because}
        erasure, person = {**because, "legal_basis": "lov"}, f"/persons/{candidate.person_id}"
        asks: list[tuple[str, str, dict[str, Any], int | None]] = [
            ("POST", path, {"seat": "user", "person_id": candidate.person_id, "conditions": CLEARED}, None),
            ("POST", f"{path}/{made['appointment_id']}/refusals", because, None),
            ("POST", f"{path}/{made['appointment_id']}/returns", because, None),
            ("POST", "/roles", {"person_id": candidate.person_id, **granted}, None),
            ("POST", f"/roles/{lead.assignment_id}/endings", {"until": "2026-01-31", **because}, None),
            ("POST", "/persons", {"name": "Kari"}, None),
            ("PUT", f"{person}/card", {"name": "Kari"}, 1),
            ("POST", f"{person}/erasures", erasure, None),
            ("POST", f"{person}/erasures/refusal", because, None),
        ]
        for method, where, body, seen in asks:
            answer = await auditor.send(method, where, json=body, seen=seen)
            assert (answer.status_code, answer.json()["code"]) == (403, NotAllowed.code), where
        nobody = "7" * 8 + "-7777-7777-7777-" + "7" * 12
        for where, body in (
            (path, {"seat": "user", "person_id": nobody, "conditions": CLEARED}),
            ("/roles", {"person_id": nobody, **granted}),
            (f"/persons/{nobody}/erasures", erasure),
        ):
            assert (await service.desk.post(where, body)).status_code == 404, where
        assert sealed == []

    async def test_a_seat_is_added_and_a_wrong_one_is_not_found(self, service: Service) -> None:
        unit = await service.unit()
        lead = await service.holder("professional_lead", unit_id=unit)
        body = {"id": "municipality", "kind": "extra", "name_nb": "Kommunene"}
        assert (await lead.post(f"/units/{unit}/group/seats", body)).status_code == 403
        await service.desk.made(f"/units/{unit}/group/seats", body)
        again = await service.desk.post(f"/units/{unit}/group/seats", body)
        assert (again.status_code, again.json()["code"]) == (409, "seat_exists")
        lost = await self.propose(lead, unit, lead, "moon", **CLEARED)
        assert (lost.status_code, lost.json()["code"]) == (404, "no_such_seat")
