"""A portal that serves real people takes no word from a provider for trials, whatever its address is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from services.portal.app import build
from services.portal.sessions import COOKIE
from shared.settings import Environment
from tests.integration.logging_in import KARI, PORTAL, Browser, Wire, provider_of, settings
from tests.stores import sqlite_databases
from tests.tokens import Tokens

pytestmark = [pytest.mark.integration, pytest.mark.anyio]
ISSUER, DESCRIPTION = "https://identity.aarring.no", "/.well-known/openid-configuration"


@pytest.fixture
def wire(tokens: Tokens, tmp_path: Path) -> Wire:
    """The way to a provider for trials that somebody has given a respectable address."""
    return Wire(provider_of(tokens, tmp_path, ISSUER))


@pytest.fixture
async def browser(wire: Wire, tokens: Tokens, tmp_path: Path) -> AsyncIterator[Browser]:
    told = settings(sqlite_databases(tmp_path), tokens, environment=Environment.PRODUCTION, identity_issuer=ISSUER)
    app = build(told, transports={"identity": wire})
    ways = {"all://portal.example": Wire(app), "all://identity.aarring.no": wire}
    async with app.router.lifespan_context(app):
        yield Browser(httpx.AsyncClient(base_url=PORTAL, mounts=ways))


async def test_nobody_is_sent_to_a_provider_for_trials(browser: Browser) -> None:
    answer = await browser.look("/login")
    assert answer.status_code == 503
    assert "Innloggingstjenesten svarer ikke" in answer.text


async def test_nobody_is_let_in_by_one_that_hides_what_it_is(
    browser: Browser, wire: Wire, capfd: pytest.CaptureFixture[str]
) -> None:
    def without_mark(answer: httpx.Response) -> httpx.Response:
        said = answer.json()
        del said["aarring_trial"]
        return httpx.Response(200, json=said)

    wire.changes[DESCRIPTION] = without_mark
    page = await browser.begin()
    request_uri = page.text.split('name="request_uri" value="')[1].split('"')[0]
    back = await browser.http.post(f"{ISSUER}/authorize", data={"request_uri": request_uri, "person": KARI})
    answer = await browser.look(back.headers["Location"])
    assert answer.status_code == 400
    assert "kunne ikke godtas" in answer.text
    assert COOKIE not in browser.http.cookies
    assert "for trials" in capfd.readouterr().out
