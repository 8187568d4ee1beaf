"""Reporting and review as two real services: what one says the other hears, and what is judged is what was frozen."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Literal

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from pydantic import HttpUrl

from services.reporting.app import build as build_reporting
from services.review.app import build as build_review
from services.review.clients import Submissions
from shared.desk import Unavailable
from shared.domain import identity
from tests.eventually import eventually_async
from tests.integration import reporting as reporting_fixture
from tests.integration import review as review_fixture
from tests.integration.draft import ACCESS, NORD, Draft, drafted
from tests.integration.reporting import Caller, MovableClock, Registry
from tests.servers import NatsServer
from tests.servers.ports import free_port
from tests.stores import Databases
from tests.tokens import Tokens

pytestmark = [pytest.mark.integration, pytest.mark.anyio]


@dataclass
class Both:
    """The two services, a report that can be submitted, and the reviewer of its region."""

    draft: Draft
    review: review_fixture.Service
    reviewer: Caller
    reporting_url: str

    @property
    def path(self) -> str:
        return f"/reviews/{identity('review', self.draft.id)}"

    async def review_at(self, step: str, number: int) -> dict[str, Any]:
        """The review, as soon as it has come so far."""

        async def found() -> dict[str, Any] | None:
            answer = await self.reviewer.get(self.path)
            shown: dict[str, Any] = answer.json()
            there = answer.status_code == 200 and (shown["step"], shown["submission"]["number"]) == (step, number)
            return shown if there else None

        shown: dict[str, Any] = await eventually_async(found)
        return shown

    async def report_is(self, status: str) -> None:
        async def found() -> bool:
            shown = await self.draft.shown(self.draft.lead)
            return bool(shown["status"] == status)

        await eventually_async(found)


@asynccontextmanager
async def served(app: FastAPI, port: int, *, runs: bool = False) -> AsyncIterator[None]:
    """An application on a port of this machine, from its start to its end, or while it ``runs`` already."""
    lifespan: Literal["on", "off"] = "off" if runs else "on"
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_level="critical", lifespan=lifespan)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())

    async def is_up() -> bool:
        return bool(server.started)

    try:
        await eventually_async(is_up)
        yield
    finally:
        server.should_exit = True
        await serving


@pytest.fixture
async def both(databases: Databases, tokens: Tokens, broker: NatsServer) -> AsyncIterator[Both]:
    ports = {name: free_port() for name in ("reporting", "review")}
    urls = {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}
    told = reporting_fixture.settings(databases, tokens, broker.url).model_copy(
        update={"review_url": HttpUrl(urls["review"])}
    )
    asked = review_fixture.settings(databases, tokens, nats_url=broker.url, reporting_url=HttpUrl(urls["reporting"]))
    clock = MovableClock()
    reporting_app, review_app = build_reporting(told, clock=clock), build_review(asked, clock=clock)
    async with (
        served(reporting_app, ports["reporting"]),
        served(review_app, ports["review"]),
        httpx.AsyncClient(base_url=urls["reporting"], timeout=60) as writing,
        httpx.AsyncClient(base_url=urls["review"], timeout=60) as judging,
    ):
        known = Registry(reporting_app.state.parts, clock)
        service = reporting_fixture.Service(reporting_app, writing, tokens, clock, known)
        service.joint = await service.holder("joint_desk")
        draft = await drafted(service)
        reviewing = review_fixture.running(review_app, judging, tokens, clock)
        yield Both(draft, reviewing, await reviewing.reviewer("vest"), urls["reporting"])


async def test_a_report_is_returned_and_submitted_again_and_the_older_signature_falls(both: Both) -> None:
    draft, reviewer = both.draft, both.reviewer
    await draft.write_unit_part()
    await draft.write_group_part()
    first = await draft.submitted()
    shown = await both.review_at("submitted", 1)
    assert shown["submission"]["sha256"] == first["sha256"]
    body = {"region": "vest", "number": 1, "reason": "Svaret om tilgang mangler tall."}
    await reviewer.done("POST", f"{both.path}/returns", body)
    await both.report_is("returned")
    await draft.answered(draft.lead, ACCESS, "Med tall.", base=1)
    await draft.answered(draft.members["nord"], NORD, "Nytt svar.", base=1)
    await draft.finish(draft.leader, "group")
    assert (await draft.submitted())["number"] == 2
    again = await both.review_at("submitted", 2)
    assert again["returns"][0]["reason"]["text"] == "Svaret om tilgang mangler tall."
    [fact] = await draft.facts("Returned")
    assert (fact["data"], fact["by"]["role"]) == ({"number": 1, "region": "vest"}, "system")


async def test_what_is_judged_is_read_from_reporting_and_verified(both: Both, tokens: Tokens) -> None:
    draft = both.draft
    await draft.write_unit_part()
    await draft.write_group_part()
    receipt = await draft.submitted()
    await both.review_at("submitted", 1)
    shown = await both.reviewer.shown(f"{both.path}/submission")
    assert shown["sha256"] == receipt["sha256"]
    assert shown["report"]["answers"][ACCESS]["text"] == "Et svar."
    client = Submissions(both.reporting_url, lambda: tokens.mint("service:review", "reporting"))
    with pytest.raises(Unavailable, match="not what was handed in"):
        await client.read(shown["submission_id"], "0" * 64)
    await client.close()


async def test_while_reporting_is_away_nothing_is_guessed(databases: Databases, tokens: Tokens) -> None:
    async with review_fixture.review(databases, tokens) as service:
        judged = await service.submitted()
        away = await judged.reviewers["vest"].get(f"{judged.path}/submission")
        assert (away.status_code, away.json()["code"], away.headers["retry-after"]) == (503, "unavailable", "2")
        unit = await judged.lead.get(f"{judged.path}/submission")
        assert (unit.status_code, unit.json()["code"]) == (403, "not_allowed")
        unheard = await judged.reviewers["vest"].get(f"{judged.path}/submission", number=2)
        assert (unheard.status_code, unheard.json()["code"]) == (404, "not_found")
