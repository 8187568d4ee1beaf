"""Judging over HTTP: one region or two, exactly the submission seen, refused wherever a signature would lie."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest

from services.review.application.deciding import NotAReviewer
from tests.integration.review import Judged, Service, review
from tests.stores import Databases
from tests.tokens import Tokens

pytestmark = [pytest.mark.integration, pytest.mark.anyio]


@pytest.fixture
async def service(databases: Databases, tokens: Tokens) -> AsyncIterator[Service]:
    async with review(databases, tokens) as running:
        yield running


@pytest.fixture
async def one(service: Service) -> Judged:
    return await service.submitted()


@pytest.fixture
async def two(service: Service) -> Judged:
    return await service.submitted("M-1", "vest", "sor_ost")


async def test_a_report_is_assigned_assessed_signed_and_completed(one: Judged) -> None:
    vest = one.reviewers["vest"]
    assigned = await vest.done("PUT", f"{one.part('vest')}/assessor", {"person_id": vest.person_id})
    assert (assigned["step"], assigned["number"]) == ("under_review", 1)
    await one.service.submitted("L-2")
    assert [row["unit_code"] for row in (await vest.shown("/reviews", mine=True))["items"]] == ["L-1"]
    assert len((await vest.shown("/reviews"))["items"]) == 2
    await one.review()
    shown = await one.shown()
    assert (shown["step"], shown["submission"]["sha256"]) == ("reviewed", one.sha256)
    part = shown["parts"]["vest"]
    assert (part["assessor"], part["signature"]["number"]) == (vest.person_id, 1)
    assert part["assessments"]["results"]["text"] == {"text": "Et funn.", "length": 8}
    assert part["assessments"]["results"]["by"]["on_behalf_of"] == "vest"


async def test_somebody_is_assigned_who_reviews_for_the_region(one: Judged) -> None:
    nord, vest = await one.service.reviewer("nord"), one.reviewers["vest"]
    for person_id in (nord.person_id, one.lead.person_id, str(uuid4())):
        refused = await vest.put(f"{one.part('vest')}/assessor", {"person_id": person_id})
        problem = refused.json()
        assert (refused.status_code, problem["code"]) == (409, NotAReviewer.code)
        assert problem["errors"][0]["pointer"] == "/person_id"


async def test_two_who_judge_the_same_criterion_get_both_texts_back(one: Judged) -> None:
    assert (await one.assess("vest")).status_code == 200
    refused = await one.assess("vest", text="Et annet funn.", verdict="serious")
    problem = refused.json()
    assert (refused.status_code, problem["code"]) == (409, "changed_meanwhile")
    assert problem["yours"] == {"verdict": "serious", "text": "Et annet funn."}
    assert (problem["theirs"]["text"], problem["theirs"]["version"]) == ("Et funn.", 1)
    assert (await one.assess("vest", base=1, text="Et tredje.")).json()["part_version"] == 2


async def test_signing_a_version_that_has_moved_is_refused(one: Judged) -> None:
    await one.assess_all("vest")
    seen: dict[str, Any] = {"number": one.number, "sha256": one.sha256}
    await one.submit()
    refused = await one.sign("vest", **seen)
    problem = refused.json()
    assert (refused.status_code, problem["code"]) == (409, "submission_moved")
    assert (problem["seen"], problem["number"], problem["sha256"]) == (1, 2, one.sha256)
    assert (await one.sign("vest", sha256=seen["sha256"])).json()["code"] == "submission_moved"
    assert (await one.sign("vest")).json()["number"] == 2


async def test_signing_an_assessment_that_has_moved_is_refused(one: Judged) -> None:
    await one.assess_all("vest")
    await one.assess("vest", base=1, verdict="serious")
    refused = await one.sign("vest")
    assert (refused.status_code, refused.json()["code"]) == (409, "assessment_moved")
    assert refused.json()["part_version"] == 6


async def test_signing_with_criteria_unassessed_is_refused(one: Judged) -> None:
    await one.assess("vest")
    refused = await one.sign("vest", part_version=1)
    assert (refused.status_code, refused.json()["code"]) == (409, "criteria_unassessed")
    assert len(refused.json()["criteria"]) == 4


async def test_signing_for_another_region_is_refused(two: Judged) -> None:
    for region in two.regions:
        await two.assess_all(region)
    refused = await two.sign("sor_ost", two.reviewers["vest"])
    problem = refused.json()
    assert (refused.status_code, problem["code"]) == (403, "not_your_region")
    assert problem["errors"][0]["pointer"] == "path:region"
    nord = await two.service.reviewer("nord")
    outside = await two.sign("nord", nord)
    assert (outside.status_code, outside.json()["code"]) == (409, "region_not_responsible")
    assert (await two.sign("vest", two.lead)).json()["code"] == "not_allowed"


async def test_completing_a_multiregional_review_alone_is_refused(two: Judged) -> None:
    for region in two.regions:
        await two.assess_all(region)
    await two.sign("vest")
    refused = await two.complete("vest")
    assert (refused.status_code, refused.json()["code"], refused.json()["missing"]) == (
        409,
        "signatures_missing",
        ["sor_ost"],
    )
    await two.sign("sor_ost")
    done = await two.complete("sor_ost")
    assert (done.status_code, done.json()["step"]) == (201, "reviewed")


async def test_a_later_submission_voids_the_signatures_of_both(two: Judged) -> None:
    await two.review()
    await two.submit()
    shown = await two.shown()
    assert (shown["step"], shown["completed_at"]) == ("submitted", None)
    assert [part["signature"] for part in shown["parts"].values()] == [None, None]
    assert {(f["region"], f["number"], f["why"]) for f in shown["fallen_signatures"]} == {
        ("vest", 1, "resubmitted"),
        ("sor_ost", 1, "resubmitted"),
    }
    assert shown["parts"]["vest"]["assessments"]["results"]["on_number"] == 1


async def test_a_signature_taken_back_opens_the_judgement_again(one: Judged) -> None:
    await one.assess_all("vest")
    await one.sign("vest")
    assert (await one.assess("vest", base=1)).json()["code"] == "region_has_signed"
    vest = one.reviewers["vest"]
    await vest.done("POST", f"{one.part('vest')}/signature-withdrawals", {"reason": "Et funn var feil."})
    assert (await one.assess("vest", base=1)).status_code == 200


async def test_a_return_says_why_to_the_unit_and_voids_signatures(one: Judged) -> None:
    await one.review()
    vest = one.reviewers["vest"]
    body = {"region": "vest", "number": 1, "reason": "Tallene mangler."}
    assert (await vest.post(f"{one.path}/returns", body | {"number": 2})).json()["code"] == "submission_moved"
    assert (await vest.done("POST", f"{one.path}/returns", body))["step"] == "returned"
    assert (await vest.post(f"{one.path}/returns", body)).json()["code"] == "review_not_under_way"
    shown = await one.shown(one.lead)
    assert [r["reason"]["text"] for r in shown["returns"]] == ["Tallene mangler."]
    assert shown["parts"]["vest"]["signature"] is None
    await one.submit()
    assert (await one.shown())["step"] == "submitted"


async def test_a_key_sent_again_gives_the_same_answer_and_signs_once(one: Judged) -> None:
    await one.assess_all("vest")
    path, vest = f"{one.part('vest')}/signatures", one.reviewers["vest"]
    body = {"number": 1, "sha256": one.sha256, "part_version": 5}
    first = await vest.post(path, body, Idempotency_Key="sign-1")
    again = await vest.post(path, body, Idempotency_Key="sign-1")
    other = await vest.post(path, body | {"number": 2}, Idempotency_Key="sign-1")
    assert first.json()["version"] == again.json()["version"]
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")


async def test_a_review_as_it_was_and_how_it_came_to_be(one: Judged) -> None:
    before = one.service.clock.now()
    await one.review()
    assert (await one.shown(version=1))["step"] == "submitted"
    assert (await one.shown(version=2))["parts"]["vest"]["assessments"].keys() == {"equal_access"}
    facts = await one.reviewers["vest"].shown(f"{one.path}/history")
    assert [fact["event"].rsplit(".", 1)[1] for fact in facts] == ["Opened", *["Assessed"] * 5, "Signed", "Completed"]
    assert facts[1]["data"]["text"] == {"text": "Et funn.", "length": 8}
    assert facts[0]["at"].startswith(before.date().isoformat())
