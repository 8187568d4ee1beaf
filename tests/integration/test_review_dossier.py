"""The year's dossier over HTTP: put together by the desks, presented, and nothing out of its order."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from shared.contracts import registry, reporting
from tests.integration.reporting import Caller
from tests.integration.review import YEAR, Judged, Service, review
from tests.stores import Databases
from tests.tokens import Tokens

pytestmark = [pytest.mark.integration, pytest.mark.anyio]

PATH = f"/dossiers/{YEAR}"
MEETING = {"on": "2026-03-01", "meeting": "Fagdirektørmøtet 1/2026", "case_reference": "26/17"}
MINUTES = {**MEETING, "decision": "Saken sendes departementet."}


@dataclass
class Desks:
    """A year with one report that can be reviewed, one exempted, and one unit that was never asked for a report."""

    service: Service
    vest: Caller
    nord: Caller
    secretary: Caller
    judged: Judged
    exempted: Judged
    unasked: UUID

    async def explain(self, unit_id: UUID | None = None, base: int = 0, **more: Any) -> httpx.Response:
        body = {"region": "vest", "unit_id": str(unit_id or self.unasked), "text": "Startet i høst."}
        return await self.vest.post(f"{PATH}/explanations", {**body, "base_version": base, **more})

    async def prepare(self, by: Caller | None = None, region: str = "vest") -> httpx.Response:
        return await (by or self.vest).post(f"{PATH}/preparations", {"region": region})

    async def confirm(
        self, by: Caller | None = None, region: str = "nord", seen: int | None = None
    ) -> httpx.Response:
        version = seen if seen is not None else (await self.shown())["version"]
        return await (by or self.nord).post(f"{PATH}/confirmations", {"region": region}, seen=version)

    async def present(self, **more: Any) -> httpx.Response:
        return await self.secretary.post(f"{PATH}/presentations", {**MINUTES, **more})

    async def agreed(self) -> None:
        """Everything is reviewed or explained, prepared and confirmed."""
        await self.judged.review()
        for step in (await self.explain(), await self.prepare(), await self.confirm()):
            assert step.status_code == 201, step.text

    async def presented(self) -> None:
        await self.agreed()
        answer = await self.present(remarks={str(self.judged.unit_id): "Godt arbeid."})
        assert answer.status_code == 201, answer.text

    async def shown(self, by: Caller | None = None) -> Any:
        return await (by or self.nord).shown(PATH)


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


@pytest.fixture
async def desks(databases: Databases, tokens: Tokens) -> AsyncIterator[Desks]:
    async with review(databases, tokens) as service:
        judged, exempted = await service.submitted("L-1"), await service.report("L-2")
        unasked = await service.unit("L-3")
        await service.reporting.tell(
            reporting.ReportExemptedV1(report_id=exempted.report_id), reporting.CycleOpenedV1(year=YEAR, reports=2)
        )
        yield Desks(
            service=service,
            vest=await service.holder("service_desk", region="vest"),
            nord=await service.holder("service_desk", region="nord"),
            secretary=await service.holder("directors_secretary"),
            judged=judged,
            exempted=exempted,
            unasked=unasked,
        )


async def test_before_anybody_begins_the_desks_see_how_complete_the_year_is(desks: Desks) -> None:
    shown = await desks.shown()
    assert (shown["status"], shown["version"]) == (None, 0)
    assert {name: shown["completeness"][name] for name in ("units", "reviewed", "exempted", "unexplained")} == {
        "units": 3,
        "reviewed": 0,
        "exempted": 1,
        "unexplained": 2,
    }
    assert shown["completeness"]["without_summary"] == ["nord", "midt", "vest", "sor_ost"]
    assert [(line["unit_code"], line["state"], line["is_complete"]) for line in shown["lines"]] == [
        ("L-1", "submitted", False),
        ("L-2", "exempted", True),
        ("L-3", None, False),
    ]
    assert shown["allowed_operations"] == ["choose_regional_units", "explain"]


async def test_a_unit_past_its_final_report_owes_the_year_nothing(desks: Desks) -> None:
    said = registry.UnitPhaseSetV1(unit_id=desks.unasked, year=YEAR - 1, phase="final")
    await desks.service.registry.tell(said)
    assert [line["unit_code"] for line in (await desks.shown())["lines"]] == ["L-1", "L-2"]
    await desks.service.registry.tell(registry.UnitPhaseSetV1(unit_id=desks.unasked, year=YEAR, phase="ongoing"))
    assert [line["unit_code"] for line in (await desks.shown())["lines"]] == ["L-1", "L-2", "L-3"]


async def test_a_dossier_with_unexplained_units_is_refused_with_all_of_them(desks: Desks) -> None:
    refused = await desks.prepare()
    assert code(refused) == (409, "units_unexplained")
    assert [fault["pointer"] for fault in refused.json()["errors"]] == ["/units/L-1", "/units/L-3"]
    assert (await desks.shown())["version"] == 0


async def test_it_is_prepared_by_one_region_and_confirmed_by_another(desks: Desks) -> None:
    await desks.judged.review()
    assert (await desks.explain()).status_code == 201
    assert (await desks.prepare()).status_code == 201
    assert code(await desks.confirm(desks.vest, "vest")) == (409, "own_dossier")
    assert code(await desks.confirm(desks.vest, "nord")) == (403, "not_your_region")
    assert code(await desks.confirm(seen=1)) == (412, "stale_version")
    assert (await desks.shown())["allowed_operations"] == [
        "choose_regional_units",
        "explain",
        "prepare",
        "confirm",
    ]
    assert (await desks.confirm()).status_code == 201
    shown = await desks.shown()
    assert (shown["status"], shown["prepared"]["region"], shown["confirmed"]["region"]) == (
        "confirmed",
        "vest",
        "nord",
    )
    line = shown["lines"][2]
    assert (line["unit_code"], line["explanation"]["text"]["text"]) == ("L-3", "Startet i høst.")


async def test_a_report_that_moved_stops_the_confirmation_and_the_meeting(desks: Desks) -> None:
    await desks.agreed()
    returning = {"region": "vest", "number": 1, "reason": "Et tall mangler."}
    await desks.judged.reviewers["vest"].done("POST", f"{desks.judged.path}/returns", returning)
    refused = await desks.present()
    assert code(refused) == (409, "moved_since_prepared")
    [moved] = refused.json()["moved"]
    assert (moved["unit_code"], moved["was"]["state"], moved["now"]["state"]) == ("L-1", "reviewed", "returned")
    assert (await desks.shown())["moved"] == [moved]
    assert code(await desks.prepare()) == (409, "units_unexplained")
    await desks.judged.submit()
    for region in desks.judged.regions:
        assert (await desks.judged.sign(region)).status_code == 201
    assert (await desks.judged.complete("vest")).status_code == 201
    assert (await desks.prepare(desks.nord, "nord")).status_code == 201
    assert code(await desks.present()) == (409, "not_confirmed")


async def test_after_the_meeting_its_reports_are_not_given_back(desks: Desks) -> None:
    await desks.presented()
    judged = desks.judged
    assert await judged.state() == "presented"
    returning = {"region": "vest", "number": 1, "reason": "Et tall mangler."}
    refused = await judged.reviewers["vest"].post(f"{judged.path}/returns", returning)
    assert code(refused) == (409, "already_presented")
    await desks.service.reporting.tell(reporting.ReportReopenedV1(report_id=judged.report_id))
    assert await judged.state() == "presented"
    for answer in (await desks.explain(base=1), await desks.prepare(), await desks.present()):
        assert code(answer) == (409, "already_presented")


async def test_nothing_is_sent_before_it_was_presented(desks: Desks) -> None:
    assert code(await desks.secretary.post(f"{PATH}/dispatches")) == (404, "not_found")
    await desks.agreed()
    assert code(await desks.secretary.post(f"{PATH}/dispatches")) == (409, "not_presented")
    receipt = {"on": "2026-03-02", "reference": "26/9", "channel": "by_hand"}
    assert code(await desks.secretary.post(f"{PATH}/receipts", receipt)) == (409, "not_sent")
    supplement = {"units": [str(desks.judged.unit_id)], "reason": "Et sent svar."}
    assert code(await desks.secretary.post(f"{PATH}/supplements", supplement)) == (409, "not_sent")


async def test_while_reporting_is_away_nothing_is_sent_and_it_can_be_tried_again(desks: Desks) -> None:
    await desks.presented()
    away = await desks.secretary.post(f"{PATH}/dispatches")
    assert (code(away), away.headers["retry-after"]) == ((503, "unavailable"), "2")
    assert (await desks.shown())["status"] == "presented"


async def test_minutes_name_units_of_the_dossier_and_a_meeting_that_was_held(desks: Desks) -> None:
    await desks.agreed()
    stranger = str(uuid4())
    unknown = await desks.present(remarks={stranger: "?"})
    assert code(unknown) == (409, "unit_not_in_dossier")
    assert unknown.json()["errors"][0]["pointer"] == f"/remarks/{stranger}"
    to_come = await desks.present(on="2026-03-03")
    assert code(to_come) == (409, "meeting_in_the_future")
    assert to_come.json()["errors"][0]["pointer"] == "/on"


async def test_an_explanation_is_of_an_own_unit_in_the_dossier_on_the_version_seen(desks: Desks) -> None:
    assert (await desks.explain()).status_code == 201
    assert code(await desks.explain()) == (409, "changed_meanwhile")
    assert (await desks.explain(base=1, text="Startet i desember.")).status_code == 201
    unknown = await desks.explain(uuid4())
    assert (code(unknown), unknown.json()["errors"][0]["pointer"]) == ((409, "unit_not_in_dossier"), "/unit_id")
    others = {"region": "nord", "unit_id": str(desks.unasked), "text": "?", "base_version": 2}
    assert code(await desks.nord.post(f"{PATH}/explanations", others)) == (409, "region_not_responsible")
    history = await desks.nord.shown(f"{PATH}/history")
    texts = [fact["data"]["text"]["text"] for fact in history if fact["event"] == "review.Dossier.Explained"]
    assert texts == ["Startet i høst.", "Startet i desember."]


async def test_regional_units_are_part_of_it_by_their_regions_choice(desks: Desks) -> None:
    unit_id = uuid4()
    said = registry.UnitRegisteredV1(
        unit_id=unit_id,
        code="R-1",
        kind="regional_competence_centre",
        name_nb="Regionalt senter for øvelser",
        name_en=None,
        regions=["vest"],
        trusts=["ht-vest"],
        active_from=date(2010, 1, 1),
    )
    await desks.service.registry.tell(said, subject=unit_id)
    assert "R-1" not in [line["unit_code"] for line in (await desks.shown())["lines"]]
    choice = {"region": "vest", "included": True}
    await desks.vest.done("POST", f"{PATH}/regional-units", choice)
    shown = await desks.shown()
    assert (shown["lines"][-1]["unit_code"], shown["regional_units_of"]) == ("R-1", ["vest"])


async def test_a_year_that_was_never_opened_has_no_dossier(desks: Desks) -> None:
    for answer in (
        await desks.vest.get("/dossiers/2024"),
        await desks.vest.post("/dossiers/2024/preparations", {"region": "vest"}),
        await desks.secretary.post("/dossiers/2024/dispatches"),
        await desks.secretary.get("/dossiers/2024/bundle"),
    ):
        assert code(answer) == (404, "not_found")


async def test_each_step_is_for_those_whose_it_is(desks: Desks) -> None:
    ministry, lead = await desks.service.holder("ministry"), desks.judged.lead
    assert code(await lead.get(PATH)) == (403, "not_allowed")
    assert code(await ministry.get(PATH)) == (404, "not_found")
    assert await ministry.shown("/dossiers") == []
    assert code(await ministry.get(f"{PATH}/history")) == (403, "not_allowed")
    assert code(await desks.vest.get(f"{PATH}/bundle")) == (403, "not_allowed")
    assert code(await desks.prepare(desks.secretary)) == (403, "not_allowed")
    assert code(await desks.vest.post(f"{PATH}/presentations", MINUTES)) == (403, "not_allowed")
    assert code(await desks.vest.post(f"{PATH}/dispatches")) == (403, "not_allowed")
    assert code(await ministry.get(f"{PATH}/bundle")) == (404, "not_found")


async def test_a_confirmation_names_the_version_seen_and_every_step_its_request(desks: Desks) -> None:
    unseen = await desks.nord.post(f"{PATH}/confirmations", {"region": "nord"})
    assert code(unseen) == (428, "version_missing")
    without_key = await desks.vest.http.post(
        f"{PATH}/preparations", json={"region": "vest"}, headers=dict(desks.vest.headers)
    )
    assert code(without_key) == (428, "idempotency_key_missing")
