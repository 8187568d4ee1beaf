"""Units over HTTP: registered, described, ended, listed, and seen as they were."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from services.registry.application.units import UnknownTrust
from services.registry.trust import TrustAlreadyRegistered
from services.registry.unit import UnitAlreadyRegistered
from shared.desk import KeyReused
from shared.domain import StaleVersion
from tests.integration.registry import Service, registry
from tests.stores import Databases
from tests.tokens import Tokens

pytestmark = [pytest.mark.integration, pytest.mark.anyio]
DECISION = {"authority": "ministry", "on": "2026-01-05", "reference": "26/17", "valid_from": "2026-02-01"}


@pytest.fixture
async def service(databases: Databases, tokens: Tokens) -> AsyncIterator[Service]:
    async with registry(databases, tokens) as running:
        yield running


async def test_a_unit_is_registered_with_its_group(service: Service) -> None:
    unit = await service.unit("FF-1", "multiregional_treatment_service", trusts=["ht-vest", "ht-ost"])
    shown = (await service.desk.get(f"/units/{unit}")).json()
    group = (await service.desk.get(f"/units/{unit}/group")).json()
    assert shown["regions"] == ["vest", "sor_ost"]
    assert len(group["vacant"]) == 6
    assert group["seats"][4]["appointing_regions"] == ["vest", "sor_ost"]


async def test_a_regional_unit_has_no_group(service: Service) -> None:
    unit = await service.unit("RK-1", "regional_competence_centre")
    assert (await service.desk.get(f"/units/{unit}/group")).status_code == 404


async def test_a_code_is_used_once(service: Service) -> None:
    await service.unit()
    body = {
        "code": "L-1",
        "kind": "national_centre",
        "name_nb": "Nasjonalt senter",
        "trusts": ["ht-vest"],
        "active_from": "2020-01-01",
    }
    answer = await service.desk.post("/units", body)
    assert (answer.status_code, answer.json()["code"]) == (409, UnitAlreadyRegistered.code)


async def test_a_trust_is_registered_once_and_must_be_known(service: Service) -> None:
    again = await service.desk.post("/trusts", {"code": "ht-vest", "name": "Et annet", "region": "vest"})
    assert (again.status_code, again.json()["code"]) == (409, TrustAlreadyRegistered.code)
    body = {
        "code": "L-2",
        "kind": "national_centre",
        "name_nb": "Nasjonalt senter",
        "trusts": ["ht-moon"],
        "active_from": "2020-01-01",
    }
    unknown = await service.desk.post("/units", body)
    assert (unknown.status_code, unknown.json()["code"]) == (409, UnknownTrust.code)


async def test_a_change_names_the_version_it_is_based_on(service: Service) -> None:
    unit = await service.unit()
    path, body = f"/units/{unit}/endings", {"on": "2026-12-31", "reason": "slått sammen"}
    missing = await service.desk.post(path, body)
    stale = await service.desk.post(path, body, seen=7)
    odd = await service.desk.post(path, body, If_Match="newest")
    right = await service.desk.post(path, body, seen=1)
    assert (missing.status_code, missing.json()["code"]) == (428, "version_missing")
    assert (stale.status_code, stale.json()["code"]) == (412, StaleVersion.code)
    assert (stale.json()["seen"], stale.json()["current"]) == (7, 1)
    assert odd.status_code == 422
    assert (right.status_code, right.headers["etag"]) == (201, '"2"')


async def test_a_description_is_decided_and_seen_as_it_was(service: Service) -> None:
    unit = await service.unit()
    body = {"text_nb": "Tjenesten gjør noe", "icd10": ["D 33,3"], "decision": DECISION}
    await service.desk.made(f"/units/{unit}/descriptions", body, seen=1)
    now = (await service.desk.get(f"/units/{unit}")).json()
    then = (await service.desk.get(f"/units/{unit}", version=1)).json()
    assert now["descriptions"][0]["icd10"] == ["D33.3"]
    assert (then["descriptions"], then["allowed_operations"]) == ([], [])


async def test_all_faults_of_a_decision_have_their_place(service: Service) -> None:
    unit = await service.unit()
    answer = await service.desk.post(f"/units/{unit}/descriptions", {"text_nb": " ", "icd10": 3}, seen=1)
    pointers = {fault["pointer"] for fault in answer.json()["errors"]}
    assert answer.status_code == 422
    assert pointers == {"/text_nb", "/icd10", "/decision"}


async def test_the_line_of_units_has_no_circle(service: Service) -> None:
    first, second, third = [await service.unit(code) for code in ("L-1", "L-2", "L-3")]

    async def link(younger: str, older: str, seen: int) -> tuple[int, str]:
        body = {"older_id": older, "relation": "continues", "on": "2024-01-01"}
        answer = await service.desk.post(f"/units/{younger}/links", body, seen=seen)
        return answer.status_code, answer.json().get("code", "")

    assert await link(second, first, 1) == (201, "")
    assert await link(third, second, 1) == (201, "")
    assert await link(first, third, 2) == (409, "lineage_cycle")
    shown = (await service.desk.get(f"/units/{second}")).json()
    assert [shown["older"][0]["unit_id"], shown["younger"][0]["unit_id"]] == [first, third]


async def test_units_are_listed_page_by_page(service: Service) -> None:
    for number in range(5):
        await service.unit(f"L-{number}")
    await service.unit("R-1", "regional_competence_service", trusts=["ht-ost"])
    seen, cursor = [], None
    while True:
        params = {"limit": 2, "region": "vest", **({"cursor": cursor} if cursor else {})}
        page = (await service.desk.get("/units", **params)).json()
        seen += [unit["code"] for unit in page["items"]]
        if (cursor := page["next"]) is None:
            break
    assert seen == [f"L-{number}" for number in range(5)]
    for cursor in ("%%%", "👍🏻", "a", "AA", "_w"):
        assert (await service.desk.get("/units", cursor=cursor)).status_code == 422


async def test_ended_units_are_told_apart(service: Service) -> None:
    unit = await service.unit()
    await service.unit("L-2")
    await service.desk.made(f"/units/{unit}/endings", {"on": "2024-06-30", "reason": "ferdig"}, seen=1)
    listed = {
        status: [u["code"] for u in (await service.desk.get("/units", status=status)).json()["items"]]
        for status in ("active", "ended")
    }
    assert listed == {"active": ["L-2"], "ended": ["L-1"]}


async def test_a_unit_whose_end_is_planned_can_still_be_worked_on(service: Service) -> None:
    unit, gone = await service.unit(), await service.unit("L-2")
    await service.desk.made(f"/units/{unit}/endings", {"on": "2190-12-31", "reason": "ferdig"}, seen=1)
    await service.desk.made(f"/units/{gone}/endings", {"on": "2024-06-30", "reason": "ferdig"}, seen=1)
    listed = [(await service.desk.get(f"/units/{each}")).json()["allowed_operations"] for each in (unit, gone)]
    assert [{"rename", "check_website", "end"} & set(operations) for operations in listed] == [
        {"rename", "check_website", "end"},
        set(),
    ]
    await service.desk.made(f"/units/{unit}/endings", {"on": "2189-12-31", "reason": "før"}, seen=2)
    assert (await service.desk.get(f"/units/{unit}")).json()["ended_on"] == "2189-12-31"


async def test_history_tells_who_did_what(service: Service) -> None:
    unit = await service.unit()
    await service.desk.made(f"/units/{unit}/website-checks", {"on": "2026-01-10", "items": {"contact": "ok"}}, seen=1)
    told = (await service.desk.get(f"/units/{unit}/history")).json()
    assert [fact["event"] for fact in told] == ["registry.Unit.Registered", "registry.Unit.WebsiteChecked"]
    assert told[1]["by"]["role"] == "joint_desk"
    assert told[1]["data"]["items"] == {"contact": "ok"}


async def test_what_is_allowed_is_what_is_done(service: Service) -> None:
    unit = await service.unit()
    holders = {
        "desk": service.desk,
        "lead": await service.holder("professional_lead", unit_id=unit),
        "other_desk": await service.holder("service_desk", region="nord"),
        "own_desk": await service.holder("service_desk", region="vest"),
    }
    asks = {
        "check_website": ("website-checks", {"on": "2026-01-10", "items": {"contact": "ok"}}),
        "set_phase": ("phases", {"year": 2026, "phase": "new", "reason": "ny"}),
        "rename": ("names", {"name_nb": "Nytt navn", "decision": DECISION}),
        "link": ("links", {"older_id": unit, "relation": "continues", "on": "2024-01-01"}),
    }
    for name, holder in holders.items():
        listed = (await holder.get(f"/units/{unit}")).json()
        for operation, (path, body) in asks.items():
            answer = await holder.post(f"/units/{unit}/{path}", body, seen=listed["version"])
            permitted = answer.status_code == 201 or answer.json()["code"] == "lineage_cycle"
            assert permitted is (operation in listed["allowed_operations"]), (name, operation, answer.text)
            listed = (await holder.get(f"/units/{unit}")).json()


async def test_the_same_key_does_it_once(service: Service) -> None:
    body = {"code": "ht-x", "name": "Helseforetak X", "region": "nord"}
    first = await service.desk.post("/trusts", body, Idempotency_Key="one")
    second = await service.desk.post("/trusts", body, Idempotency_Key="one")
    other = await service.desk.post("/trusts", {**body, "name": "Y"}, Idempotency_Key="one")
    without = await service.http.post("/trusts", json=body, headers=dict(service.desk.headers))
    assert (first.status_code, first.json()) == (second.status_code, second.json())
    assert (other.status_code, other.json()["code"]) == (422, KeyReused.code)
    assert (without.status_code, without.json()["code"]) == (428, "idempotency_key_missing")


@pytest.mark.parametrize("name", ["\x00", "a\x00b", "   ", "", "x" * 301])
async def test_texts_no_database_keeps_are_refused_at_the_door(service: Service, name: str) -> None:
    answer = await service.desk.post("/trusts", {"code": "ht-x", "name": name, "region": "nord"})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/name")


async def test_half_a_character_is_refused_at_the_door(service: Service) -> None:
    body = '{"code": "ht-x", "name": "a\\ud800", "region": "nord"}'
    answer = await service.desk.send("POST", "/trusts", content=body, Content_Type="application/json")
    assert answer.status_code == 422


async def test_unknown_fields_and_broken_json_are_refused(service: Service) -> None:
    extra = await service.desk.post("/trusts", {"code": "a", "name": "A", "region": "nord", "size": 3})
    broken = await service.desk.send("POST", "/trusts", content="{", Content_Type="application/json")
    assert (extra.status_code, extra.json()["errors"][0]["pointer"]) == (422, "/size")
    assert (broken.status_code, broken.json()["code"]) == (422, "malformed_json")
