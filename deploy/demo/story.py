"""What every chapter of the demo works with, and the few things more than one of them does."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from deploy.demo.client import Caller, Suite
from deploy.demo.ledger import Ledger
from deploy.demo.people import Cast
from deploy.demo.resting import rest
from deploy.demo.screen import Screen
from deploy.demo.times import Moments, TimeMachine

# Who plays which part; all other units have an ordinary year.
WITH_FIGURES = "L-HB7"
WITH_VACANCY = "NB-HMN-01"
WITH_REDACTION = "NK-OUS-8"
CHANGED_AFTER_THE_GROUP = "FF-OUS-HB5"
WITHOUT_AN_ANSWER = "L-OUS-3"
EXTENDED = "L-OUS-8"
LATE = "NKT-HMN-03"
EXEMPTED = "NK-HB10"
RETURNED = WITH_VACANCY
NOT_REVIEWED = LATE
REOPENED_KIND = "national_centre"
BY_TWO_REGIONS = "multiregional_treatment_service"
REGIONAL_CHOSEN, REGIONAL_LEFT_OUT = "regional_competence_centre", "regional_competence_service"
"""The region of the one lets it come before the medical directors, the region of the other does not."""
VACANT_SEAT = "region_sor_ost"

REGIONS = ("nord", "midt", "vest", "sor_ost")


@dataclass(frozen=True)
class Unit:
    """A unit as the registry lists it."""

    id: str
    code: str
    kind: str
    name: str
    regions: tuple[str, ...]
    trusts: tuple[str, ...]

    @classmethod
    def of(cls, row: dict[str, Any]) -> Unit:
        return cls(
            id=row["unit_id"],
            code=row["code"],
            kind=row["kind"],
            name=row["name_nb"],
            regions=tuple(row["regions"]),
            trusts=tuple(row["trusts"]),
        )

    @property
    def desk(self) -> str:
        return f"desk-{self.regions[0]}"


@dataclass
class Story:
    """One year, told by the people of one suite."""

    suite: Suite
    cast: Cast
    ledger: Ledger
    screen: Screen
    machine: TimeMachine
    moments: Moments
    first_time: bool
    began: datetime
    """When the story began, by the suite's clock: what was told before belongs to other years."""
    units: dict[str, Unit] = field(default_factory=dict)
    reports: dict[str, str] = field(default_factory=dict)
    reviews: dict[str, str] = field(default_factory=dict)
    receipts: list[dict[str, Any]] = field(default_factory=list)
    languages: dict[str, str] = field(default_factory=dict)
    """The language of each person who has chosen another than bokmål."""
    messages: dict[str, dict[str, Any]] = field(default_factory=dict)
    _templates: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    @property
    def year(self) -> int:
        return self.moments.year

    @property
    def written(self) -> list[Unit]:
        """The units whose reports are written this year."""
        return [unit for code, unit in self.units.items() if code != EXEMPTED]

    def registry(self, alias: str) -> Caller:
        return self.suite.registry(self.cast[alias])

    def reporting(self, alias: str) -> Caller:
        return self.suite.reporting(self.cast[alias])

    def review(self, alias: str) -> Caller:
        return self.suite.review(self.cast[alias])

    def notify(self, alias: str) -> Caller:
        return self.suite.notify(self.cast[alias])

    def reviewer(self, region: str) -> Caller:
        return self.review(f"reviewer-{region}")

    async def travel(self, moment: datetime) -> None:
        """Make it that moment, once everybody was told what had happened by now: late news are no news."""
        await rest(self.suite)
        self.machine.travel(moment)

    def lead(self, code: str) -> Caller:
        return self.reporting(f"lead-{code}")

    def second(self, code: str) -> Caller:
        """Whoever writes beside the lead: the coordinator, where the unit has named one."""
        alias = f"coordinator-{code}"
        return self.reporting(alias if alias in self.cast else f"lead-{code}")

    def at(self, code: str, path: str = "") -> str:
        """The address of a unit's report, or of something in it."""
        return f"/reports/{self.reports[code]}{path}"

    def judged(self, code: str, path: str = "") -> str:
        """The address of the review of a unit's report, or of something in it."""
        return f"/reviews/{self.reviews[code]}{path}"

    async def seen(self, code: str, alias: str) -> dict[str, Any]:
        """The review of a unit's report, as somebody sees it now."""
        shown: dict[str, Any] = await self.review(alias).get(self.judged(code))
        return shown

    async def states(self) -> dict[str, str]:
        """The joint state of every report of the year, by the code of its unit."""
        rows = await self.review("joint-desk").listed("/report-states", year=str(self.year))
        return {row["unit_code"]: row["state"] for row in rows}

    async def report(self, code: str, alias: str = "") -> dict[str, Any]:
        """A unit's report as its lead, or somebody else, sees it now."""
        shown: dict[str, Any] = await self.reporting(alias or f"lead-{code}").get(self.at(code))
        return shown

    async def version(self, code: str, question: str) -> int:
        """The version of an answer, to base a change on."""
        return int((await self.report(code))["answers"][question]["version"])

    async def answer(self, caller: Caller, code: str, question: str, text: str, base: int) -> dict[str, Any]:
        changed: dict[str, Any] = await caller.put(
            self.at(code, f"/answers/{question}"), {"text": text, "base_version": base}
        )
        return changed

    async def hand_in(self, code: str, excuse: str | None = None) -> dict[str, Any]:
        """The lead looks at the report and submits exactly what was seen."""
        seen = (await self.report(code))["content_version"]
        body = {"seen": seen} | ({"excuse": excuse} if excuse else {})
        receipt: dict[str, Any] = await self.lead(code).post(self.at(code, "/submissions"), body)
        self.receipts.append(receipt)
        return receipt

    async def questions(self, unit: Unit) -> list[dict[str, Any]]:
        """What the report of a unit asks."""
        template = (await self.report(unit.code))["template"]
        if template["key"] not in self._templates:
            path = f"/templates/{template['key']}/{template['version']}"
            self._templates[template["key"]] = (await self.lead(unit.code).get(path))["questions"]
        return self._templates[template["key"]]
