"""Reports written to the end, each by a whole unit and its group, through the services' own APIs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Any
from uuid import uuid4

from bench.portal.prose import prose
from deploy.demo.client import Caller, Suite, together
from deploy.demo.entries import lines
from deploy.demo.story import Unit
from tests.e2e.stage import Stage

SEATS = {f"region_{region}": "group_member" for region in ("nord", "midt", "vest", "sor_ost")}
SEATS |= {"user": "user_representative"}
LINES = 8
"""Lines in each list of activities, but for the patients treated, which are as many as a unit has."""
FULL = 0.75
"""How much of a field's room the texts take."""


@dataclass(frozen=True)
class Written:
    """A report, who writes it, and which of its texts are each one's own."""

    id: str
    lead: str
    coordinator: str
    texts: Sequence[str]


@dataclass(frozen=True)
class Party:
    """The people of one unit and its group, by the name of their role or seat."""

    unit: Unit
    people: dict[str, str]


async def write(api: Suite, many: int) -> list[Written]:
    """As many units as are asked for, whose reports lack nothing but the signature."""
    stage = await Stage.set(api)
    parties = [await _party(api, stage) for _ in range(many)]
    await api.reporting_knows()
    return await together(_report(api, stage, party) for party in parties)


async def _party(api: Suite, stage: Stage) -> Party:
    unit, desk = await stage.unit(api), stage.registry(api, "joint-desk")
    for seat, role in SEATS.items():
        person = await stage.person(api, seat)
        granted = {"role": role, "unit_id": unit, "seat": seat, "since": f"{stage.year}-01-01", "imported": True}
        await desk.post("/roles", {"person_id": person, **granted})
    names = ("lead", "coordinator", "leader", *SEATS)
    return Party(Unit.of(await desk.get(f"/units/{unit}")), {name: stage.people[name] for name in names})


async def _report(api: Suite, stage: Stage, party: Party) -> Written:
    body = {"unit_id": party.unit.id, "year": stage.year}
    report = (await stage.reporting(api, "desk").post("/reports", body))["report_id"]
    lead, coordinator = (api.reporting(party.people[name]) for name in ("lead", "coordinator"))
    asked = (await lead.get(f"/reports/{report}/form"))["questions"]
    own = [question for question in asked if question["part"] == "unit"]
    for question, writer in zip(own, cycle((lead, coordinator))):
        await _answer(writer, report, party.unit, question, stage.year)
    for question in asked:
        if question["part"] == "group":
            await _answer(api.reporting(party.people[_holder(question)]), report, party.unit, question, stage.year)
    texts = [question["id"] for question in own if question["type"] != "entries"]
    return Written(report, lead.subject, coordinator.subject, texts)


async def _answer(writer: Caller, report: str, unit: Unit, question: dict[str, Any], year: int) -> None:
    if question["type"] == "entries":
        for fields in _lines(unit, question["entry_type"], year):
            told = {"question_id": question["id"], "fields": fields}
            await writer.put(f"/reports/{report}/entries/{uuid4()}", told)
        return
    most = int(FULL * (question["limits"]["characters"] or 2000))
    choices = [choice["id"] for choice in question["choices"]][:3]
    body = {"text": prose(most, f"{report} {question['id']}"), "choices": choices, "base_version": 0}
    await writer.put(f"/reports/{report}/answers/{question['id']}", body)


def _lines(unit: Unit, kind: str, year: int) -> list[dict[str, Any]]:
    found = lines(unit, kind, year)
    if len(found) != 1:
        return found
    return [found[0] | _told_apart(found[0], number) for number in range(LINES)]


def _told_apart(line: dict[str, Any], number: int) -> dict[str, Any]:
    named = {name: f"{line[name]} {number}" for name in ("title", "name") if name in line}
    return named | ({"doi": f"https://doi.org/10.5555/eksempel.{number}"} if "doi" in line else {})


def _holder(question: dict[str, Any]) -> str:
    """Who of the group answers a question."""
    names = {"group_leader": "leader", "user_representative": "user"}
    return names.get(question["answered_by"], f"region_{question['region']}")
