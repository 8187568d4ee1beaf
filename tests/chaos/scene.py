"""What the writers begin with: people with roles, and reports that are complete but for what they will write."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from deploy.demo.client import Suite, together
from tests.e2e.stage import Stage
from tests.e2e.suite import RunningSuite

REGION = "vest"
REPORTS = 2


@dataclass
class Report:
    """One report, who writes it, and the version each of its answers has."""

    id: str
    lead: str
    coordinator: str
    leader: str
    versions: dict[str, int] = field(default_factory=dict)


@dataclass
class Scene:
    """Who is there."""

    year: int
    joint_desk: str
    reviewer: str
    unit: str
    """A unit without a report: who is granted a role there is told of nothing."""
    reports: list[Report]


async def set_scene(suite: RunningSuite) -> Scene:
    """Everything the writers need, made while nothing is wrong yet."""
    async with suite.callers() as api:
        stage = await Stage.set(api)
        reviewer = await stage.person(api, "reviewer", role="reviewer", region=REGION)
        reports = [await _report(api, stage) for _ in range(REPORTS)]
        unit = await stage.unit(api)
        await api.reporting_knows()
        await api.knows("review", "registry")
    return Scene(stage.year, stage.people["joint-desk"], reviewer, unit, reports)


async def _report(api: Suite, stage: Stage) -> Report:
    id, who = await stage.report(api), stage.people
    report = Report(id, who["lead"], who["coordinator"], who["leader"])
    lead, path = api.reporting(report.lead), f"/reports/{report.id}"
    findings = (await lead.get(f"{path}/checks"))["findings"]
    missing = [each["pointer"].split("/")[1:] for each in findings if each["code"] == "answer_missing"]
    await together(lead.put(*_filled(path, kind, question)) for kind, question in missing)
    answers = (await lead.get(path))["answers"]
    report.versions = {question: answer["version"] for question, answer in answers.items()}
    return report


def _filled(path: str, kind: str, question: str) -> tuple[str, dict[str, Any]]:
    if kind == "entries":
        return f"{path}/answers/{question}/nothing-to-report", {"declared": True, "base_version": 0}
    return f"{path}/answers/{question}", {"text": "Som i fjor.", "base_version": 0}
