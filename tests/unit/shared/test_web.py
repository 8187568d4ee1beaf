"""What every service's application has in common."""

from __future__ import annotations

import httpx
import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute

from shared.web import application

pytestmark = [pytest.mark.unit, pytest.mark.anyio]


async def nothing() -> None:
    return None


async def thing(name: str) -> dict[str, str]:
    return {"name": name}


async def test_a_route_is_found_at_the_first_look() -> None:
    router = APIRouter(prefix="/things")
    router.get("/{name}")(thing)
    app = application("trial", routers=[router], checks={}, loops={}, start=nothing, close=nothing)
    # A router that was included is one route to whoever looks: what it holds is found at the second look.
    assert {"/things/{name}", "/health/live", "/metrics"} <= {r.path for r in app.routes if isinstance(r, APIRoute)}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://trial") as http:
        assert (await http.get("/things/one")).json() == {"name": "one"}
        assert (await http.get("/others/one")).json()["code"] == "no_such_route"
