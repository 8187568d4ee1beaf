"""The year's later services die in the middle of the work: nothing is forgotten, and nobody is told twice."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import pytest

from deploy.demo.client import Suite, together
from deploy.demo.times import TimeMachine
from services.notify.application.sending import ABANDONED
from services.notify.message.message import FIRST_PAUSE
from tests.e2e.stage import NETWORK, Stage, hand_in, write
from tests.e2e.suite import RunningSuite
from tests.eventually import eventually, eventually_async
from tests.servers.smtp import HANG, MailServer

pytestmark = [pytest.mark.e2e, pytest.mark.anyio]
REPORTS = 6
COORDINATORS = 8


async def test_review_killed_while_it_hears_opens_each_review_once(
    api: Suite, stage: Stage, suite: RunningSuite
) -> None:
    await stage.person(api, "reviewer", role="reviewer", region="vest")
    reports = {}
    for _ in range(REPORTS):
        report = await stage.report(api, NETWORK)
        reports[report] = stage.reporting(api, "lead")
        await write(reports[report], report)
    (first, lead), *others = reports.items()
    receipts = {first: await hand_in(lead, first)}
    killed, *more = await asyncio.gather(
        asyncio.to_thread(suite.kill, "review"), *(hand_in(lead, report) for report, lead in others)
    )
    receipts |= {receipt["report_id"]: receipt for receipt in more}

    await api.knows("review", "reporting")
    assert suite.pid("review") != killed
    reviewer = stage.review(api, "reviewer")
    rows = [row for row in await reviewer.listed("/reviews") if row["report_id"] in receipts]
    heard = {row["report_id"]: (row["number"], row["sha256"]) for row in rows}
    assert heard == {report: (1, receipt["sha256"]) for report, receipt in receipts.items()}
    histories = await together(reviewer.get(f"/reviews/{row['review_id']}/history") for row in rows)
    assert [[fact["event"] for fact in history] for history in histories] == [["review.Review.Opened"]] * REPORTS


@pytest.fixture
async def post() -> AsyncIterator[MailServer]:
    """A mail server that takes a message and then says nothing more."""
    async with MailServer(TEXT=HANG) as server:
        yield server


async def test_notify_killed_while_it_sends_sends_nothing_twice(
    post: MailServer, tmp_path_factory: pytest.TempPathFactory
) -> None:
    to_it = {"NOTIFY_SMTP_SINK": "false", "NOTIFY_SMTP_PORT": str(post.port)}
    with RunningSuite(tmp_path_factory.mktemp("sending"), told=to_it) as suite:
        async with suite.callers() as api:
            stage = await Stage.set(api)
            await _many_are_told(api, stage)
            await eventually_async(lambda: bool(post.mails))
            killed = suite.kill("notify")
            post.says.clear()
            eventually(lambda: suite.pid("notify") != killed)

            log = await eventually_async(lambda: _all_but_one_sent(api, stage))
            (lost,) = [row["message_id"] for row in log if row["status"] == "attempted"]
            assert set(_came(post).values()) == {1}
            assert len(_came(post)) == len(log)

            machine = TimeMachine(suite.var / "clock")
            machine.travel(machine.now() + ABANDONED)
            await eventually_async(lambda: _is(api, stage, lost, "uncertain", 1))
            machine.travel(machine.now() + FIRST_PAUSE)
            await eventually_async(lambda: _is(api, stage, lost, "sent", 2))
            came = _came(post)
            assert {name for name, times in came.items() if times > 1} == {name for name in came if lost in name}
            assert len(came) == len(log)


async def _many_are_told(api: Suite, stage: Stage) -> None:
    """A report is open, and whoever comes to write it gets its form."""
    unit = await stage.unit(api, NETWORK)
    await together(
        stage.person(api, f"writer-{number}", role="coordinator", unit_id=unit) for number in range(COORDINATORS)
    )
    await api.reporting_knows()
    await stage.reporting(api, "desk").post("/reports", {"unit_id": unit, "year": stage.year})


async def _log(api: Suite, stage: Stage) -> list[dict[str, Any]]:
    return await stage.notify(api, "joint-desk").listed("/messages")


async def _all_but_one_sent(api: Suite, stage: Stage) -> list[dict[str, Any]]:
    """The log, once everything in it was sent but for the one that was interrupted."""
    log = await _log(api, stage)
    states = Counter(row["status"] for row in log)
    return log if len(log) >= COORDINATORS and states == {"sent": len(log) - 1, "attempted": 1} else []


async def _is(api: Suite, stage: Stage, message_id: str, status: str, attempts: int) -> bool:
    """Whether a message stands so, and still has the name it was first sent under."""
    found = await stage.notify(api, "joint-desk").get(f"/messages/{message_id}")
    return bool((found["status"], found["attempts"], found["edition"]) == (status, attempts, 1))


def _came(post: MailServer) -> Counter[str]:
    return Counter(str(mail["Message-ID"]) for mail in post.mails)
