"""The activity lists over HTTP, line by line: seven kinds of line, each judged, none lost."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from services.reporting.application.templates import CONTENT, publish_shipped
from tests.integration.draft import Draft, drafted
from tests.integration.reporting import Service, reporting
from tests.stores import Databases
from tests.tokens import Tokens

pytestmark = [pytest.mark.integration, pytest.mark.anyio]
TEACHING = "activity.teaching"
LINES: dict[str, dict[str, Any]] = {
    "article": {
        "title": "Om prøvesyke 🧪",
        "authors": "Eksempel K, Prøve O",
        "journal": "Tidsskrift for prøver",
        "year": 2025,
        "doi": "https://doi.org/10.1000/ABC",
        "relevance": "Om tjenestens egne pasienter.",
        "collaborating_regions": ["nord", "vest"],
    },
    "doctorate": {"candidate": "Ailo Čáppa", "title": "Avhandling", "disputation_on": "2025-06-01"},
    "project": {"title": "Prosjekt", "leader": "Kari Eksempel", "starts_on": "2024-01-01", "status": "ongoing"},
    "teaching": {"title": "Kurs", "kind": "course", "dates": ["2025-03-01"], "hours": 7.5, "participants": 0},
    "dissemination": {"title": "Foredrag", "kind": "lecture", "held_on": "2025-04-01", "level": "national"},
    "clinical_activity": {
        "measure_id": "new_patients",
        "name": "Nye pasienter",
        "definition": "Henvist første gang.",
        "by_region": {"nord": 10, "midt": 0, "vest": 12, "sor_ost": 30},
        "total": 52,
    },
    "quality_tool": {"name": "Register", "kind": "local_registry", "coverage_percent": 92.5},
}


@pytest.fixture
async def service(databases: Databases, tokens: Tokens) -> AsyncIterator[Service]:
    async with reporting(databases, tokens) as running:
        yield running


@pytest.fixture
async def draft(service: Service) -> Draft:
    return await drafted(service)


async def asking_everything(service: Service, folder: Path) -> Draft:
    """A report by a next version of the template that asks for all seven kinds of line."""
    content = json.loads((CONTENT / "national_treatment_service_ongoing.json").read_text())
    teaching = next(question for question in content["questions"] if question["id"] == TEACHING)
    for kind in ("doctorate", "quality_tool"):
        content["questions"].append(teaching | {"id": f"activity.{kind}s", "entry_type": kind})
    content["version"] += 1
    (folder / "next.json").write_text(json.dumps(content))
    assert await publish_shipped(service.parts.desk, service.clock.now(), folder) == 1
    return await drafted(service)


async def test_lines_of_all_seven_kinds(service: Service, tmp_path: Path) -> None:
    draft = await asking_everything(service, tmp_path)
    shown = await draft.shown(draft.lead)
    key, version = shown["template"]["key"], shown["template"]["version"]
    asked = (await draft.lead.shown(f"/templates/{key}/{version}"))["questions"]
    lists = {question["entry_type"]: question["id"] for question in asked if question["entry_type"]}
    assert set(lists) == set(LINES)
    for kind, question in lists.items():
        await draft.add(draft.lead, question, **LINES[kind])
    entries = (await draft.shown(draft.lead))["entries"]
    for kind, question in lists.items():
        [line] = entries[question]
        expected = LINES[kind] | ({"doi": "10.1000/abc"} if kind == "article" else {})
        assert (line["type"], line["version"], line["faults"], line["source"]) == (kind, 1, [], "manual")
        assert {name: line["fields"][name] for name in expected if name != "by_region"} == {
            name: value for name, value in expected.items() if name != "by_region"
        }


@pytest.mark.parametrize(
    ("question", "fields", "pointers"),
    [
        ("activity.articles", {"doi": "ten", "year": "2025"}, ["/fields/year", "/fields/doi"]),
        ("activity.articles", {"collaborating_regions": ["nord", "moon"]}, ["/fields/collaborating_regions/1"]),
        ("activity.articles", {"titel": "x"}, ["/fields/titel"]),
        ("activity.articles", {"title": "a\0b"}, ["/fields/title"]),
        (TEACHING, {"dates": ["2025-03-01", "yesterday"], "hours": -1}, ["/fields/dates/1", "/fields/hours"]),
        (
            "activity.clinical_activity",
            {"by_region": {"nord": 1.5}},
            ["/fields/measure_id", "/fields/by_region/nord"],
        ),
    ],
)
async def test_malformed_fields_are_refused_each_with_its_place(
    draft: Draft, question: str, fields: dict[str, Any], pointers: list[str]
) -> None:
    before = await draft.facts()
    path = f"{draft.path}/entries/{uuid4()}"
    answer = await draft.lead.put(path, {"question_id": question, "fields": fields})
    refused = answer.json()
    assert (answer.status_code, refused["code"]) == (422, "malformed")
    assert sorted(fault["pointer"] for fault in refused["errors"]) == sorted(pointers)
    assert await draft.facts() == before


async def test_a_line_is_added_changed_moved_removed_and_restored(draft: Draft) -> None:
    first, second, third = [
        (await draft.add(draft.lead, TEACHING, title=title))["entry_id"] for title in ("A", "B", "C")
    ]
    path = f"{draft.path}/entries/{second}"
    changed = {"fields": {"title": "B2"}, "base_version": 1}
    assert (await draft.lead.done("PUT", f"{path}/fields", changed))["version"] == 2
    await draft.coordinator.done("POST", f"{path}/moves", {"index": 2})
    lines = (await draft.shown(draft.lead))["entries"][TEACHING]
    assert [line["entry_id"] for line in lines] == [first, third, second]
    assert (lines[2]["fields"]["title"], lines[2]["version"]) == ("B2", 2)
    removed = await draft.lead.done("DELETE", f"{path}?base_version=2")
    assert (removed["version"], removed["removed"]) == (3, True)
    taken_out = await draft.lead.put(f"{path}/fields", changed | {"base_version": 3})
    assert (taken_out.status_code, taken_out.json()["code"]) == (409, "entry_is_removed")
    restored = await draft.lead.done("POST", f"{path}/restorations", {"base_version": 3})
    assert (restored["version"], restored["removed"]) == (4, False)
    again = await draft.lead.post(f"{path}/restorations", {"base_version": 4})
    assert (again.status_code, again.json()["code"]) == (409, "entry_is_not_removed")
    far = await draft.lead.post(f"{path}/moves", {"index": 3})
    assert (far.status_code, far.json()["code"]) == (409, "no_such_place")


async def test_two_on_one_line_get_both_back(draft: Draft) -> None:
    line = (await draft.add(draft.lead, TEACHING, title="Kurs"))["entry_id"]
    path = f"{draft.path}/entries/{line}/fields"
    await draft.lead.done("PUT", path, {"fields": {"title": "Deres"}, "base_version": 1})
    before = await draft.facts()
    late = await draft.coordinator.put(path, {"fields": {"title": "Mitt"}, "base_version": 1})
    conflict = late.json()
    assert (late.status_code, conflict["code"]) == (409, "changed_meanwhile")
    assert (conflict["yours"]["title"], conflict["theirs"]["fields"]["title"]) == ("Mitt", "Deres")
    assert (conflict["theirs"]["version"], await draft.facts()) == (2, before)


async def test_a_line_is_added_once_to_a_list_of_the_units(draft: Draft) -> None:
    made = await draft.add(draft.lead, TEACHING, title="Kurs")
    path = f"{draft.path}/entries/{made['entry_id']}"
    body = {"question_id": TEACHING, "fields": {"title": "Kurs"}}
    for by, sent, status, code in [
        (draft.lead, body, 409, "entry_exists"),
        (draft.leader, body, 403, "not_your_question"),
        (draft.lead, body | {"question_id": "activity.doctorates"}, 404, "question_not_in_template"),
        (draft.lead, body | {"question_id": "group.overall"}, 404, "question_not_in_template"),
    ]:
        answer = await by.put(path if code == "entry_exists" else f"{draft.path}/entries/{uuid4()}", sent)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    lost = await draft.lead.send("DELETE", f"{draft.path}/entries/{uuid4()}?base_version=1")
    assert (lost.status_code, lost.json()["code"]) == (404, "entry_not_found")


async def test_nothing_to_report_is_an_answer_of_its_own(draft: Draft) -> None:
    path = f"{draft.path}/answers/{TEACHING}/nothing-to-report"
    said = await draft.lead.done("PUT", path, {"declared": True, "base_version": 0})
    assert said["version"] == 1
    body = {"question_id": TEACHING, "fields": {"title": "Kurs"}}
    blocked = await draft.lead.put(f"{draft.path}/entries/{uuid4()}", body)
    assert (blocked.status_code, blocked.json()["code"]) == (409, "nothing_was_declared")
    await draft.lead.done("PUT", path, {"declared": False, "base_version": 1})
    await draft.add(draft.lead, TEACHING, title="Kurs")
    wrong = await draft.lead.put(path, {"declared": True, "base_version": 2})
    assert (wrong.status_code, wrong.json()["code"]) == (409, "list_is_not_empty")


async def test_what_lines_lack_is_flagged_and_saved(draft: Draft) -> None:
    for _ in range(6):
        await draft.add(draft.lead, "activity.articles", title="Artikkel", year=2025)
    line = (await draft.add(draft.lead, "activity.clinical_activity", measure_id="m", total=3))["entry_id"]
    checks = await draft.lead.shown(f"{draft.path}/checks")
    found = {(f["severity"], f["code"], f["pointer"]) for f in checks["findings"]}
    where = f"/entries/activity.clinical_activity/{line}"
    assert ("fault", "too_many_entries", "/entries/activity.articles") in found
    assert {("fault", "title_missing", where), ("warning", "small_numbers", where)} <= found
    said = next(f["messages"] for f in checks["findings"] if f["code"] == "small_numbers")
    assert set(said) == {"nb", "nn", "en"}
