"""Programs die in the middle of the work: the supervisor brings them back, and nothing acknowledged is lost."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest

from deploy.demo.client import Caller, Suite, together
from tests.e2e.stage import Stage, heads, texts
from tests.e2e.suite import RunningSuite
from tests.eventually import eventually, eventually_async

pytestmark = [pytest.mark.e2e, pytest.mark.anyio]

QUESTIONS = ("evaluation.equal_access", "evaluation.patient_pathway", "evaluation.treatment_quality")
SAVES = 20


async def test_a_service_killed_while_people_write_loses_nothing(
    api: Suite, stage: Stage, suite: RunningSuite
) -> None:
    report = await stage.report(api)
    lead = stage.reporting(api, "lead")
    acknowledged: dict[str, list[str]] = {question: [] for question in QUESTIONS}

    async def kill() -> int:
        await eventually_async(lambda: all(len(saved) > SAVES // 4 for saved in acknowledged.values()))
        return suite.kill("reporting")

    killed, *_ = await asyncio.gather(
        kill(), *(_write(lead, report, question, saved) for question, saved in acknowledged.items())
    )
    history = await lead.get(f"/reports/{report}/history")
    for question, saved in acknowledged.items():
        assert texts(history, question) == dict(enumerate(saved, start=1)), question
    assert suite.pid("reporting") != killed
    assert api.repeated > 0, "nobody noticed the crash, so nothing was proven"


async def test_registry_goes_on_without_the_broker_and_reporting_catches_up(
    api: Suite, stage: Stage, suite: RunningSuite
) -> None:
    killed = suite.kill("nats")
    known = await together(stage.person(api, f"new-{number}") for number in range(20))
    assert api.repeated == 0, "registering waited for the broker"

    eventually(lambda: suite.pid("nats") != killed)
    known += await together(stage.person(api, f"newer-{number}") for number in range(5))
    await api.reporting_knows()
    asked = await together(api.reporting(person).send("GET", "/cycles") for person in known)
    assert {reply.status for reply in asked} == {200}


async def test_a_write_sent_again_is_done_once(api: Suite, stage: Stage) -> None:
    report = await stage.report(api)
    lead, key = stage.reporting(api, "lead"), {"Idempotency-Key": str(uuid4())}
    path, body = f"/reports/{report}/answers/{QUESTIONS[0]}", {"text": "Én gang.", "base_version": 0}
    first = await lead.send("PUT", path, json=body, headers=dict(key))
    before = await heads(api)
    again = await together(lead.send("PUT", path, json=body, headers=dict(key)) for _ in range(5))
    assert {(reply.status, str(reply.body)) for reply in again} == {(200, str(first.body))}
    assert await heads(api) == before


async def _write(lead: Caller, report: str, question: str, saved: list[str]) -> None:
    """One answer changed again and again, each time on the version acknowledged before."""
    for version in range(SAVES):
        text = f"{question} {version + 1}"
        done = await lead.put(f"/reports/{report}/answers/{question}", {"text": text, "base_version": version})
        assert done["version"] == version + 1
        saved.append(text)
