"""A service says which version it is."""

from __future__ import annotations

import tomllib

import httpx
import pytest

from deploy.places import ROOT
from shared.web import application

pytestmark = [pytest.mark.unit, pytest.mark.anyio]


async def nothing() -> None:
    return None


async def test_a_service_says_which_version_it_is() -> None:
    written = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    app = application("registry", routers=(), checks={}, loops={}, start=nothing, close=nothing)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://registry") as http:
        assert (await http.get("/health/live")).json() == {"service": "registry", "version": written}
    assert app.version == written
