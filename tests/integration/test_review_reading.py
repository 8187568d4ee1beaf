"""Who sees what of a review: drafts the regions responsible, what was signed all four, what was told the unit."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest

from services.review.application.operations import OPERATIONS
from tests.integration.reporting import Caller
from tests.integration.review import Judged, Service, review
from tests.stores import Databases
from tests.tokens import Tokens

pytestmark = [pytest.mark.integration, pytest.mark.anyio]


@pytest.fixture
async def service(databases: Databases, tokens: Tokens) -> AsyncIterator[Service]:
    async with review(databases, tokens) as running:
        yield running


@pytest.fixture
async def two(service: Service) -> Judged:
    return await service.submitted("M-1", "vest", "sor_ost")


async def ask(judged: Judged, region: str) -> str:
    """A query of a region; its id."""
    body = {"region": region, "question": "Hvor mange?"}
    made = await judged.reviewers[region].made(f"{judged.path}/queries", body)
    return str(made["query_id"])


async def test_a_draft_is_read_by_the_regions_responsible_and_the_auditor(two: Judged) -> None:
    await two.assess("vest")
    await ask(two, "vest")
    for reader in (two.reviewers["vest"], two.reviewers["sor_ost"], two.service.auditor):
        shown = await two.shown(reader)
        assert shown["parts"]["vest"]["assessments"]["results"]["verdict"] == "ok"
        assert len(shown["queries"]) == 1


async def test_other_regions_read_a_judgement_once_it_is_signed(two: Judged) -> None:
    nord = await two.service.reviewer("nord")
    joint = await two.service.holder("joint_desk")
    await two.assess_all("vest")
    await ask(two, "vest")
    for reader in (nord, joint):
        hidden = await two.shown(reader)
        part = hidden["parts"]["vest"]
        assert (part["assessments"], part["hidden"], hidden["queries"]) == ({}, True, [])
        assert (await reader.get(f"{two.path}/history")).json()["code"] == "not_allowed"
    await two.sign("vest")
    for reader in (nord, joint):
        shown = await two.shown(reader)
        assert shown["parts"]["vest"]["assessments"]["results"]["text"]["text"] == "Et funn."
        assert (shown["parts"]["sor_ost"]["hidden"], len(shown["queries"])) == (True, 1)


async def test_why_a_report_was_returned_is_read_by_other_regions_once_it_is_signed(two: Judged) -> None:
    nord = await two.service.reviewer("nord")
    body = {"region": "vest", "number": 1, "reason": "Tallene fra nord mangler."}
    await two.reviewers["vest"].done("POST", f"{two.path}/returns", body)
    [hidden] = (await two.shown(nord))["returns"]
    assert (hidden["region"], hidden["number"], hidden["reason"]) == ("vest", 1, None)
    for reader in (two.reviewers["sor_ost"], two.service.auditor, two.lead):
        [shown] = (await two.shown(reader))["returns"]
        assert shown["reason"]["text"] == body["reason"]
    await two.submit()
    await two.assess_all("vest")
    assert (await two.sign("vest")).status_code == 201
    [shown] = (await two.shown(nord))["returns"]
    assert shown["reason"]["text"] == body["reason"]


async def test_the_unit_reads_its_queries_and_the_feedback_it_was_sent(two: Judged) -> None:
    await two.assess_all("vest")
    await ask(two, "vest")
    path, vest = f"{two.part('vest')}/feedback", two.reviewers["vest"]
    said = {"works_well": "God spredning.", "to_work_on": "Flere fra nord."}
    await vest.done("PUT", path, {**said, "base_version": 0})
    before = await two.shown(two.lead)
    assert (before["parts"]["vest"]["feedback"], before["parts"]["vest"]["assessments"]) == (None, {})
    assert [q["question"]["text"] for q in before["queries"]] == ["Hvor mange?"]
    await vest.done("POST", f"{path}/dispatches", {"base_version": 1})
    await two.lead.done("POST", f"{path}/readings")
    after = (await two.shown(two.lead))["parts"]["vest"]["feedback"]
    assert (after["works_well"]["text"], after["to_work_on"]["text"]) == ("God spredning.", "Flere fra nord.")
    assert after["read_at"]


async def test_a_query_is_answered_by_the_unit_and_closed_by_the_region(two: Judged) -> None:
    query = f"{two.path}/queries/{await ask(two, 'vest')}"
    refused = await two.reviewers["vest"].post(f"{query}/answers", {"answer": "Tolv."})
    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
    await two.lead.done("POST", f"{query}/answers", {"answer": "Tolv."})
    assert (await two.lead.post(f"{query}/answers", {"answer": "Elleve."})).json()["code"] == "query_in_another_state"
    assert (await two.reviewers["sor_ost"].post(f"{query}/closings")).json()["code"] == "not_your_region"
    await two.reviewers["vest"].done("POST", f"{query}/closings")
    [shown] = (await two.shown(two.lead))["queries"]
    assert (shown["status"], shown["answer"]["text"]) == ("closed", "Tolv.")
    unknown = await two.lead.post(f"{two.path}/queries/{uuid4()}/answers", {"answer": "Tolv."})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "query_not_found")


async def test_feedback_written_by_two_at_once_comes_back_whole(two: Judged) -> None:
    path, vest = f"{two.part('vest')}/feedback", two.reviewers["vest"]
    body = {"works_well": "Det meste.", "to_work_on": "Litt.", "base_version": 0}
    await vest.done("PUT", path, body)
    refused = (await vest.put(path, body | {"works_well": "Alt."})).json()
    assert refused["code"] == "changed_meanwhile"
    assert (refused["yours"]["works_well"], refused["theirs"]["works_well"]["text"]) == ("Alt.", "Det meste.")


async def test_strangers_are_not_told_that_there_is_a_review(two: Judged) -> None:
    other = await two.service.unit("L-2")
    for stranger in (
        await two.service.holder("professional_lead", unit_id=other),
        await two.service.holder("group_leader", unit_id=two.unit_id),
        await two.service.holder("ministry"),
    ):
        for answer in (
            await stranger.get(two.path),
            await stranger.get(f"{two.path}/history"),
            await stranger.put(f"{two.part('vest')}/assessor", {"person_id": stranger.person_id}),
            await stranger.post(f"{two.path}/queries", {"region": "vest", "question": "?"}),
        ):
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    unlinked = await two.service.caller(uuid4()).get(two.path)
    assert (unlinked.status_code, unlinked.json()["code"]) == (403, "not_registered")


async def test_lists_show_each_reader_their_reviews(two: Judged) -> None:
    other = await two.service.submitted("A-1", "nord")
    assert [row["unit_code"] for row in (await two.service.auditor.shown("/reviews"))["items"]] == ["A-1", "M-1"]
    assert [row["unit_code"] for row in (await two.lead.shown("/reviews"))["items"]] == ["M-1"]
    nord = other.reviewers["nord"]
    filtered = await nord.shown("/reviews", region="sor_ost", step="submitted", year=2025)
    assert [row["regions"] for row in filtered["items"]] == [["vest", "sor_ost"]]
    first = await nord.shown("/reviews", limit=1)
    rest = await nord.shown("/reviews", limit=1, cursor=first["next"])
    assert [page["items"][0]["unit_code"] for page in (first, rest)] == ["A-1", "M-1"]
    assert rest["next"] is None


async def test_a_list_is_of_what_waits_for_a_region_or_for_an_answer(two: Judged) -> None:
    other = await two.service.submitted("A-1", "vest")
    vest, sor_ost = two.reviewers["vest"], two.reviewers["sor_ost"]

    async def listed(by: Any, **filters: Any) -> list[str]:
        return [row["unit_code"] for row in (await by.shown("/reviews", **filters))["items"]]

    assert await listed(vest, awaits="vest") == ["A-1", "M-1"]
    assert await listed(vest, awaits="vest", mine=True) == await listed(vest, awaits="nord") == []
    await vest.done("PUT", f"{two.part('vest')}/assessor", {"person_id": vest.person_id})
    assert await listed(vest, awaits="vest", mine=True) == ["M-1"]
    await two.assess_all("vest")
    await two.sign("vest")
    assert (await listed(vest, awaits="vest"), await listed(vest, awaits="sor_ost")) == (["A-1"], ["M-1"])
    await other.review()
    assert await listed(vest, awaits="vest") == []
    await sor_ost.made(f"{two.path}/queries", {"region": "sor_ost", "question": "Hvor mange?"})
    assert await listed(vest, open_queries=True) == ["M-1"]
    assert await listed(two.lead, open_queries=True, unit_id=two.unit_id) == ["M-1"]
    assert await listed(other.lead, open_queries=True) == []


async def test_what_is_listed_as_allowed_is_what_is_not_refused_for_who_asks(two: Judged) -> None:
    await two.assess_all("vest")
    query = await ask(two, "vest")
    readers = [*two.reviewers.values(), two.lead, await two.service.holder("service_desk", region="vest")]
    for reader in readers:
        listed = (await two.shown(reader))["parts"]["vest"]["allowed_operations"]
        for name in set(OPERATIONS) - set(listed):
            answer = await _try(two, reader, name, query)
            assert answer.status_code in (403, 409), (name, answer.text)
    vest = (await two.shown())["parts"]["vest"]["allowed_operations"]
    assert set(vest) == {"assign", "assess", "sign", "return", "write_feedback", "ask_query"}
    assert (await two.shown(two.lead))["allowed_operations"] == ["answer_query"]
    for name, by in (("answer_query", two.lead), ("write_feedback", readers[0]), ("sign", readers[0])):
        assert (await _try(two, by, name, query)).status_code in (200, 201), name


async def _try(judged: Judged, by: Caller, name: str, query: str) -> Any:
    part, path = judged.part("vest"), judged.path
    sha256, number = judged.sha256, judged.number
    requests: dict[str, tuple[str, str, Any]] = {
        "assign": ("PUT", f"{part}/assessor", {"person_id": judged.reviewers["vest"].person_id}),
        "assess": ("PUT", f"{part}/assessments/results", {"verdict": "ok", "text": "", "base_version": 1}),
        "sign": ("POST", f"{part}/signatures", {"number": number, "sha256": sha256, "part_version": 5}),
        "withdraw_signature": ("POST", f"{part}/signature-withdrawals", {"reason": "feil"}),
        "complete": ("POST", f"{path}/completions", {"region": "vest", "number": number}),
        "return": ("POST", f"{path}/returns", {"region": "vest", "number": number, "reason": "feil"}),
        "write_feedback": ("PUT", f"{part}/feedback", {"works_well": "", "to_work_on": "", "base_version": 0}),
        "send_feedback": ("POST", f"{part}/feedback/dispatches", {"base_version": 0}),
        "read_feedback": ("POST", f"{part}/feedback/readings", None),
        "ask_query": ("POST", f"{path}/queries", {"region": "vest", "question": "?"}),
        "answer_query": ("POST", f"{path}/queries/{query}/answers", {"answer": "!"}),
        "close_query": ("POST", f"{path}/queries/{query}/closings", None),
    }
    method, where, body = requests[name]
    return await by.send(method, where, json=body)
