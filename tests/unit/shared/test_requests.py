"""What is known of every request: what tells it from another, how long it took, and which log lines are its own."""

from __future__ import annotations

import contextvars
import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from uuid import UUID

import httpx
import pytest
import structlog
from fastapi import FastAPI, HTTPException
from prometheus_client import generate_latest
from starlette.requests import Request
from starlette.types import Message

from shared.asked import Asked, asked
from shared.context import TraceMiddleware
from shared.health import Health, RequestTimes
from shared.logs import configure
from shared.tokens import Caller

pytestmark = [pytest.mark.unit, pytest.mark.anyio]

ROLE = UUID("00000000-0000-7000-8000-000000000001")


async def told(
    method: str = "PUT",
    path: str = "/a",
    query: str = "",
    if_match: str = "",
    body: bytes = b"{}",
    acting_as: UUID | None = None,
) -> Asked:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    state = SimpleNamespace(
        clock=SimpleNamespace(now=lambda: datetime.now(UTC)), lease=SimpleNamespace(must_be_held=lambda: None)
    )
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": query.encode(),
        "headers": [(b"if-match", if_match.encode())] if if_match else [],
        "app": SimpleNamespace(state=state),
    }
    return await asked(Request(scope, receive), Caller("operator", "operator"), "key", acting_as)


async def test_a_request_sent_again_is_the_same_also_after_an_update() -> None:
    found = await told("POST", "/reports/1", "a=b&c=d", '"7"', b'{"x": 1}', ROLE)
    known = b'POST\n/reports/1\na=b&c=d\n00000000-0000-7000-8000-000000000001\n"7"\n' + b'{"x": 1}'
    assert found.digest == hashlib.sha256(known).digest()
    assert (await told()).digest == hashlib.sha256(b"PUT\n/a\n\nNone\n\n{}").digest()


async def test_any_part_of_a_request_makes_it_another() -> None:
    ways = [
        await told(),
        await told(method="POST"),
        await told(path="/b"),
        await told(query="a=b"),
        await told(if_match='"1"'),
        await told(body=b"[]"),
        await told(acting_as=ROLE),
    ]
    assert len({way.digest for way in ways}) == len(ways)
    assert len({way.command_id for way in ways}) == 1


async def test_times_are_kept_by_method_route_and_status() -> None:
    health, app = Health("reporting", {}, "1.0"), FastAPI()

    @app.get("/things/{number}")
    @app.put("/things/{number}")
    async def thing(number: int) -> int:
        if number == 0:
            raise HTTPException(404)
        return number

    app.add_middleware(RequestTimes, health=health)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x") as service:
        for method, path in (("GET", "1"), ("GET", "2"), ("PUT", "1"), ("GET", "0"), ("GET", "0"), ("GET", "3")):
            await service.request(method, f"/things/{path}")
        await service.get("/elsewhere")
    lines = generate_latest(health.metrics).decode().splitlines()
    counted = {line.rpartition("}")[0]: line.rpartition(" ")[2] for line in lines if "_seconds_count{" in line}
    label = 'http_request_seconds_count{{method="{}",route="{}",service="reporting",status="{}"'.format
    assert counted == {
        label("GET", "/things/{number}", 200): "3.0",
        label("PUT", "/things/{number}", 200): "1.0",
        label("GET", "/things/{number}", 404): "2.0",
        label("GET", "unmatched", 404): "1.0",
    }


@pytest.fixture
def _logging() -> Iterator[None]:
    before = structlog.get_config()
    yield
    structlog.configure(**before)


@pytest.mark.usefixtures("_logging")
async def test_a_log_line_names_the_request_it_belongs_to(capsys: pytest.CaptureFixture[str]) -> None:
    contextvars.copy_context().run(configure, "reporting")
    log, app = structlog.get_logger(), FastAPI()

    @app.get("/")
    async def said() -> None:
        log.info("inside")

    app.add_middleware(TraceMiddleware)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x") as service:
        answers = [await service.get("/") for _ in range(2)]
    log.info("outside")
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["event"] for line in lines] == ["inside", "inside", "outside"]
    assert [line.get("correlation_id") for line in lines] == [*(a.headers["correlation-id"] for a in answers), None]
    assert len({answer.headers["correlation-id"] for answer in answers}) == 2
