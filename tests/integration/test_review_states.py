"""The joint state of a report, whichever service owns the step, and who may know it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from services.review.joint_state import JointState
from services.review.review import Review
from shared.access import system
from shared.contracts import Contract, reporting
from shared.desk import UnitOfWork
from tests.integration.review import YEAR, Judged, Service, review
from tests.stores import Databases
from tests.tally import command
from tests.tokens import Tokens

pytestmark = [pytest.mark.integration, pytest.mark.anyio]


@pytest.fixture
async def service(databases: Databases, tokens: Tokens) -> AsyncIterator[Service]:
    async with review(databases, tokens) as running:
        yield running


async def told(judged: Judged, contract: type[Contract], **more: Any) -> str:
    """What is said of the report, and its state after that."""
    said = contract.model_validate({"report_id": judged.report_id, **more})
    await judged.service.reporting.tell(said, subject=judged.report_id)
    return await judged.state()


async def give_back(judged: Judged) -> None:
    body = {"region": "vest", "number": judged.number, "reason": "Mangler."}
    await judged.reviewers["vest"].done("POST", f"{judged.path}/returns", body)


async def decided(judged: Judged, step: str) -> None:
    """What the year's dossier does to each of its reports."""

    def decide(unit: UnitOfWork) -> dict[str, Any]:
        at = judged.service.clock.now()
        getattr(unit.get(Review, judged.id), step)(by=system("review"), at=at)
        return {}

    await judged.service.parts.desk.do(command(decide))


async def test_a_report_goes_from_opened_to_the_ministry(service: Service) -> None:
    judged = await service.report()
    assert await judged.state() == "opened"
    finished = {"unit_id": judged.unit_id, "year": YEAR, "part": "unit"}
    assert await told(judged, reporting.PartFinishedV1, **finished) == "in_progress"
    await judged.submit()
    assert await judged.state() == "submitted"
    await judged.assess("vest")
    assert await judged.state() == "under_review"
    await give_back(judged)
    assert await judged.state() == "returned"
    assert await told(judged, reporting.PartFinishedV1, **finished) == "returned"
    await judged.submit()
    assert await judged.state() == "submitted"
    assert await told(judged, reporting.ReportReopenedV1) == "reopened"
    await judged.submit()
    await judged.assess("vest", base=1)
    for criterion in ("equal_access", "activity_towards_regions", "research", "reference_group"):
        await judged.assess("vest", criterion)
    await judged.sign("vest", part_version=6)
    await judged.complete("vest")
    assert await judged.state() == "reviewed"
    await decided(judged, "present")
    assert await judged.state() == "presented"
    await decided(judged, "send")
    assert await judged.state() == "sent_to_ministry"


async def test_reporting_decides_the_ends_whatever_was_judged_before(service: Service) -> None:
    judged = await service.report()
    assert await told(judged, reporting.ReportExemptedV1) == "exempted"
    assert await told(judged, reporting.ReportReopenedV1) == "reopened"
    await judged.submit()
    await give_back(judged)
    assert await told(judged, reporting.ReportWithdrawnV1) == "withdrawn"
    assert await told(judged, reporting.ReportReopenedV1) == "reopened"


async def test_a_return_after_the_meeting_is_refused(service: Service) -> None:
    judged = await service.submitted()
    await judged.review()
    await decided(judged, "present")
    body = {"region": "vest", "number": 1, "reason": "For sent."}
    refused = await judged.reviewers["vest"].post(f"{judged.path}/returns", body)
    assert (refused.status_code, refused.json()["code"]) == (409, "already_presented")
    await judged.submit()
    assert await judged.state() == "presented"


async def test_states_are_told_with_their_names(service: Service) -> None:
    judged = await service.submitted()
    found = await judged.lead.shown(f"/report-states/{judged.report_id}")
    assert found["names"] == {"nb": "levert", "nn": "levert", "en": "submitted"}
    assert (found["unit_code"], found["number"], found["review_id"]) == ("L-1", 1, str(judged.id))


async def test_states_are_listed_by_year_region_and_state(service: Service) -> None:
    await service.submitted("B-1", "nord")
    await service.report("A-1", "vest", "sor_ost")
    reviewed = await service.submitted("C-1", "vest")
    await reviewed.review()

    async def codes(**filters: Any) -> list[str]:
        page = await service.auditor.shown("/report-states", **filters)
        return [row["unit_code"] for row in page["items"]]

    assert await codes() == ["A-1", "B-1", "C-1"]
    assert await codes(year=YEAR, region="vest") == ["A-1", "C-1"]
    assert await codes(state="reviewed") == ["C-1"]
    assert await codes(region="sor_ost", state="opened") == ["A-1"]
    assert await codes(year=YEAR + 1) == []
    first = await service.auditor.shown("/report-states", limit=2)
    assert [r["unit_code"] for r in first["items"]] == ["A-1", "B-1"]
    assert await codes(limit=2, cursor=first["next"]) == ["C-1"]


async def test_each_knows_the_states_that_are_theirs(service: Service) -> None:
    judged = await service.submitted()
    other = await service.report("L-2", "nord")
    ministry = await service.holder("ministry")
    trust = await service.holder("trust_office", trust="ht-vest")
    leader = await service.holder("group_leader", unit_id=judged.unit_id)
    machine = service.caller("service:notify")
    path = "/report-states"
    assert [len((await r.shown(path))["items"]) for r in (ministry, trust, leader, machine)] == [0, 1, 1, 2]
    assert (await leader.get(f"{path}/{other.report_id}")).json()["code"] == "not_found"
    await judged.review()
    await decided(judged, "present")
    await decided(judged, "send")
    assert [row["state"] for row in (await ministry.shown(path))["items"]] == [JointState.SENT_TO_MINISTRY.value]
