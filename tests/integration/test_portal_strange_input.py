"""What no page of ours sends: forms that are none, half characters, cookies that were made up.  Each gets a page."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest

from services.portal.said import COOKIE as SAID
from tests.integration.portal import HOME, Browser, Service, portal, readable
from tests.stores import sqlite_databases
from tests.tokens import Tokens

pytestmark = [pytest.mark.integration, pytest.mark.anyio]
FORM = "multipart/form-data"
ADDRESSES = ["/logout", "/session", "/login/invitation", f"/reports/{UUID(int=7)}/svar/evaluation.summary"]


@pytest.fixture
async def browser(tmp_path: Path, tokens: Tokens) -> AsyncIterator[Browser]:
    async with portal(sqlite_databases(tmp_path), tokens) as made:
        yield _visitor(made)


def _visitor(service: Service) -> Browser:
    return service.visitor(uuid4())


async def _sent(browser: Browser, address: str, body: bytes, kind: str) -> httpx.Response:
    headers = {"Content-Type": kind, "Origin": HOME, "Sec-Fetch-Site": "same-origin"}
    return await browser.http.post(address, content=body, headers=headers)


def _part(name: str, text: str) -> bytes:
    return f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'.encode()


@pytest.mark.parametrize("kind", [FORM, f"{FORM}; boundary=x", "application/json", "text/plain"])
@pytest.mark.parametrize("address", ADDRESSES)
async def test_what_is_no_form_is_refused_with_a_page(browser: Browser, address: str, kind: str) -> None:
    answer = await _sent(browser, address, b"{no form", kind)
    assert answer.status_code in (400, 403)
    assert "Dette kan du gjøre" in readable(answer.text)


async def test_half_a_character_is_shown_as_a_question_mark(browser: Browser) -> None:
    fields = {"csrf": browser.token, "key": str(uuid4()), "version": "0", "text": "halv \\ud83d til"}
    body = b"".join(_part(name, text) for name, text in fields.items()) + b"--x--\r\n"
    answer = await _sent(browser, ADDRESSES[-1], body, f"{FORM}; boundary=x; charset=unicode_escape")
    assert answer.status_code == 503  # reporting is away: what was written comes back
    assert "halv ? til" in readable(answer.text)


@pytest.mark.parametrize("said", [json.dumps(["\ud800", "info"]), "[" * 5000, "{}", "[1, 2, 3]", "null"])
async def test_a_message_that_was_made_up_breaks_no_page(browser: Browser, said: str) -> None:
    browser.http.cookies.set(SAID, urlsafe_b64encode(said.encode()).decode())
    assert (await browser.get("/session/renewed")).status_code == 200


async def test_a_script_is_led_to_an_address_of_any_letters(browser: Browser) -> None:
    answer = await browser.get("/language?to=nn&next=/%C3%A6%E2%80%A6", HX_Request="true")
    assert (answer.status_code, answer.headers["hx-redirect"]) == (204, "/%C3%A6%E2%80%A6")
