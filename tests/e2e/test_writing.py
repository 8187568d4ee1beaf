"""Two parties write one report: side by side, on the same answer, and until it is handed in."""

from __future__ import annotations

import pytest

from deploy.demo.client import Suite, together
from tests.e2e.stage import NETWORK, Stage, hand_in, texts, write

pytestmark = [pytest.mark.e2e, pytest.mark.anyio]

ACCESS = "evaluation.equal_access"


async def test_different_questions_never_disturb_each_other(api: Suite, stage: Stage) -> None:
    report = await stage.report(api)
    writers = {
        "evaluation.equal_access": "lead",
        "evaluation.patient_pathway": "coordinator",
        "evaluation.treatment_quality": "lead",
        "evaluation.reporting_feedback": "coordinator",
        "group.overall": "leader",
    }
    saved = await together(
        stage.reporting(api, who).put(f"/reports/{report}/answers/{question}", {"text": question, "base_version": 0})
        for question, who in writers.items()
    )
    assert [each["version"] for each in saved] == [1] * len(writers)
    shown = await stage.reporting(api, "desk").get(f"/reports/{report}")
    assert {question: answer["text"] for question, answer in shown["answers"].items()} == {q: q for q in writers}


async def test_two_on_the_same_answer_get_both_texts_and_lose_none(api: Suite, stage: Stage) -> None:
    report = await stage.report(api)
    path = f"/reports/{report}/answers/{ACCESS}"
    lead, coordinator = stage.reporting(api, "lead"), stage.reporting(api, "coordinator")
    replies = await together(
        who.send("PUT", path, json={"text": text, "base_version": 0})
        for who, text in ((lead, "Fra faglig ansvarlig."), (coordinator, "Fra koordinator."))
    )
    assert sorted(reply.status for reply in replies) == [200, 409]
    lost = next(reply for reply in replies if reply.status == 409)
    both = {lost.body["yours"]["text"], lost.body["theirs"]["text"]}
    assert lost.code == "changed_meanwhile"
    assert both == {"Fra faglig ansvarlig.", "Fra koordinator."}

    merged = "\n".join(sorted(both))
    await coordinator.put(path, {"text": merged, "base_version": lost.body["theirs"]["version"]})
    history = await lead.get(f"/reports/{report}/history")
    assert texts(history, ACCESS) == {1: lost.body["theirs"]["text"], 2: merged}


async def test_many_saves_of_one_answer_at_once_leave_one_winner_each_time(api: Suite, stage: Stage) -> None:
    report = await stage.report(api)
    lead, path = stage.reporting(api, "lead"), f"/reports/{report}/answers/{ACCESS}"
    for base in range(3):
        replies = await together(
            lead.send("PUT", path, json={"text": f"{base}-{number}", "base_version": base}) for number in range(8)
        )
        assert sorted(reply.status for reply in replies) == [200] + [409] * 7
    assert sorted(texts(await lead.get(f"/reports/{report}/history"), ACCESS)) == [1, 2, 3]


async def test_the_lead_submits_exactly_what_was_seen(api: Suite, stage: Stage) -> None:
    report = await stage.report(api, NETWORK)
    lead, coordinator = stage.reporting(api, "lead"), stage.reporting(api, "coordinator")
    await write(lead, report)
    seen = (await lead.get(f"/reports/{report}"))["content_version"]
    path = f"/reports/{report}/answers/evaluation.network_cooperation"
    await coordinator.put(path, {"text": "Møter og kurs.", "base_version": 1})

    refused = await lead.send("POST", f"/reports/{report}/submissions", json={"seen": seen})
    assert (refused.refused, refused.body["moved"]) == ("409 moved_since_seen", ["evaluation.network_cooperation"])

    receipt = await hand_in(lead, report)
    frozen = await lead.get(f"/submissions/{receipt['submission_id']}")
    assert frozen["sha256"] == receipt["sha256"]
    assert frozen["report"]["answers"]["evaluation.network_cooperation"]["text"] == "Møter og kurs."
