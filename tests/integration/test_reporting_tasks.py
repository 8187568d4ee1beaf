"""What somebody owes: their reports, what in each waits for them, and what others did since they looked last."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.integration.draft import ACCESS, NORD, OVERALL, UNIT_LISTS, UNIT_TEXTS, Draft, drafted
from tests.integration.reporting import Caller, Service, reporting
from tests.integration.test_reporting_hears_review import returned
from tests.stores import Databases
from tests.tokens import Tokens

pytestmark = [pytest.mark.integration, pytest.mark.anyio]
ARTICLES = "activity.articles"


@pytest.fixture
async def service(databases: Databases, tokens: Tokens) -> AsyncIterator[Service]:
    async with reporting(databases, tokens) as running:
        yield running


@pytest.fixture
async def draft(service: Service) -> Draft:
    return await drafted(service)


async def items(by: Caller, **params: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await by.shown("/me/tasks", **params))["items"]
    return found


async def owed(by: Caller) -> dict[str, list[str]]:
    """What somebody with one report owes, by kind."""
    (item,) = await items(by)
    assert all(task["count"] == len(task["questions"]) for task in item["tasks"])
    return {task["kind"]: task["questions"] for task in item["tasks"]}


async def test_each_owes_what_is_theirs_to_write(draft: Draft) -> None:
    assert await owed(draft.lead) == {"write_unit_part": [*UNIT_LISTS, *UNIT_TEXTS]}
    assert await owed(draft.coordinator) == await owed(draft.lead)
    assert await owed(draft.leader) == {"answer_group_questions": [OVERALL]}
    assert await owed(draft.members["nord"]) == {"answer_group_questions": [NORD]}
    (item,) = await items(draft.lead)
    assert (item["unit"]["code"], item["year"], item["status"], item["my_parts"]) == ("L-1", 2025, "opened", ["unit"])
    assert item["deadline"]["due_local"] == "2026-02-16T16:00:00+01:00"
    assert [role["role"] for role in item["roles"]] == ["professional_lead"]
    assert (item["parts"]["unit"]["answered"], item["can_submit"], item["news"]) == (0, False, [])


async def test_who_has_answered_owes_to_say_so_and_the_lead_to_submit(draft: Draft) -> None:
    await draft.write_unit_part()
    assert await owed(draft.lead) == {"finish_unit_part": [], "submit": []}
    assert await owed(draft.coordinator) == {"finish_unit_part": []}
    await draft.finish(draft.lead, "unit")
    assert (await owed(draft.lead), await owed(draft.coordinator)) == ({"submit": []}, {})
    await draft.write_group_part()
    assert await owed(draft.leader) == {"finish_group_part": []}
    assert await owed(draft.members["nord"]) == {}
    (item,) = await items(draft.lead)
    assert item["can_submit"]


async def test_faults_are_to_be_mended(draft: Draft) -> None:
    await draft.write_unit_part()
    nothing = {"declared": False, "base_version": 1}
    await draft.lead.done("PUT", f"{draft.path}/answers/{ARTICLES}/nothing-to-report", nothing)
    await draft.add(draft.lead, ARTICLES, year=2025)
    assert await owed(draft.lead) == {"mend_faults": [ARTICLES]}


async def test_a_member_is_asked_to_confirm_and_to_look_again(draft: Draft) -> None:
    body = {"text": "Et svar.", "answered_on": "2025-12-09", "base_version": 0}
    await draft.leader.done("PUT", f"{draft.path}/answers/{NORD}/on-behalf", body)
    assert await owed(draft.members["nord"]) == {"confirm_answers": [NORD]}
    await draft.answered(draft.lead, ACCESS)
    assert await owed(draft.members["nord"]) == {"look_again": [NORD], "confirm_answers": [NORD]}


async def test_a_notice_asks_the_groups_leader_for_consent(draft: Draft) -> None:
    await draft.ask(draft.lead, "notices")
    assert "consider_consent" in await owed(draft.leader)
    await draft.ask(draft.leader, "consents")
    assert "consider_consent" not in await owed(draft.leader)


async def test_what_is_handed_in_is_owed_no_more_but_by_who_was_excused(draft: Draft) -> None:
    await draft.write_unit_part()
    await draft.write_group_part(NORD)
    await draft.ask(draft.leader, "consents")
    await draft.submitted()
    assert (await items(draft.lead), await items(draft.members["vest"])) == ([], [])
    assert await owed(draft.members["nord"]) == {"send_addendum": [NORD]}
    await draft.ask(draft.members["nord"], "addenda", question_id=NORD, text="Et sent svar.")
    assert await items(draft.members["nord"]) == []
    await returned(draft.service, draft.id, 1)
    assert "mend_returned" in await owed(draft.lead)


async def test_the_most_urgent_stands_first(draft: Draft) -> None:
    other = await draft.service.unit("L-2")
    await draft.service.grant(draft.lead, "coordinator", unit_id=other)
    await draft.service.joint.done("POST", "/reports", {"unit_id": str(other), "year": 2025})
    assert [item["unit"]["code"] for item in await items(draft.lead)] == ["L-1", "L-2"]
    await draft.ask(draft.desk, "extensions", until="2026-05-01T12:00:00", reason="En grunn.")
    assert [item["unit"]["code"] for item in await items(draft.lead)] == ["L-2", "L-1"]
    assert [item["roles"][0]["role"] for item in await items(draft.lead)] == ["coordinator", "professional_lead"]


async def test_news_are_what_others_did_since_and_no_text(draft: Draft) -> None:
    await draft.answered(draft.lead, ACCESS)
    facts = await draft.facts()
    seen = facts[-1]["recorded_at"]
    await draft.answered(draft.coordinator, ACCESS, "Et hemmelig svar.", base=1)
    await draft.answered(draft.lead, ACCESS, "Mitt eget.", base=2)
    answer = await draft.lead.get("/me/tasks", since=seen)
    (item,) = answer.json()["items"]
    assert [(news["kind"], news["by"]["role"], news["question_id"]) for news in item["news"]] == [
        ("answered", "coordinator", ACCESS)
    ]
    assert "hemmelig" not in answer.text
    assert item["last_change"]["by"]["name"] == "Ragnhild Leder"
    refused = await draft.lead.get("/me/tasks", since="i går")
    assert (refused.status_code, refused.json()["code"]) == (422, "malformed")


async def test_desks_owe_no_report_and_strangers_are_told_so(draft: Draft) -> None:
    assert await items(draft.desk) == []
    assert await items(await draft.service.person()) == []
    unknown = draft.service.caller("6f1c2b1e-0000-4000-8000-000000000000")
    refused = await unknown.get("/me/tasks")
    assert (refused.status_code, refused.json()["code"]) == (403, "not_registered")
