"""The year's cycle over HTTP: planned, tried dry, opened in one sweep, moved openly."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from services.reporting.application.templates import CONTENT, publish_shipped
from services.reporting.cycle import Cycle
from services.reporting.report import Report
from shared.contracts import registry
from tests.integration.reporting import DATES, TREATMENT, YEAR, Service, reporting
from tests.stores import Databases
from tests.tokens import Tokens

pytestmark = [pytest.mark.integration, pytest.mark.anyio]
COMPETENCE = "national_competence_service"


@pytest.fixture
async def service(databases: Databases, tokens: Tokens) -> AsyncIterator[Service]:
    async with reporting(databases, tokens) as running:
        yield running


async def phase(service: Service, unit_id: Any, phase: str, year: int = YEAR) -> None:
    await service.registry.tell(registry.UnitPhaseSetV1(unit_id=unit_id, year=year, phase=phase), subject=unit_id)


async def test_an_instant_without_an_offset_is_meant_in_oslo(service: Service) -> None:
    await service.joint.done("PUT", f"/cycles/{YEAR}", DATES | {"opens_at": "2025-12-15T08:00:00+00:00"})
    shown = await service.joint.shown(f"/cycles/{YEAR}")
    assert (shown["deadline"], shown["opens_at"]) == ("2026-02-16T15:00:00Z", "2025-12-15T08:00:00Z")
    summer = {"recommended_on": "2026-06-01", "deadline": "2026-06-16T16:00:00"}
    await service.joint.done("PUT", "/cycles/2026", summer)
    assert (await service.joint.shown("/cycles/2026"))["deadline"] == "2026-06-16T14:00:00Z"
    assert [cycle["year"] for cycle in await service.joint.shown("/cycles")] == [2026, YEAR]


@pytest.mark.parametrize(
    ("dates", "code", "pointer"),
    [
        ({"deadline": "2025-12-09T16:00:00"}, "deadline_in_the_past", "/deadline"),
        ({"grace_until": "2026-02-15T16:00:00"}, "dates_out_of_order", "/grace_until"),
        ({"recommended_on": "2026-02-17"}, "dates_out_of_order", "/recommended_on"),
        ({"opens_at": "2026-02-17T08:00:00"}, "dates_out_of_order", "/opens_at"),
        ({"recommended_on": "2026-02-16", "deadline": "2026-02-16T00:30:00"}, "", ""),
    ],
)
async def test_dates_are_in_order_and_to_come(service: Service, dates: Any, code: str, pointer: str) -> None:
    answer = await service.joint.put(f"/cycles/{YEAR}", DATES | dates)
    refused = answer.json()
    assert answer.status_code == (409 if code else 201), answer.text
    if code:
        assert (refused["code"], [fault["pointer"] for fault in refused["errors"]]) == (code, [pointer])
        assert (await service.joint.get(f"/cycles/{YEAR}")).status_code == 404


async def test_only_the_joint_desk_plans_and_once(service: Service) -> None:
    desk = await service.holder("service_desk", region="vest")
    refused = await desk.put(f"/cycles/{YEAR}", DATES)
    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
    await service.joint.done("PUT", f"/cycles/{YEAR}", DATES)
    again = await service.joint.put(f"/cycles/{YEAR}", DATES)
    assert (again.status_code, again.json()["code"]) == (409, "cycle_exists")


async def test_the_dry_run_tells_what_is_missing_and_changes_nothing(service: Service) -> None:
    alone, led, unclear = await service.unit("A"), await service.unit("B"), await service.unit("C", COMPETENCE)
    network = await service.unit("D", "quality_competence_network")
    lead = await service.holder("professional_lead", unit_id=led)
    leader = await service.holder("group_leader", unit_id=led, region="nord")
    await service.joint.done("PUT", f"/cycles/{YEAR}", DATES)
    shown = await service.joint.shown(f"/cycles/{YEAR}/dry-run")
    assert [(row["unit_id"], row["warnings"], row["faults"]) for row in shown] == [
        (str(alone), ["no_professional_lead", "no_group_leader"], []),
        (str(led), [], []),
        (str(unclear), ["no_professional_lead"], ["no_template_fits"]),
        (str(network), ["no_professional_lead"], []),
    ]
    assert (shown[1]["lead"], shown[1]["group_leader"]) == (lead.person_id, leader.person_id)
    assert (await service.joint.shown("/reports"))["items"] == []
    assert (await service.joint.shown(f"/cycles/{YEAR}"))["opened_at"] is None


async def test_the_sweep_opens_what_is_owed_by_kind_and_phase_and_once(service: Service) -> None:
    for number, name in enumerate(("new", "ongoing", "final")):
        await phase(service, await service.unit(f"K-{number}", COMPETENCE), name)
    await service.unit("K-3", COMPETENCE)
    others = (TREATMENT, "multiregional_treatment_service", "national_centre", "quality_competence_network")
    for kind in (*others, "regional_competence_centre", "regional_competence_service"):
        await service.unit(f"X-{kind}", kind)
    await service.unit("TO-COME", TREATMENT, since="2026-01-01")
    swept = await service.open_cycle()
    assert (swept["opened"], [unit["code"] for unit in swept["left_out"]]) == (9, ["K-3"])
    shown = (await service.joint.shown("/reports"))["items"]
    assert {(row["unit_code"], row["template"]) for row in shown} == {
        ("K-0", "national_competence_service_new"),
        ("K-1", "national_competence_service_ongoing"),
        ("K-2", "national_competence_service_final"),
        ("X-national_treatment_service", "national_treatment_service_ongoing"),
        ("X-multiregional_treatment_service", "multiregional_treatment_service_ongoing"),
        *((f"X-{key}", key) for key in ("national_centre", "quality_competence_network")),
        *((f"X-{key}", key) for key in ("regional_competence_centre", "regional_competence_service")),
    }
    again = await service.joint.post(f"/cycles/{YEAR}/openings")
    assert (again.status_code, again.json()["code"]) == (409, "cycle_is_open")
    assert len((await service.joint.shown("/reports"))["items"]) == 9


async def test_the_final_report_is_the_last_one_owed(service: Service) -> None:
    ended, resumed = await service.unit("K-1", COMPETENCE), await service.unit("K-2", COMPETENCE)
    for unit_id, year, name in ((ended, YEAR - 1, "final"), (resumed, YEAR - 1, "final"), (resumed, YEAR, "ongoing")):
        said = registry.UnitPhaseSetV1(unit_id=unit_id, year=year, phase=name)
        await service.registry.tell(said, subject=unit_id)
    listed = await service.joint.shown(f"/cycles/{YEAR}/dry-run")
    assert [(unit["code"], unit["phase"]) for unit in listed] == [("K-2", "ongoing")]


async def test_the_schedule_opens_at_the_planned_instant_and_once(service: Service) -> None:
    await service.unit()
    await service.joint.done("PUT", f"/cycles/{YEAR}", DATES | {"opens_at": "2025-12-15T08:00:00"})
    await service.tick()
    assert (await service.joint.shown("/reports"))["items"] == []
    service.clock.move(days=7)
    await service.tick()
    await service.tick()
    assert len((await service.joint.shown("/reports"))["items"]) == 1
    told = await service.joint.shown(f"/cycles/{YEAR}/history")
    assert [fact["event"] for fact in told] == ["reporting.Cycle.Planned", "reporting.Cycle.Opened"]
    assert told[1]["by"]["subject"] == "service:reporting"


async def test_a_unit_that_ended_in_the_year_still_owes(service: Service) -> None:
    for code, ended in (("THIS", "2025-01-01"), ("LAST", "2024-12-31")):
        unit_id = await service.unit(code)
        said = registry.UnitEndedV1(unit_id=unit_id, on=date.fromisoformat(ended))
        await service.registry.tell(said, subject=unit_id)
    await service.open_cycle()
    assert [row["unit_code"] for row in (await service.joint.shown("/reports"))["items"]] == ["THIS"]


async def test_other_dates_leave_extensions_as_they_are(service: Service) -> None:
    unit_id = await service.unit()
    await service.open_cycle()
    path = f"/reports/{Report.identify(unit_id, YEAR)}"
    until = {"until": "2026-03-01T12:00:00", "reason": "sykdom"}
    await service.joint.done("POST", f"{path}/extensions", until)
    moved = DATES | {"deadline": "2026-02-17T16:00:00", "reason": "nedetid"}
    await service.joint.done("POST", f"/cycles/{YEAR}/reschedulings", moved)
    assert (await service.joint.shown(f"/cycles/{YEAR}"))["deadline"] == "2026-02-17T15:00:00Z"
    assert (await service.joint.shown(path))["extended_until"] == "2026-03-01T11:00:00Z"
    unexplained = await service.joint.post(f"/cycles/{YEAR}/reschedulings", DATES)
    assert (unexplained.status_code, unexplained.json()["errors"][0]["pointer"]) == (422, "/reason")


async def test_a_unit_has_one_report_a_year(service: Service) -> None:
    unit_id = await service.unit()
    desk = await service.holder("service_desk", region="vest")
    await service.joint.done("PUT", f"/cycles/{YEAR}", DATES)
    body = {"unit_id": str(unit_id), "year": YEAR}
    early = await desk.post("/reports", body)
    assert (early.status_code, early.json()["code"]) == (409, "cycle_is_not_open")
    await service.joint.done("POST", f"/cycles/{YEAR}/openings")
    second = await desk.post("/reports", body)
    assert (second.status_code, second.json()["code"]) == (409, "report_exists")
    late = await service.unit("LATE")
    made = await desk.done("POST", "/reports", body | {"unit_id": str(late)})
    assert made["report_id"] == str(Report.identify(late, YEAR))
    far = await service.unit("FAR", TREATMENT, "nord")
    elsewhere = await desk.post("/reports", body | {"unit_id": str(far)})
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (403, "not_allowed")


async def test_a_template_shipped_after_the_opening_is_for_the_next_year(service: Service, tmp_path: Path) -> None:
    await service.open_cycle()
    for file in CONTENT.glob("*.json"):
        newer = json.loads(file.read_text()) | {"version": 2}
        (tmp_path / file.name).write_text(json.dumps(newer))
    assert await publish_shipped(service.parts.desk, service.clock.now(), tmp_path) == 9
    late = await service.unit("LATE")
    assert [unit["code"] for unit in await service.joint.shown(f"/cycles/{YEAR}/dry-run")] == ["LATE"]
    made = await service.joint.done("POST", "/reports", {"unit_id": str(late), "year": YEAR})
    shown = await service.joint.shown(f"/reports/{made['report_id']}")
    assert shown["template"]["version"] == 1
    service.clock.move(days=365)
    await service.open_cycle(
        YEAR + 1, recommended_on="2027-02-10", deadline="2027-02-16T16:00:00", grace_until="2027-02-18T16:00:00"
    )
    later = await service.joint.shown(f"/reports/{Report.identify(late, YEAR + 1)}")
    assert later["template"]["version"] == 2


async def test_an_unknown_unit_or_year_is_not_found(service: Service) -> None:
    await service.open_cycle()
    unit_id = await service.unit()
    unknown = await service.joint.post("/reports", {"unit_id": str(uuid4()), "year": YEAR})
    assert (unknown.status_code, unknown.json()["errors"][0]["code"]) == (404, "unknown_unit")
    assert unknown.json()["errors"][0]["pointer"] == "/unit_id"
    no_cycle = await service.joint.post("/reports", {"unit_id": str(unit_id), "year": 2031})
    assert no_cycle.status_code == 404


async def test_a_cycle_shows_what_happened_to_it(service: Service) -> None:
    await service.open_cycle()
    told = await service.joint.shown(f"/cycles/{YEAR}/history")
    assert [fact["version"] for fact in told] == [1, 2]
    assert service.parts.store.load(Cycle, Cycle.identify(YEAR)) is not None
    assert len(told[1]["data"]["pins"]) == 9
