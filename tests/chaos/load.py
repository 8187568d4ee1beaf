"""People at work in three services at once: units and roles are registered, reports written, judged and returned."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from typing import Any

from deploy.demo.people import invent
from shared.domain import identity
from tests.chaos.ledger import Astray, Effect, Ledger
from tests.chaos.scene import REGION, Report, Scene
from tests.eventually import eventually_async

EDITS = 4
"""How often each answer is changed before the report is handed in."""
LEADS, COORDINATORS, GROUPS = "evaluation.equal_access", "evaluation.patient_pathway", "group.overall"
CRITERIA = ("results", "research")
HEARD_WITHIN = 240.0


class Load:
    """The writers; each finishes what it is at when the work is to end, or stops where it is led astray."""

    def __init__(self, ledger: Ledger, scene: Scene) -> None:
        self._ledger, self._scene = ledger, scene
        self._numbers = count(1)
        self._ends = False
        self.rounds = 0

    def end(self) -> None:
        """No new round is begun."""
        self._ends = True

    async def run(self) -> None:
        """Work until told to end, and until everything begun is done."""
        writers = [self._people, self._units, *(_Writer(self, report).round for report in self._scene.reports)]
        await asyncio.gather(*(self._again_and_again(writer) for writer in writers))

    async def _again_and_again(self, work: Callable[[], Any]) -> None:
        with suppress(Astray):
            while not self._ends:
                await work()
                self.rounds += 1

    async def _people(self) -> None:
        """Somebody new gets a name, another name, a role, and is relieved of it."""
        do, desk, n = self._ledger.do, self._scene.joint_desk, next(self._numbers)
        card = {**invent(n), "email": f"first.{n}@post.example.com"}
        registered = Effect("/persons/{person_id}/history", "registry.Person.Registered")
        person = (await do("registry", desk, "POST", "/persons", card, leaves=registered))["person_id"]
        path, renamed = f"/persons/{person}/card", {**card, "email": f"second.{n}@post.example.com"}
        changed = Effect(f"/persons/{person}/history", "registry.Person.CardChanged")
        await do("registry", desk, "PUT", path, renamed, seen=1, leaves=changed)
        await do("registry", desk, "PUT", path, card, seen=1, refused="stale_version")
        since = f"{self._scene.year}-01-01"
        role = {"person_id": person, "role": "coordinator", "unit_id": self._scene.unit, "since": since}
        granted = Effect("/roles/{assignment_id}/history", "registry.RoleAssignment.Granted")
        assignment = (await do("registry", desk, "POST", "/roles", role, leaves=granted))["assignment_id"]
        ended = Effect(f"/roles/{assignment}/history", "registry.RoleAssignment.Ended", {"until": since})
        await do("registry", desk, "POST", f"/roles/{assignment}/endings", {"until": since}, leaves=ended)

    async def _units(self) -> None:
        """A new unit; its code is not given twice."""
        code = f"CHAOS-{next(self._numbers)}"
        unit = {"code": code, "kind": "quality_competence_network", "name_nb": f"Eksempel {code}"}
        unit |= {"trusts": ["ht-vest"], "active_from": f"{self._scene.year}-01-01"}  # type: ignore[dict-item]
        do, desk = self._ledger.do, self._scene.joint_desk
        await do(
            "registry",
            desk,
            "POST",
            "/units",
            unit,
            leaves=Effect("/units/{unit_id}/history", "registry.Unit.Registered"),
        )
        await do("registry", desk, "POST", "/units", unit, refused="unit_already_registered")


class _Writer:
    """The two parties of one report, and the region that judges it."""

    def __init__(self, load: Load, report: Report) -> None:
        self._do, self._read = load._ledger.do, load._ledger.read
        self._report, self._reviewer = report, load._scene.reviewer
        self._path = f"/reports/{report.id}"
        self._review = f"/reviews/{identity('review', report.id)}"
        self._judged = dict.fromkeys(CRITERIA, 0)

    async def round(self) -> None:
        """Written by both parties, handed in, judged, and sent back to be mended."""
        writers = {LEADS: self._report.lead, COORDINATORS: self._report.coordinator, GROUPS: self._report.leader}
        await asyncio.gather(*(self._edit(who, question) for question, who in writers.items()))
        number = await self._hand_in()
        await eventually_async(lambda: self._is_heard_by_review(number), HEARD_WITHIN)
        for criterion in CRITERIA:
            await self._judge(criterion)
        await self._return(number)
        await eventually_async(self._is_returned, HEARD_WITHIN)

    async def _edit(self, who: str, question: str) -> None:
        path, versions = f"{self._path}/answers/{question}", self._report.versions
        for _ in range(EDITS):
            version = versions.get(question, 0)
            body = {"text": f"{question} {version + 1}", "base_version": version}
            holds = {"question_id": question, "version": version + 1}
            left = Effect(f"{self._path}/history", "reporting.Report.Answered", holds)
            versions[question] = (await self._do("reporting", who, "PUT", path, body, leaves=left))["version"]
        await self._do("reporting", who, "PUT", path, {"text": "?", "base_version": 0}, refused="changed_meanwhile")

    async def _hand_in(self) -> int:
        report = self._report
        consent = Effect(f"{self._path}/history", "reporting.Report.ConsentGiven")
        await self._do("reporting", report.leader, "POST", f"{self._path}/consents", leaves=consent)
        seen = (await self._read("reporting", report.lead, self._path)).body["content_version"]
        path = f"{self._path}/submissions"
        await self._do("reporting", report.lead, "POST", path, {"seen": seen - 1}, refused="moved_since_seen")
        left = Effect(f"{self._path}/history", "reporting.Report.Submitted", {"content_version": seen})
        receipt = await self._do("reporting", report.lead, "POST", path, {"seen": seen}, leaves=left)
        return int(receipt["number"])

    async def _is_heard_by_review(self, number: int) -> bool:
        reply = await self._read("review", self._reviewer, self._review)
        return reply.status == 200 and bool(reply.body["submission"]["number"] == number)

    async def _judge(self, criterion: str) -> None:
        path, base = f"{self._review}/regions/{REGION}/assessments/{criterion}", self._judged[criterion]
        body = {"verdict": "ok", "text": f"{criterion} {base + 1}", "base_version": base}
        holds = {"criterion": criterion, "version": base + 1}
        left = Effect(f"{self._review}/history", "review.Review.Assessed", holds)
        await self._do("review", self._reviewer, "PUT", path, body, leaves=left)
        self._judged[criterion] = base + 1
        stale = {**body, "base_version": base}
        await self._do("review", self._reviewer, "PUT", path, stale, refused="changed_meanwhile")

    async def _return(self, number: int) -> None:
        path, body = f"{self._review}/returns", {"region": REGION, "number": number, "reason": "Tall mangler."}
        left = Effect(f"{self._review}/history", "review.Review.Returned", {"number": number})
        await self._do("review", self._reviewer, "POST", path, body, leaves=left)
        await self._do("review", self._reviewer, "POST", path, body, refused="review_not_under_way")

    async def _is_returned(self) -> bool:
        reply = await self._read("reporting", self._report.lead, self._path)
        return bool(reply.body["status"] == "returned")
