"""What somebody may try at a login, and that nothing comes of it."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from services.portal.sessions import COOKIE
from tests.integration.logging_in import CLIENT_ID, IDENTITY, KARI, NILS, Browser, Change, Suite, query_of, suite
from tests.stores import sqlite_databases
from tests.tokens import Tokens

pytestmark = [pytest.mark.integration, pytest.mark.anyio]
Claims = dict[str, Any]


@pytest.fixture
async def running(tokens: Tokens, tmp_path: Path) -> AsyncIterator[Suite]:
    async with suite(sqlite_databases(tmp_path), tokens, tmp_path) as made:
        yield made


async def test_an_answer_with_another_state_is_of_no_login(running: Suite) -> None:
    browser = running.browser()
    back = await browser.choose(await browser.begin(), KARI)
    await refused(browser, back.headers["Location"], state="another", told="gjelder ikke lenger")


async def test_an_answer_begun_in_another_browser_logs_nobody_in(running: Suite) -> None:
    theirs, mine = running.browser(), running.browser()
    back = await theirs.choose(await theirs.begin(), NILS)
    await mine.begin()
    await refused(mine, back.headers["Location"], told="gjelder ikke lenger")


async def test_the_cookie_of_one_login_does_not_open_another(running: Suite) -> None:
    browser = running.browser()
    await browser.begin("/a")
    (first,) = [value for name, value in browser.http.cookies.items() if "login-" in name]
    back = await browser.choose(await browser.begin("/b"), KARI)
    for name in [name for name in browser.http.cookies if "login-" in name]:
        browser.http.cookies.delete(name)
        browser.http.cookies.set(name, first, domain="portal.example", path="/")
    await refused(browser, back.headers["Location"], told="kunne ikke godtas")


@pytest.mark.parametrize("issuer", ["https://evil.example", "", None])
async def test_an_answer_of_another_provider_is_refused(running: Suite, issuer: str | None) -> None:
    browser = running.browser()
    back = await browser.choose(await browser.begin(), KARI)
    before = len(running.to_provider.sent)
    await refused(browser, back.headers["Location"], iss=issuer, told="kunne ikke godtas")
    assert len(running.to_provider.sent) == before, "the code was shown to somebody"


async def test_a_code_counts_once_even_in_the_same_browser(running: Suite) -> None:
    browser = running.browser()
    back = await browser.choose(await browser.begin(), KARI)
    kept = {name: value for name, value in browser.http.cookies.items() if "login-" in name}
    await browser.look(back.headers["Location"])
    browser.http.cookies.delete(COOKIE)
    for name, value in kept.items():
        browser.http.cookies.set(name, value, domain="portal.example", path="/")
    await refused(browser, back.headers["Location"], told="kunne ikke godtas")


async def test_a_code_of_another_login_is_refused(running: Suite) -> None:
    theirs, mine = running.browser(), running.browser()
    stolen = query_of((await theirs.choose(await theirs.begin(), NILS)).headers["Location"])["code"]
    back = await mine.choose(await mine.begin(), KARI)
    await refused(mine, back.headers["Location"], code=stolen, told="kunne ikke godtas")


async def test_a_changed_token_is_refused(running: Suite) -> None:
    running.to_provider.changes["/token"] = _token(lambda token: token[:-8] + "AAAAAAAA")
    await not_let_in(running)


async def test_a_token_without_a_signature_is_refused(running: Suite) -> None:
    def unsigned(token: str) -> str:
        head = "eyJhbGciOiJub25lIn0"
        return f"{head}.{token.split('.')[1]}."

    running.to_provider.changes["/token"] = _token(unsigned)
    await not_let_in(running)


async def test_a_token_signed_by_somebody_else_is_refused(running: Suite) -> None:
    theirs = ECKey.generate_key("P-256")
    own = running.provider.state.provider.signer._key

    def signed_anew(token: str) -> str:
        said = jwt.decode(token, own).claims
        return jwt.encode({"alg": "ES256", "kid": own.kid}, said, theirs)

    running.to_provider.changes["/token"] = _token(signed_anew)
    await not_let_in(running)


@pytest.mark.parametrize(
    "wrong",
    [
        {"aud": "another-client"},
        {"aud": [CLIENT_ID, "another-client"]},
        {"azp": "another-client"},
        {"nonce": "of another login"},
        {"nonce": None},
        {"iss": "https://evil.example"},
        pytest.param({"exp": int(time.time()) - 60}, id="over a minute ago"),
        {"exp": None},
        {"sub": None},
        {"helseid://claims/identity/pid": None},
        {"helseid://claims/identity/pid": "0181701234"},
    ],
    ids=str,
)
async def test_a_token_that_says_something_else_is_refused(running: Suite, wrong: Claims) -> None:
    running.to_provider.changes["/token"] = _token(lambda token: _signed(running, token, wrong))
    await not_let_in(running)


@pytest.mark.parametrize(
    ("said", "let_in"),
    [
        ({"acr": "idporten-loa-high"}, True),
        ({"acr": "idporten-loa-substantial"}, False),
        ({"acr": "something else"}, False),
        ({}, False),
    ],
)
async def test_a_level_may_be_told_as_acr(running: Suite, said: Claims, let_in: bool) -> None:
    level = {"helseid://claims/identity/security_level": None}
    running.to_provider.changes["/token"] = _token(lambda token: _signed(running, token, {**level, **said}))
    answer = await running.browser().log_in(KARI)
    assert answer.status_code == (303 if let_in else 403)


async def test_new_keys_of_the_provider_are_fetched_when_they_are_met(running: Suite) -> None:
    await running.browser().log_in(KARI)
    signer = running.provider.state.provider.signer
    signer._key = ECKey.generate_key("P-256", parameters={"kid": "changed", "use": "sig", "alg": "ES256"})
    assert (await running.browser().log_in(KARI)).status_code == 303
    fetched = [request for request in running.to_provider.sent if request.url.path == "/jwks"]
    assert len(fetched) == 2


async def test_the_description_is_fetched_once(running: Suite) -> None:
    for _ in range(3):
        await running.browser().log_in(KARI)
    described = [request for request in running.to_provider.sent if "openid-configuration" in request.url.path]
    assert len(described) == 1


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"<html>", json.dumps({"issuer": "https://evil.example"}).encode()], ids=repr
)
async def test_a_description_that_is_none_is_no_provider(running: Suite, body: bytes) -> None:
    running.to_provider.changes["/.well-known/openid-configuration"] = lambda _: httpx.Response(200, content=body)
    assert (await running.browser().look("/login")).status_code == 503


@pytest.mark.parametrize("body", [b"", b"[]", b"<html>", b'{"id_token": 7}'], ids=repr)
async def test_an_answer_that_is_none_logs_nobody_in(running: Suite, body: bytes) -> None:
    running.to_provider.changes["/token"] = lambda _: httpx.Response(200, content=body)
    browser = running.browser()
    assert (await browser.log_in(KARI)).status_code in (400, 503)
    assert COOKIE not in browser.http.cookies


@pytest.mark.parametrize(
    ("error", "status"), [("access_denied", 403), ("temporarily_unavailable", 503), ("invalid_scope", 400)]
)
async def test_what_the_provider_says_is_told_kindly(running: Suite, error: str, status: int) -> None:
    browser = running.browser()
    back = query_of((await browser.choose(await browser.begin(), KARI)).headers["Location"])
    said = {"error": error, "error_description": "<script>", "state": back["state"], "iss": IDENTITY}
    answer = await browser.look(f"/login/callback?{urlencode(said)}")
    assert answer.status_code == status
    assert "<script>" not in answer.text.replace("<script defer", "")


@pytest.mark.parametrize(
    "query", ["", "state=", "code=a", "state=%00&code=%00", "state=æ&code=ø&iss=å", "error=" + "x" * 5000]
)
async def test_an_address_made_up_is_told_kindly(running: Suite, query: str) -> None:
    answer = await running.browser().look(f"/login/callback?{query}")
    assert answer.status_code == 400
    assert "gjelder ikke lenger" in answer.text


async def refused(browser: Browser, address: str, *, told: str, **other: str | None) -> None:
    """Nothing comes of the provider's answer, with some of it changed."""
    answered = {**query_of(address), **other}
    said = {name: value for name, value in answered.items() if value is not None}
    answer = await browser.look(f"/login/callback?{urlencode(said)}")
    assert answer.status_code == 400
    assert told in answer.text
    assert COOKIE not in browser.http.cookies


async def not_let_in(running: Suite) -> None:
    browser = running.browser()
    answer = await browser.log_in(KARI)
    assert answer.status_code == 400
    assert "kunne ikke godtas" in answer.text
    assert KARI not in answer.text
    assert COOKIE not in browser.http.cookies


def _token(change: Callable[[str], str]) -> Change:
    """An answer of the provider in which the token is another."""

    def changed(answer: httpx.Response) -> httpx.Response:
        said = answer.json()
        if "id_token" not in said:
            return answer
        return httpx.Response(answer.status_code, json={**said, "id_token": change(said["id_token"])})

    return changed


def _signed(running: Suite, token: str, other: Claims) -> str:
    """The token with some of what it says changed, or left out, signed by the provider itself."""
    key = running.provider.state.provider.signer._key
    said = {**jwt.decode(token, key).claims, **other}
    held = {name: value for name, value in said.items() if value is not None}
    return jwt.encode({"alg": "ES256", "kid": key.kid}, held, key)
