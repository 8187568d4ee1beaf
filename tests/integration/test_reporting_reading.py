"""Reports over HTTP as they are, as they were, and as they came to be; lists show what one may read."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.integration.draft import ACCESS, OVERALL, Draft, drafted
from tests.integration.reporting import Service, reporting
from tests.stores import Databases
from tests.tokens import Tokens

pytestmark = [pytest.mark.integration, pytest.mark.anyio]


@pytest.fixture
async def service(databases: Databases, tokens: Tokens) -> AsyncIterator[Service]:
    async with reporting(databases, tokens) as running:
        yield running


@pytest.fixture
async def draft(service: Service) -> Draft:
    return await drafted(service)


async def test_a_report_as_it_was_at_a_version_and_a_moment(draft: Draft) -> None:
    for base, text in enumerate(("Første.", "Andre.", "Tredje.")):
        draft.service.clock.move(hours=1)
        await draft.answered(draft.lead, ACCESS, text, base=base)
    facts = await draft.facts()
    del facts[1]  # the first answer and that the report was begun were recorded in one moment
    for fact, expected in zip(facts, (None, "Første.", "Andre.", "Tredje."), strict=True):
        for asked in ({"version": fact["version"]}, {"as_of": fact["recorded_at"]}):
            shown = await draft.shown(draft.lead, **asked)
            assert shown["answers"].get(ACCESS, {}).get("text") == expected
            assert shown["report_version"] == fact["version"]
    for nowhere in ({"version": 6}, {"as_of": "2020-01-01T00:00:00Z"}):
        refused = await draft.lead.get(draft.path, **nowhere)
        assert (refused.status_code, refused.json()["code"]) == (404, "not_found")


async def test_the_etag_is_the_version(draft: Draft) -> None:
    first = await draft.lead.get(draft.path)
    done = await draft.answered(draft.lead, ACCESS)
    second = await draft.lead.get(draft.path)
    assert (first.headers["etag"], second.headers["etag"]) == ('"1"', f'"{done["report_version"]}"')


async def test_the_history_is_complete_and_says_who_when_and_what(draft: Draft) -> None:
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    await draft.answer(draft.lead, ACCESS, "Et svar.", traceparent=trace)
    draft.service.clock.move(hours=1)
    await draft.answered(draft.leader, OVERALL)
    draft.service.clock.move(hours=1)
    await draft.answered(draft.coordinator, ACCESS, "Endret.", base=1)
    told = await draft.lead.shown(f"{draft.path}/history")
    assert [
        (fact["version"], fact["event"].rsplit(".", 1)[-1], fact["by"]["role"], fact["at"][11:16]) for fact in told
    ] == [
        (1, "Opened", "joint_desk", "09:00"),
        (2, "Answered", "professional_lead", "09:00"),
        (3, "Begun", "professional_lead", "09:00"),
        (4, "Answered", "group_leader", "10:00"),
        (5, "Answered", "coordinator", "11:00"),
        (6, "GroupAnswersOutdated", "coordinator", "11:00"),
    ]
    assert told[1]["trace"] == trace
    assert told[1]["by"]["subject"] == draft.lead.person_id
    assert told[1]["data"] == {
        "question_id": ACCESS,
        "version": 1,
        "text": {"text": "Et svar.", "length": 8},
        "choices": [],
    }
    assert told[4]["command_id"] == told[5]["command_id"] != told[3]["command_id"]
    assert [fact["position"] for fact in told] == sorted(fact["position"] for fact in told)


async def test_a_change_says_where_it_stands_in_the_log(draft: Draft) -> None:
    done = await draft.answered(draft.lead, ACCESS)
    assert done["position"] == (await draft.facts())[-1]["position"]


class TestLists:
    async def codes(self, reader: Any, **filters: Any) -> list[str]:
        return [row["unit_code"] for row in (await reader.shown("/reports", **filters))["items"]]

    @pytest.fixture
    async def many(self, service: Service) -> Service:
        for code, regions in (("V-2", ("vest",)), ("V-1", ("vest",)), ("N-1", ("nord",))):
            await service.unit(code, "national_treatment_service", *regions)
        await service.unit("FF-1", "multiregional_treatment_service", "vest", "sor_ost")
        await service.unit("Å_%", "national_centre", "midt")
        await service.open_cycle()
        return service

    async def test_filters(self, many: Service) -> None:
        joint = many.joint
        rows = (await joint.shown("/reports"))["items"]
        assert {row["unit_code"] for row in rows} == {"V-1", "V-2", "N-1", "FF-1", "Å_%"}
        assert await self.codes(joint, region="vest") == ["FF-1", "V-1", "V-2"]
        assert await self.codes(joint, region="ve") == []
        assert await self.codes(joint, region="_") == []
        assert await self.codes(joint, kind="national_centre") == ["Å_%"]
        assert await self.codes(joint, unit_id=rows[0]["unit_id"]) == [rows[0]["unit_code"]]
        assert await self.codes(joint, year=2024) == []
        assert await self.codes(joint, status="submitted") == []
        first = f"/reports/{rows[0]['report_id']}"
        await joint.done("POST", f"{first}/withdrawals", {"reason": "lagt ned"})
        assert await self.codes(joint, status="withdrawn", year=2025) == [rows[0]["unit_code"]]

    async def test_pages_hold_every_report_once(self, many: Service) -> None:
        everything = await self.codes(many.joint)
        found: list[str] = []
        cursor: dict[str, str] = {}
        page: dict[str, Any] = {}
        for _ in range(3):
            page = await many.joint.shown("/reports", limit=2, **cursor)
            found += [row["unit_code"] for row in page["items"]]
            cursor = {"cursor": page["next"]}
        assert (found, page["next"]) == (everything, None)
        assert await self.codes(many.joint, cursor="no such") == []

    async def test_one_sees_what_concerns_ones_roles(self, many: Service) -> None:
        desk = await many.holder("service_desk", region="vest")
        office = await many.holder("trust_office", trust="ht-ost")
        reviewer = await many.holder("reviewer", region="nord")
        ministry = await many.holder("ministry")
        assert await self.codes(desk) == ["FF-1", "V-1", "V-2"]
        assert await self.codes(office) == ["FF-1"]
        assert await self.codes(reviewer) == ["N-1"]
        assert await self.codes(ministry) == []

    async def test_a_row_says_how_far_the_report_has_come(self, draft: Draft) -> None:
        await draft.answered(draft.leader, OVERALL)
        await draft.answered(draft.lead, ACCESS)
        await draft.finish(draft.lead, "unit")
        [row] = (await draft.lead.shown("/reports"))["items"]
        assert (row["status"], row["regions"], row["trusts"]) == ("in_progress", ["vest"], ["ht-vest"])
        assert (row["open_group_answers"], row["outdated_group_answers"], row["faults"]) == (5, 1, 7)
        assert row["unit_finished_at"].startswith("2025-12-10T09:00:00")
        assert (row["group_finished_at"], row["timing"], row["content_version"]) == (None, None, 3)
