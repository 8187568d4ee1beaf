"""The few people and units the stories need, in a suite that was empty before."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from deploy.demo.client import Caller, Suite
from deploy.demo.people import invent

TREATMENT = "national_treatment_service"
NETWORK = "quality_competence_network"


@dataclass
class Stage:
    """Who is who; every story gets a unit and a report of its own."""

    year: int
    people: dict[str, str] = field(default_factory=dict)
    _numbers: count[int] = field(default_factory=lambda: count(1))

    @classmethod
    async def set(cls, api: Suite, now: datetime | None = None, year: int | None = None) -> Stage:
        """The first person, a trust, the desk of its region, and an open cycle; ``now`` where the clock was moved."""
        now = now or datetime.now(UTC)
        stage = cls(year or now.year)
        first = await api.registry("operator").post("/bootstrap", invent(0))
        stage.people["joint-desk"] = first["person_id"]
        for region, code in (("vest", "ht-vest"), ("nord", "ht-nord")):
            trust = {"code": code, "name": f"Eksempelsykehus {region} HF", "region": region}
            await api.registry(stage.people["joint-desk"]).post("/trusts", trust)
        await stage.person(api, "desk", role="service_desk", region="vest")
        await stage.person(api, "office", role="trust_office", trust="ht-vest")
        await api.reporting_knows()
        dates = {
            "recommended_on": (now + timedelta(days=30)).date().isoformat(),
            "deadline": (now + timedelta(days=60)).isoformat(),
        }
        await stage.reporting(api, "joint-desk").put(f"/cycles/{stage.year}", dates)
        await stage.reporting(api, "joint-desk").post(f"/cycles/{stage.year}/openings")
        return stage

    def registry(self, api: Suite, who: str) -> Caller:
        return api.registry(self.people[who])

    def reporting(self, api: Suite, who: str) -> Caller:
        return api.reporting(self.people[who])

    def review(self, api: Suite, who: str) -> Caller:
        return api.review(self.people[who])

    def notify(self, api: Suite, who: str) -> Caller:
        return api.notify(self.people[who])

    async def person(self, api: Suite, name: str, **role: str) -> str:
        """Somebody new, with a role if one is told."""
        desk = self.registry(api, "joint-desk")
        person: str = (await desk.post("/persons", invent(next(self._numbers))))["person_id"]
        self.people[name] = person
        if role:
            granter = self.registry(api, "office") if role["role"] == "group_leader" else desk
            await granter.post("/roles", {"person_id": person, "since": f"{self.year}-01-01", **role})
        return person

    async def unit(self, api: Suite, kind: str = TREATMENT) -> str:
        """A new unit in the west with ``lead``, ``coordinator`` and, if it has a group, ``leader``; its id."""
        code = f"E2E-{next(self._numbers)}"
        body = {"code": code, "kind": kind, "name_nb": f"Eksempel {code}", "trusts": ["ht-vest"]}
        started = {"active_from": f"{self.year}-01-01"}
        unit: str = (await self.registry(api, "joint-desk").post("/units", body | started))["unit_id"]
        await self.person(api, "lead", role="professional_lead", unit_id=unit)
        await self.person(api, "coordinator", role="coordinator", unit_id=unit)
        if kind == TREATMENT:
            await self.person(api, "leader", role="group_leader", unit_id=unit, region="nord")
        return unit

    async def report(self, api: Suite, kind: str = TREATMENT) -> str:
        """The report of a new unit; its id."""
        unit = await self.unit(api, kind)
        await api.reporting_knows()
        desk = self.reporting(api, "desk")
        return str((await desk.post("/reports", {"unit_id": unit, "year": self.year}))["report_id"])


async def write(lead: Caller, report: str) -> None:
    """What a network must tell before its report can be handed in."""
    for question in ("network_work", "network_cooperation"):
        body = {"text": "Møter i alle regioner.", "base_version": 0}
        await lead.put(f"/reports/{report}/answers/evaluation.{question}", body)


async def hand_in(lead: Caller, report: str) -> Any:
    """The receipt of what the lead sees now."""
    seen = (await lead.get(f"/reports/{report}"))["content_version"]
    return await lead.post(f"/reports/{report}/submissions", {"seen": seen})


async def heads(api: Suite) -> dict[str, int]:
    """How long the logs of both services are."""
    return {name: (await api.health(name))["database"]["head"] for name in ("registry", "reporting")}


def texts(history: list[dict[str, Any]], question: str) -> dict[int, str]:
    """What was answered to a question, by the version of the answer."""
    facts = [fact["data"] for fact in history if fact["data"].get("question_id") == question]
    return {fact["version"]: fact["text"]["text"] for fact in facts if fact.get("text")}
