"""Drafts are their party's: who else may read a report reads what is said to be done, and what was handed in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from itertools import product
from typing import Any
from uuid import uuid4

import pytest

from services.reporting.application.deciding import concerned
from services.reporting.report import Report
from services.reporting.views import queries
from shared.access import Assignment, Role
from tests.integration.draft import ACCESS, NORD, OVERALL, Draft, drafted
from tests.integration.reporting import DECEMBER, Caller, Service, reporting
from tests.integration.test_reporting_hears_review import returned
from tests.stores import Databases
from tests.tokens import Tokens

pytestmark = [pytest.mark.integration, pytest.mark.anyio]
TEACHING = "activity.teaching"
UNITS, GROUPS, HANDED_IN, LATE = "Enhetens utkast.", "Gruppens utkast.", "Levert av enheten.", "Et sent svar."


@pytest.fixture
async def service(databases: Databases, tokens: Tokens) -> AsyncIterator[Service]:
    async with reporting(databases, tokens) as running:
        yield running


@pytest.fixture
async def draft(service: Service) -> Draft:
    return await drafted(service)


async def everybody(draft: Draft) -> dict[str, Caller]:
    """Those who may read a report that was handed in."""
    service, unit_id = draft.service, draft.unit_id
    return {
        "lead": draft.lead,
        "administration": await service.holder("administrative_leader", unit_id=unit_id),
        "leader": draft.leader,
        "member": draft.members["vest"],
        "unit's own": await service.holder("unit_representative", unit_id=unit_id, seat="unit"),
        "desk": draft.desk,
        "joint": service.joint,
        "auditor": await service.holder("auditor"),
        "trust": await service.holder("trust_office", trust="ht-vest"),
        "reviewer": await service.holder("reviewer", region="vest"),
        "far reviewer": await service.holder("reviewer", region="nord"),
        "far desk": await service.holder("service_desk", region="nord"),
        "secretary": await service.holder("directors_secretary"),
    }


UNIT = {"lead", "administration"}
GROUP = {"leader", "member", "unit's own"}
ALL_DRAFTS = {"desk", "joint", "auditor"}
NEAR = UNIT | GROUP | ALL_DRAFTS | {"trust", "reviewer"}
"""Those who may know of a report while it is written."""


async def readers(draft: Draft, people: dict[str, Caller], text: str, *parts: str) -> set[str]:
    """Who reads a text: in the report, its history and its form alike, unless one of them is named."""
    found = []
    for part in parts or ("", "/history", "/form"):
        answers = {name: await by.get(f"{draft.path}{part}") for name, by in people.items()}
        found.append({name for name, answer in answers.items() if text in answer.text})
    assert all(each == found[0] for each in found)
    return found[0]


async def test_an_unfinished_part_is_read_by_its_party_and_by_those_who_help_or_audit(draft: Draft) -> None:
    people = await everybody(draft)
    await draft.answered(draft.coordinator, ACCESS, UNITS)
    await draft.answered(draft.leader, OVERALL, GROUPS)
    assert await readers(draft, people, UNITS) == UNIT | ALL_DRAFTS
    assert await readers(draft, people, GROUPS) == GROUP | ALL_DRAFTS
    await draft.finish(draft.lead, "unit")
    assert await readers(draft, people, UNITS) == NEAR
    assert await readers(draft, people, GROUPS) == GROUP | ALL_DRAFTS
    await draft.finish(draft.leader, "group")
    await draft.finish(draft.lead, "unit", finished=False)
    assert await readers(draft, people, UNITS) == UNIT | ALL_DRAFTS
    assert await readers(draft, people, GROUPS) == NEAR


@pytest.fixture
async def handed_in(draft: Draft) -> Draft:
    """A report that was submitted without one member's answer, which followed; the unit had said it was done."""
    await draft.answered(draft.lead, ACCESS, HANDED_IN)
    await draft.add(draft.lead, TEACHING, kind="course", title="Et levert kurs")
    for question in ("evaluation.patient_pathway", "evaluation.treatment_quality"):
        await draft.answered(draft.lead, question)
    for question in ("articles", "projects", "dissemination", "clinical_activity"):
        nothing = {"declared": True, "base_version": 0}
        await draft.lead.done("PUT", f"{draft.path}/answers/activity.{question}/nothing-to-report", nothing)
    await draft.write_group_part(NORD)
    await draft.finish(draft.lead, "unit")
    await draft.ask(draft.leader, "consents")
    await draft.submitted()
    await draft.ask(draft.members["nord"], "addenda", question_id=NORD, text=LATE)
    return draft


async def test_a_returned_report_shows_what_was_handed_in_and_not_what_is_written_since(handed_in: Draft) -> None:
    draft, people = handed_in, await everybody(handed_in)
    await returned(draft.service, draft.id, 1)
    for text in (HANDED_IN, "Et levert kurs", LATE):
        assert await readers(draft, people, text) == set(people), text
    await draft.answered(draft.lead, ACCESS, UNITS, base=1)
    await draft.answered(draft.leader, OVERALL, GROUPS, base=1)
    await draft.add(draft.lead, TEACHING, title="Et nytt kurs")
    assert await readers(draft, people, HANDED_IN, "/history", "/submissions/1") == set(people)
    for text in (UNITS, "Et nytt kurs"):
        assert await readers(draft, people, text) == UNIT | ALL_DRAFTS
    assert await readers(draft, people, GROUPS) == GROUP | ALL_DRAFTS
    assert await readers(draft, people, "Et levert kurs") == set(people)
    line, _ = (await draft.shown(draft.lead))["entries"][TEACHING]
    changed = {"base_version": 1, "fields": {"title": "Et rettet kurs"}}
    await draft.lead.done("PUT", f"{draft.path}/entries/{line['entry_id']}/fields", changed)
    assert await readers(draft, people, "Et rettet kurs") == UNIT | ALL_DRAFTS


async def test_what_is_written_since_is_read_when_it_is_done_or_handed_in_again(handed_in: Draft) -> None:
    draft, people = handed_in, await everybody(handed_in)
    await returned(draft.service, draft.id, 1)
    await draft.answered(draft.lead, ACCESS, UNITS, base=1)
    await draft.answered(draft.leader, OVERALL, GROUPS, base=1)
    await draft.finish(draft.lead, "unit")
    await draft.finish(draft.lead, "unit")
    assert len(await draft.facts("PartFinished")) == 2
    assert await readers(draft, people, UNITS) == set(people)
    assert await readers(draft, people, GROUPS) == GROUP | ALL_DRAFTS
    await draft.submitted()
    assert await readers(draft, people, GROUPS) == set(people)


async def test_review_reads_a_submission_while_the_report_is_written_again(handed_in: Draft) -> None:
    draft = handed_in
    await draft.ask(draft.desk, "reopenings", reason="feil tall")
    await draft.answered(draft.lead, ACCESS, UNITS, base=1)
    machine = draft.service.caller("service:review")
    submission = f"/submissions/{Report.submission_id(draft.id, 1)}"
    assert (await machine.shown(submission))["report"]["answers"][ACCESS]["text"] == HANDED_IN


async def test_a_draft_that_outlives_a_redaction_stays_a_draft(handed_in: Draft) -> None:
    draft, people = handed_in, await everybody(handed_in)
    await returned(draft.service, draft.id, 1)
    for version, text in ((1, "Et navn."), (2, "Et navn til."), (3, UNITS)):
        await draft.answered(draft.lead, ACCESS, text, base=version)
    why = {"place": ACCESS, "reason": "x", "legal_basis": "x"}
    for version in (2, 3):
        asked = await draft.ask(draft.lead, "redactions", first_version=version, last_version=version, **why)
        await draft.ask(draft.desk, f"redactions/{asked['redaction_id']}/approvals")
    assert await readers(draft, people, HANDED_IN, "/history", "/submissions/1") == set(people)
    assert await readers(draft, people, UNITS) == UNIT | ALL_DRAFTS


BINDINGS: tuple[dict[str, Any], ...] = (
    {},
    {"unit_id": "its unit"},
    {"unit_id": "its unit", "region": "nord", "seat": "region_nord"},
    {"unit_id": "its unit", "since": date(2026, 1, 1)},
    {"unit_id": "another"},
    {"region": "vest"},
    {"region": "nord"},
    {"region": "_"},
    {"trust": "ht-vest"},
    {"trust": "ht-nord"},
    {"unit_id": "another", "region": "vest", "trust": "ht-vest"},
)


async def test_the_list_holds_what_may_be_read_whoever_asks(draft: Draft) -> None:
    written = await listed_and_read(draft)
    await draft.write_unit_part()
    await draft.write_group_part()
    await draft.submitted()
    handed_in = await listed_and_read(draft)
    await draft.ask(draft.desk, "reopenings", reason="feil tall")
    assert await listed_and_read(draft) == handed_in
    assert handed_in > written


async def listed_and_read(draft: Draft) -> set[tuple[Role, int]]:
    """The roles, as they are bound, by which the report is listed; the same as those by which it may be read."""
    store, on = draft.service.parts.store, DECEMBER.date()
    report = store.load(Report, draft.id)
    assert report
    listed, read = set(), set()
    for role, (number, bound) in product(Role, enumerate(BINDINGS)):
        where = {"since": date(2020, 1, 1), **bound}
        if "unit_id" in bound:
            where["unit_id"] = draft.unit_id if bound["unit_id"] == "its unit" else uuid4()
        held = [Assignment(id=uuid4(), person_id=uuid4(), role=role, **where)]
        if queries.reports(store.rows, {}, queries.visible_to(held, on), None, 1):
            listed.add((role, number))
        if concerned(report, held, on):
            read.add((role, number))
    assert listed == read
    return listed
