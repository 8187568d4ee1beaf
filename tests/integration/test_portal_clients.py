"""The portal asks real services in the name of who is logged in, and minds what they answer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from services.portal.clients import SERVICES, Away, Connections, PersonTokens, Problem
from shared.context import TraceMiddleware
from tests.integration.portal import Service as Portal
from tests.integration.portal import portal, readable
from tests.integration.registry import Service as Registry
from tests.integration.registry import registry
from tests.stores import Databases, sqlite_databases
from tests.tokens import Tokens

pytestmark = [pytest.mark.integration, pytest.mark.anyio]
Answers = Callable[[httpx.Request], httpx.Response]


@pytest.fixture
def databases(tmp_path: Path) -> Databases:
    """The services are tried on both databases by their own tests."""
    return sqlite_databases(tmp_path)


@pytest.fixture
async def asked(databases: Databases, tokens: Tokens) -> AsyncIterator[Registry]:
    async with registry(databases, tokens) as made:
        yield made


@pytest.fixture
async def running(databases: Databases, tokens: Tokens, asked: Registry) -> AsyncIterator[Portal]:
    async with portal(databases, tokens, {"registry": asked.app}) as made:
        yield made


async def test_a_service_is_asked_in_the_name_of_who_is_logged_in(running: Portal, asked: Registry) -> None:
    person = await asked.holder("joint_desk")
    services = running.portal.connections.for_subject(person.person_id, "high")
    found = await services.registry.get("/me")
    assert found["person_id"] == person.person_id
    assert [role["role"] for role in found["roles"]] == ["joint_desk"]


async def test_a_command_sent_twice_with_one_key_is_one(running: Portal, asked: Registry) -> None:
    services = running.portal.connections.for_subject(asked.desk.person_id)
    key, person = uuid4(), {"name": "Ola Eksempel"}
    answers = [await services.registry.send("POST", "/persons", person, key=key) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    with pytest.raises(Problem) as refused:
        await services.registry.send("POST", "/persons", {"name": "En annen"}, key=key)
    assert (refused.value.status, refused.value.code) == (422, "key_reused")


async def test_a_change_names_the_version_it_is_based_on(running: Portal, asked: Registry) -> None:
    person = await asked.person()
    services = running.portal.connections.for_subject(asked.desk.person_id)
    card = {"name": "Kari Nyname", "email": "kari@eksempel.example"}
    shown = await services.registry.fetch(f"/persons/{person.person_id}")
    seen = shown.headers["etag"].strip('"')
    await services.registry.send("PUT", f"/persons/{person.person_id}/card", card, seen=seen)
    with pytest.raises(Problem) as refused:
        await services.registry.send("PUT", f"/persons/{person.person_id}/card", card, seen=seen)
    assert (refused.value.status, refused.value.code) == (412, "stale_version")


async def test_a_problem_says_what_is_wrong_and_where(running: Portal, asked: Registry) -> None:
    services = running.portal.connections.for_subject(asked.desk.person_id)
    with pytest.raises(Problem) as refused:
        await services.registry.send("POST", "/persons", {"nam": "Kari"})
    assert (refused.value.service, refused.value.status, refused.value.code) == ("registry", 422, "malformed")
    assert {error["pointer"] for error in refused.value.errors} == {"/name", "/nam"}


async def test_a_service_that_is_not_there_is_away(running: Portal) -> None:
    services = running.portal.connections.for_subject(str(uuid4()))
    with pytest.raises(Away) as away:
        await services.reporting.get("/reports")
    assert away.value.service == "reporting"


async def test_roles_decide_what_is_shown_and_are_asked_for_once_in_a_while(running: Portal, asked: Registry) -> None:
    person = await asked.holder("joint_desk")
    browser = running.visitor(person.person_id)
    assert "Kari Eksempel" in readable(await browser.page("/session/renewed"))
    (kept,) = running.portal.roles.get(browser.session.person_id) or []  # type: ignore[union-attr]  # is logged in
    assert kept["role"] == "joint_desk"


async def test_somebody_the_registry_does_not_know_sees_pages_all_the_same(running: Portal) -> None:
    assert "Du er logget inn igjen" in readable(await running.visitor(uuid4()).page("/session/renewed"))


async def test_a_broken_connection_is_tried_once_more_with_the_same_key(tokens: Tokens) -> None:
    keys: list[str] = []

    def breaks_once(request: httpx.Request) -> httpx.Response:
        keys.append(request.headers["idempotency-key"])
        if len(keys) == 1:
            raise httpx.RemoteProtocolError("the server went away", request=request)
        return httpx.Response(201, json={"made": True})

    connections = _answering(tokens, breaks_once)
    answer = await connections.for_subject(str(uuid4())).reporting.send("POST", "/reports/1/answers", {})
    assert answer.json() == {"made": True}
    assert len(keys) == 2
    assert len(set(keys)) == 1


@pytest.mark.parametrize(("headers", "wait"), [({"Retry-After": "30"}, 30), ({}, 5), ({"Retry-After": "soon"}, 5)])
async def test_a_service_that_cannot_now_is_away_for_a_while(
    tokens: Tokens, headers: dict[str, str], wait: int
) -> None:
    connections = _answering(tokens, lambda request: httpx.Response(503, headers=headers, json={"code": "x"}))
    with pytest.raises(Away) as away:
        await connections.for_subject(str(uuid4())).review.get("/")
    assert away.value.retry_after == wait
    assert connections.open["review"].status() == {"ok": False, "fault": "answered 503"}


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"errors": null}', b"\xff"])
async def test_a_refusal_that_is_no_problem_of_ours_is_one_without_a_code(tokens: Tokens, body: bytes) -> None:
    connections = _answering(tokens, lambda request: httpx.Response(404, content=body))
    with pytest.raises(Problem) as refused:
        await connections.for_subject(str(uuid4())).review.get("/")
    assert (refused.value.status, refused.value.code, refused.value.errors) == (404, "", [])


async def test_a_service_that_hangs_is_away_and_is_not_asked_again(tokens: Tokens) -> None:
    times: list[int] = []

    def hangs(request: httpx.Request) -> httpx.Response:
        times.append(1)
        raise httpx.ReadTimeout("nothing came", request=request)

    with pytest.raises(Away):
        await _answering(tokens, hangs).for_subject(str(uuid4())).review.get("/")
    assert times == [1]


async def test_a_stream_is_handed_on_as_it_comes(tokens: Tokens) -> None:
    def streams(request: httpx.Request) -> httpx.Response:
        assert request.headers["accept"] == "text/event-stream"
        assert request.headers["last-event-id"] == "7"
        return httpx.Response(200, content=b"id: 8\ndata: {}\n\n")

    reporting = _answering(tokens, streams).for_subject(str(uuid4())).reporting
    async with reporting.stream("/reports/1/changes", last_event_id="7") as answer:
        assert [line async for line in answer.aiter_lines()] == ["id: 8", "data: {}", ""]


async def test_a_stream_one_may_not_have_is_a_problem(tokens: Tokens) -> None:
    body = json.dumps({"code": "not_found"}).encode()
    reporting = _answering(tokens, lambda _: httpx.Response(404, content=body)).for_subject(str(uuid4())).reporting
    with pytest.raises(Problem) as refused:
        async with reporting.stream("/reports/1/changes"):
            pass
    assert refused.value.code == "not_found"


async def test_one_trace_runs_from_the_browser_to_the_service(tokens: Tokens) -> None:
    traces: list[str] = []

    def notes(request: httpx.Request) -> httpx.Response:
        traces.append(request.headers["traceparent"])
        return httpx.Response(200, json={})

    services = _answering(tokens, notes).for_subject(str(uuid4()))

    async def page(scope: Any, receive: Any, send: Any) -> None:
        await services.review.get("/")
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    traced = httpx.ASGITransport(TraceMiddleware(page))
    async with httpx.AsyncClient(transport=traced, base_url="http://portal") as browser:
        answer = await browser.get("/")
    assert traces[0].split("-")[1] == answer.headers["correlation-id"]


def _answering(tokens: Tokens, answers: Answers) -> Connections:
    """Connections to services that answer in a way that real ones do seldom."""
    minted = PersonTokens(tokens.signing_key("portal"))
    transports = {name: httpx.MockTransport(answers) for name in SERVICES}
    return Connections.to({name: f"http://{name}" for name in SERVICES}, minted, transports)


async def test_what_scripts_send_does_not_wait_for_the_registry(databases: Databases, tokens: Tokens) -> None:
    silent = FastAPI()

    @silent.get("/me")
    async def me() -> None:
        await asyncio.Event().wait()

    async with portal(databases, tokens, {"registry": silent}) as made:
        browser = made.visitor(uuid4())
        async with asyncio.timeout(30):
            answer = await browser.post("/session", Sec_Fetch_Dest="empty")
        assert answer.status_code == 200
