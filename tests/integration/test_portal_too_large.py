"""Forms too large to be taken, whose sender does not say so before, and those that are nearly so."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest

from services.portal.security import LARGEST
from tests.integration.portal import HOME, Browser, portal, readable
from tests.stores import sqlite_databases
from tests.tokens import Tokens

pytestmark = [pytest.mark.integration, pytest.mark.anyio]
URLENCODED = "application/x-www-form-urlencoded"
PIECE = 500_000
ADDRESSES = [
    "/session",
    "/logout",
    "/login/invitation",
    f"/reports/{UUID(int=1)}/svar/evaluation.summary",
    f"/reports/{UUID(int=1)}/oppforinger/{UUID(int=2)}",
    f"/reports/{UUID(int=1)}/tilstede",
]


@pytest.fixture
async def browser(tmp_path: Path, tokens: Tokens) -> AsyncIterator[Browser]:
    async with portal(sqlite_databases(tmp_path), tokens) as made:
        yield made.visitor(uuid4())


async def _fields(size: int) -> AsyncIterator[bytes]:
    for _ in range(size // PIECE + 1):
        yield b"text=" + b"a" * PIECE + b"&"


async def _one_field(size: int) -> AsyncIterator[bytes]:
    yield b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\n'
    for _ in range(size // PIECE + 1):
        yield b"a" * PIECE
    yield b"\r\n--x--\r\n"


async def _sent(browser: Browser, address: str, body: AsyncIterator[bytes], kind: str, **more: str) -> httpx.Response:
    headers = {"Content-Type": kind, "Origin": HOME, "Sec-Fetch-Site": "same-origin", **more}
    return await browser.http.post(address, content=body, headers=headers)


@pytest.mark.parametrize("address", ADDRESSES)
async def test_a_form_that_grows_too_large_is_refused_with_a_page(browser: Browser, address: str) -> None:
    for body, kind in (
        (_fields(LARGEST), URLENCODED),
        (_one_field(LARGEST), "multipart/form-data; boundary=x"),
    ):
        answer = await _sent(browser, address, body, kind)
        assert answer.status_code == 413, (kind, readable(answer.text))
        assert "for stort" in readable(answer.text)
        assert "Dette kan du gjøre" in readable(answer.text)
        assert answer.headers["correlation-id"] in answer.text


async def test_a_script_that_sends_too_much_gets_a_part_of_a_page(browser: Browser) -> None:
    answer = await _sent(browser, ADDRESSES[0], _fields(LARGEST), URLENCODED, **{"HX-Request": "true"})
    assert (answer.status_code, "<html" in answer.text) == (413, False)
    assert "for stort" in readable(answer.text)


async def test_a_text_that_may_be_sent_is_given_back_however_long(browser: Browser) -> None:
    text = "😀" * 100_000
    answer = await browser.post(ADDRESSES[3], {"text": text, "version": "0"})
    assert (answer.status_code, text in answer.text) == (503, True)
    answer = await browser.post(ADDRESSES[0], {"text": text, "csrf": ""})
    assert (answer.status_code, text in answer.text) == (403, True)
