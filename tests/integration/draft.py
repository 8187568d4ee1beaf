"""A report being written by everybody who has a part in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx

from services.reporting.report import Report
from tests.integration.reporting import TREATMENT, YEAR, Caller, Service

UNIT_TEXTS = ("evaluation.equal_access", "evaluation.patient_pathway", "evaluation.treatment_quality")
UNIT_LISTS = (
    "activity.articles",
    "activity.projects",
    "activity.teaching",
    "activity.dissemination",
    "activity.clinical_activity",
)
REGIONS = ("nord", "midt", "vest", "sor_ost")
ACCESS, OVERALL, NORD, USER = UNIT_TEXTS[0], "group.overall", "group.region_nord", "group.user_representative"


@dataclass
class Draft:
    """The report of a treatment service in Helse Vest, and its people."""

    service: Service
    unit_id: UUID
    id: UUID
    lead: Caller
    coordinator: Caller
    leader: Caller
    desk: Caller
    user: Caller
    members: dict[str, Caller]

    @property
    def path(self) -> str:
        return f"/reports/{self.id}"

    async def answer(
        self, by: Caller, question: str, text: str = "Et svar.", base: int = 0, **headers: Any
    ) -> httpx.Response:
        body = {"text": text, "base_version": base}
        return await by.put(f"{self.path}/answers/{question}", body, **headers)

    async def answered(self, by: Caller, question: str, text: str = "Et svar.", base: int = 0) -> dict[str, Any]:
        """An answer that must be taken."""
        answer = await self.answer(by, question, text, base)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def add(self, by: Caller, question: str, **fields: Any) -> dict[str, Any]:
        """A line that must be taken."""
        body = {"question_id": question, "fields": fields}
        return await by.done("PUT", f"{self.path}/entries/{uuid4()}", body)

    async def write_unit_part(self) -> None:
        for question in UNIT_TEXTS:
            await self.answered(self.lead, question)
        for question in UNIT_LISTS:
            nothing = {"declared": True, "base_version": 0}
            await self.lead.done("PUT", f"{self.path}/answers/{question}/nothing-to-report", nothing)

    async def write_group_part(self, *left_out: str) -> None:
        if OVERALL not in left_out:
            await self.answered(self.leader, OVERALL)
        if USER not in left_out:
            await self.answered(self.user, USER)
        for region, member in self.members.items():
            if f"group.region_{region}" not in left_out:
                await self.answered(member, f"group.region_{region}")

    async def finish(self, by: Caller, part: str, finished: bool = True) -> dict[str, Any]:
        return await by.done("POST", f"{self.path}/finished-parts", {"part": part, "finished": finished})

    async def shown(self, by: Caller, **params: Any) -> dict[str, Any]:
        found: dict[str, Any] = await by.shown(self.path, **params)
        return found

    async def content_version(self) -> int:
        return int((await self.shown(self.service.joint))["content_version"])

    async def submit(self, by: Caller | None = None, seen: int | None = None, **more: Any) -> httpx.Response:
        body = {"seen": await self.content_version() if seen is None else seen, **more}
        return await (by or self.lead).post(f"{self.path}/submissions", body)

    async def submitted(self, **more: Any) -> dict[str, Any]:
        """A submission that must be taken."""
        answer = await self.submit(**more)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def ask(self, by: Caller, step: str, **body: Any) -> dict[str, Any]:
        """Something asked of the report that must be done."""
        return await by.done("POST", f"{self.path}/{step}", body or None)

    async def facts(self, event: str = "") -> list[dict[str, Any]]:
        """What is recorded of the report, or of one kind."""
        history = await self.service.joint.shown(f"{self.path}/history")
        return [fact for fact in history if not event or fact["event"] == f"reporting.Report.{event}"]


async def drafted(service: Service, code: str = "L-1") -> Draft:
    """An open report whose every question somebody can answer."""
    unit_id = await service.unit(code, TREATMENT, "vest")
    members = {
        region: await service.holder("group_member", unit_id=unit_id, region=region, seat=f"region_{region}")
        for region in REGIONS
    }
    draft = Draft(
        service=service,
        unit_id=unit_id,
        id=Report.identify(unit_id, YEAR),
        lead=await service.holder("professional_lead", "Ragnhild Leder", unit_id=unit_id),
        coordinator=await service.holder("coordinator", unit_id=unit_id),
        leader=await service.holder("group_leader", unit_id=unit_id, region="nord"),
        desk=await service.holder("service_desk", region="vest"),
        user=await service.holder("user_representative", unit_id=unit_id, seat="user"),
        members=members,
    )
    await service.open_cycle()
    return draft
