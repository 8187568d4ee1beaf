"""Follow-up points and the regions' summaries over HTTP: written by one's own region, read by whom they concern."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest

from services.review.application.following_up import OwnerUnknown
from tests.integration.review import YEAR, Judged, Service, review
from tests.stores import Databases
from tests.tokens import Tokens

pytestmark = [pytest.mark.integration, pytest.mark.anyio]
PATH = "/follow-ups"


@pytest.fixture
async def service(databases: Databases, tokens: Tokens) -> AsyncIterator[Service]:
    async with review(databases, tokens) as running:
        yield running


@pytest.fixture
async def one(service: Service) -> Judged:
    return await service.submitted()


def point(judged: Judged, **more: Any) -> dict[str, Any]:
    said = {
        "unit_id": str(judged.unit_id),
        "year": YEAR,
        "region": "vest",
        "category": "cannot_find_members",
        "level": "regional",
        "text": "Plassen for nord står tom.",
    }
    return {**said, **more}


async def raised(judged: Judged, **more: Any) -> str:
    made = await judged.reviewers["vest"].made(PATH, point(judged, **more))
    return str(made["follow_up_id"])


async def listed(by: Any, **filters: Any) -> list[str]:
    return [row["text"]["text"] for row in (await by.shown(PATH, **filters))["items"]]


async def test_a_point_is_raised_planned_and_closed(one: Judged) -> None:
    vest = one.reviewers["vest"]
    path = f"{PATH}/{await raised(one)}"
    await vest.done("PUT", f"{path}/plan", {"owner": one.lead.person_id, "due": "2026-09-01"}, seen=1)
    shown = await vest.shown(path)
    assert (shown["owner"], shown["due"], shown["allowed_operations"]) == (
        one.lead.person_id,
        "2026-09-01",
        ["plan", "close", "carry"],
    )
    await vest.done("POST", f"{path}/closings", {"outcome": "Oppnevnt i mai."})
    done = await vest.shown(path)
    assert (done["status"], done["outcome"]["text"], done["allowed_operations"]) == ("closed", "Oppnevnt i mai.", [])
    refused = await vest.post(f"{path}/carryings", {"to_year": YEAR + 1}, seen=done["version"])
    assert (refused.status_code, refused.json()["code"]) == (409, "follow_up_is_closed")
    assert (await vest.shown(path, version=1))["status"] == "open"
    assert len(await vest.shown(f"{path}/history")) == 3
    assert await listed(vest, open=True) == []


async def test_an_open_point_is_carried_and_then_stands_beside_the_units_next_form(one: Judged) -> None:
    path = f"{PATH}/{await raised(one)}"
    assert (await one.lead.get(path)).status_code == 404
    carried = await one.reviewers["vest"].done("POST", f"{path}/carryings", {"to_year": YEAR + 1}, seen=1)
    assert (carried["status"], carried["current_year"]) == ("carried", YEAR + 1)
    assert await listed(one.lead, unit_id=one.unit_id, open=True, year=YEAR + 1) == ["Plassen for nord står tom."]
    assert (await one.lead.shown(path))["allowed_operations"] == []


async def test_two_who_carry_or_plan_a_point_at_once_do_it_once(one: Judged) -> None:
    vest, path = one.reviewers["vest"], f"{PATH}/{await raised(one)}"
    await vest.done("POST", f"{path}/carryings", {"to_year": YEAR + 1}, seen=1)
    for method, what, body in (
        ("POST", "carryings", {"to_year": YEAR + 1}),
        ("POST", "carryings", {"to_year": YEAR + 2}),
        ("PUT", "plan", {"owner": None, "due": "2026-09-01"}),
    ):
        late = await vest.send(method, f"{path}/{what}", json=body, seen=1)
        assert (late.status_code, late.json()["code"]) == (412, "stale_version"), what
        blind = await vest.send(method, f"{path}/{what}", json=body)
        assert (blind.status_code, blind.json()["code"]) == (428, "version_missing"), what
    again = await vest.post(f"{path}/carryings", {"to_year": YEAR + 1}, seen=2)
    assert (again.status_code, again.json()["code"]) == (409, "not_the_next_year")
    assert (await vest.shown(path))["current_year"] == YEAR + 1


async def test_regional_points_are_the_regions_and_national_ones_all_fours(one: Judged) -> None:
    await raised(one)
    await raised(one, level="national", text="Gjelder alle.")
    nord, joint = await one.service.reviewer("nord"), await one.service.holder("joint_desk")
    desk = await one.service.holder("service_desk", region="vest")
    assert len(await listed(one.reviewers["vest"])) == len(await listed(desk)) == 2
    assert await listed(nord) == await listed(joint) == ["Gjelder alle."]
    assert len(await listed(one.service.auditor)) == 2
    assert await listed(one.lead) == []
    assert await listed(desk, level="national", category="cannot_find_members", region="vest") == ["Gjelder alle."]


async def test_everybody_finds_what_they_are_to_see_to_themselves(one: Judged) -> None:
    vest, desk = one.reviewers["vest"], await one.service.holder("service_desk", region="vest")
    await raised(one, text="Ingens.")
    await raised(one, text="Saksbehandlerens.", owner=vest.person_id)
    closed = await raised(one, text="Gjort.", owner=vest.person_id)
    await vest.done("POST", f"{PATH}/{closed}/closings", {"outcome": "Gjort."})
    assert sorted(await listed(vest, mine=True)) == ["Gjort.", "Saksbehandlerens."]
    assert await listed(vest, mine=True, open=True, unit_id=one.unit_id) == ["Saksbehandlerens."]
    assert await listed(desk, mine=True) == []
    assert len(await listed(vest, mine=False)) == 3


async def test_a_region_raises_points_about_its_own_units_alone(one: Judged) -> None:
    nord, vest = await one.service.reviewer("nord"), one.reviewers["vest"]
    outside = await nord.post(PATH, point(one, region="nord"))
    assert (outside.status_code, outside.json()["code"]) == (409, "region_not_responsible")
    assert (await nord.post(PATH, point(one))).json()["code"] == "not_your_region"
    assert (await one.lead.post(PATH, point(one))).json()["code"] == "not_allowed"
    assert (await vest.post(PATH, point(one, unit_id=str(uuid4())))).status_code == 404
    unknown = await vest.post(PATH, point(one, owner=str(uuid4())))
    assert (unknown.json()["code"], unknown.json()["errors"][0]["pointer"]) == (OwnerUnknown.code, "/owner")


async def test_what_does_not_fit_is_refused_with_its_place(one: Judged) -> None:
    vest = one.reviewers["vest"]
    for fault in (
        {"category": "luck"},
        {"level": "galactic"},
        {"text": " "},
        {"due": "i morgen"},
        {"text": "\ud800"},
    ):
        body = json.dumps(point(one, **fault))
        refused = await vest.send("POST", PATH, content=body, Content_Type="application/json")
        assert (refused.status_code, refused.json()["code"]) == (422, "malformed"), fault
        assert refused.json()["errors"][0]["pointer"] == f"/{next(iter(fault))}"


async def test_another_region_does_not_close_a_national_point(one: Judged) -> None:
    path = f"{PATH}/{await raised(one, level='national')}"
    nord = await one.service.reviewer("nord")
    assert (await nord.post(f"{path}/closings", {"outcome": "Ferdig."})).json()["code"] == "not_your_region"


async def test_a_region_sums_up_its_year_with_versions(service: Service) -> None:
    vest, nord = await service.reviewer("vest"), await service.reviewer("nord")
    path = f"/summaries/{YEAR}/vest"
    assert (await vest.get(path)).status_code == 404
    await vest.done("PUT", path, {"text": "Et godt år.", "base_version": 0})
    await vest.done("PUT", path, {"text": "Et svært godt år.", "base_version": 1})
    refused = await vest.put(path, {"text": "Et år.", "base_version": 1})
    problem = refused.json()
    assert (refused.status_code, problem["code"]) == (409, "changed_meanwhile")
    assert (problem["yours"], problem["theirs"]["text"]) == ({"text": "Et år."}, "Et svært godt år.")
    assert (await nord.put(path, {"text": "Vårt.", "base_version": 2})).json()["code"] == "not_your_region"
    [shown] = await nord.shown(f"/summaries/{YEAR}")
    assert (shown["text"]["text"], shown["text_version"], shown["allowed_operations"]) == ("Et svært godt år.", 2, [])
    assert (await nord.shown(path, version=1))["text"]["text"] == "Et godt år."
    assert len(await service.auditor.shown(f"{path}/history")) == 2


async def test_summaries_are_for_the_regions(one: Judged) -> None:
    refused = await one.lead.get(f"/summaries/{YEAR}")
    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")


async def test_no_text_is_told_to_the_others_or_stands_in_the_log_unsealed(one: Judged) -> None:
    await raised(one)
    await one.assess("vest")
    feed = await one.service.caller("service:notify").get("/feed")
    assert "review.follow_up.raised.v1" in feed.text
    stored = [str(recorded) for _, recorded in one.service.parts.store.log(0, 100)]
    for text in ("Plassen for nord", "Et funn"):
        assert text not in feed.text
        assert not any(text in each for each in stored)
