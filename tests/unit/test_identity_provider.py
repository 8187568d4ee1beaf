"""The identity provider for trials refuses what a real one refuses, and refuses to be where real people are."""

from __future__ import annotations

import json
import re
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from fastapi import FastAPI
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet
from pydantic import AnyHttpUrl

from deploy.identity_provider.app import build, create
from deploy.identity_provider.claims import LEVEL, PID, digest
from deploy.identity_provider.people import People
from deploy.identity_provider.provider import CODE_SECONDS, REQUEST_SECONDS, SCOPES
from deploy.identity_provider.settings import Settings
from deploy.identity_provider.wording import GROUPS, WORDING, language
from deploy.issuer import Issuer
from deploy.places import Unable
from services.portal.login.keys import ClientKeys, ProofKey

pytestmark = [pytest.mark.unit, pytest.mark.anyio]

ISSUER, PORTAL, CLIENT_ID = "http://identity.example", "https://portal.example", "aarring-portal"
BACK, VERIFIER = f"{PORTAL}/login/callback", "v" * 43
KARI: dict[str, Any] = {
    "name": "Kari <Eksempel>",
    "pid": "01817012345",
    "description": {"nb": "Leder"},
    "group": "writers",
}


class Around:
    """The provider, a client of it, and a clock that can be moved."""

    def __init__(self, folder: Path) -> None:
        identity = Issuer(folder / "identity")
        identity.ensure()
        self.people = folder / "people.json"
        self.people.write_text(json.dumps([KARI]))
        self.settings = Settings(
            issuer=AnyHttpUrl(ISSUER),
            portal_url=AnyHttpUrl(PORTAL),
            people=self.people,
            client_keys=identity.client_keys,
        )
        self.later = 0.0
        self.app: FastAPI = build(self.settings, now=lambda: time.time() + self.later)
        self.keys, self.held = ClientKeys(CLIENT_ID, identity.client_key), ProofKey("seed")
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url=ISSUER)

    async def push(self, **other: str | None) -> httpx.Response:
        """A request for a login, with some of it changed or left out."""
        asked: dict[str, str | None] = {
            "response_type": "code",
            "redirect_uri": BACK,
            "scope": " ".join(SCOPES),
            "state": "s",
            "nonce": "n",
            "code_challenge": digest(VERIFIER),
            "code_challenge_method": "S256",
            "dpop_jkt": self.held.thumbprint,
            **self.keys.assertion(ISSUER),
            **other,
        }
        return await self.http.post("/par", data={name: value for name, value in asked.items() if value is not None})

    async def code(self, **other: str | None) -> str:
        """A code for Kari."""
        request_uri = (await self.push(**other)).json()["request_uri"]
        form = {"request_uri": request_uri, "person": KARI["pid"]}
        back = (await self.http.post("/authorize", data=form)).headers["Location"]
        return dict(parse_qsl(urlsplit(back).query))["code"]

    async def redeem(self, code: str, proof: str | None = None, **other: str) -> httpx.Response:
        """Tokens for a code, by a proof that holds a nonce unless another is given."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": VERIFIER}
        proof = proof or self.held.proof("POST", f"{ISSUER}/token", await self.nonce())
        return await self.token({**form, **self.keys.assertion(ISSUER), **other}, proof)

    async def token(self, form: dict[str, str], *proofs: str) -> httpx.Response:
        return await self.http.post("/token", data=form, headers=[("DPoP", proof) for proof in proofs])

    async def nonce(self) -> str:
        """What the provider wants to see in proofs."""
        proof = self.held.proof("POST", f"{ISSUER}/token", "")
        asked = await self.token(self.keys.assertion(ISSUER), proof)
        assert (asked.status_code, asked.json()["error"]) == (400, "use_dpop_nonce")
        return str(asked.headers["DPoP-Nonce"])


@pytest.fixture
async def around(tmp_path: Path) -> AsyncIterator[Around]:
    made = Around(tmp_path)
    async with made.http:
        yield made


@pytest.mark.parametrize("environment", ["production", "staging", None])
def test_it_refuses_to_start_where_real_people_are(
    environment: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    around = Around(tmp_path)
    monkeypatch.delenv("AARRING_ENVIRONMENT")
    if environment:
        monkeypatch.setenv("AARRING_ENVIRONMENT", environment)
    with pytest.raises(Unable, match="development and test"):
        build(around.settings)
    for name, value in around.settings.model_dump(mode="json").items():
        monkeypatch.setenv(f"IDENTITY_{name.upper()}", str(value))
    with pytest.raises(SystemExit, match="does not start"):
        create()


@pytest.mark.parametrize("pid", ["01017012345", "01417012345", "01937012345", "0181701234", "00817012345"])
def test_a_number_that_could_be_somebodys_is_refused(pid: str, tmp_path: Path) -> None:
    file = tmp_path / "people.json"
    file.write_text(json.dumps([{"name": "Kari", "pid": pid}]))
    with pytest.raises(ValueError, match="synthetic"):
        People(file)


def test_two_people_with_one_number_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "people.json"
    file.write_text(json.dumps([KARI, KARI]))
    with pytest.raises(ValueError, match="same number"):
        People(file)


async def test_whoever_is_added_can_log_in_without_a_restart(around: Around) -> None:
    around.people.unlink()
    assert "ingen å logge inn som" in (await page(around)).text
    around.people.write_text(json.dumps([KARI]))
    assert "Kari &lt;Eksempel&gt;" in (await page(around)).text


@pytest.mark.parametrize("wanted", ["nb", "nn", "en", "se nn", "de", ""])
async def test_the_page_says_that_it_is_a_test_in_the_language_asked_for(around: Around, wanted: str) -> None:
    shown = await page(around, ui_locales=wanted)
    spoken = language(wanted)
    assert f'<html lang="{spoken}">' in shown.text
    for said in (WORDING[spoken]["warning"], GROUPS[spoken]["writers"], "Leder"):
        assert said in shown.text
    assert "form-action 'self' https://portal.example" in shown.headers["Content-Security-Policy"]
    assert "unsafe" not in shown.headers["Content-Security-Policy"]
    assert re.findall(r"<script|<style| style=| on\w+=", shown.text) == []


def test_everything_is_said_in_every_language() -> None:
    assert {frozenset(words) for words in WORDING.values()} == {frozenset(WORDING["nb"])}
    assert {frozenset(words) for words in GROUPS.values()} == {frozenset(GROUPS["nb"])}


async def test_a_login_ends_with_tokens_of_the_person_chosen(around: Around) -> None:
    told = (await around.redeem(await around.code())).json()
    keys = KeySet.import_key_set((await around.http.get("/jwks")).json())
    said = jwt.decode(told["id_token"], keys).claims
    assert (said[PID], said[LEVEL], said["nonce"], said["aud"]) == (KARI["pid"], "4", "n", CLIENT_ID)
    assert said["aarring_trial"] is True
    bound = jwt.decode(told["access_token"], keys).claims
    assert bound["cnf"] == {"jkt": around.held.thumbprint}
    assert KARI["pid"] not in json.dumps(bound)


async def test_only_what_was_asked_for_is_told(around: Around) -> None:
    told = (await around.redeem(await around.code(scope="openid"))).json()
    keys = KeySet.import_key_set((await around.http.get("/jwks")).json())
    assert {PID, LEVEL, "name"} & set(jwt.decode(told["id_token"], keys).claims) == set()


@pytest.mark.parametrize(
    "wrong",
    [
        {"redirect_uri": "https://evil.example/login/callback"},
        {"redirect_uri": f"{BACK}/../evil"},
        {"redirect_uri": None},
        {"response_type": "token"},
        {"code_challenge_method": "plain"},
        {"code_challenge": "short"},
        {"state": None},
        {"nonce": None},
        {"scope": "profile"},
        {"scope": "openid everything"},
        {"request_uri": "urn:another"},
    ],
    ids=str,
)
async def test_a_request_that_is_not_as_registered_is_refused(around: Around, wrong: dict[str, Any]) -> None:
    answer = await around.push(**wrong)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    "wrong", [{"client_assertion": ""}, {"client_assertion_type": "secret"}, {"client_id": "another"}], ids=str
)
async def test_who_does_not_show_to_be_the_client_is_refused(around: Around, wrong: dict[str, Any]) -> None:
    answer = await around.push(**wrong)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


async def test_an_assertion_by_another_key_or_for_another_provider_is_refused(around: Around, tmp_path: Path) -> None:
    other = tmp_path / "other.pem"
    other.write_bytes(ECKey.generate_key("P-256").as_pem(private=True))
    assert (await around.push(**ClientKeys(CLIENT_ID, other).assertion(ISSUER))).status_code == 401
    assert (await around.push(**around.keys.assertion("https://evil.example"))).status_code == 401


async def test_an_assertion_counts_once(around: Around) -> None:
    assertion = around.keys.assertion(ISSUER)
    assert [(await around.push(**assertion)).status_code for _ in range(2)] == [201, 401]


async def test_a_request_is_answered_once_and_not_after_its_time(around: Around) -> None:
    pushed = (await around.push()).json()
    form = {"request_uri": pushed["request_uri"], "person": KARI["pid"]}
    assert [(await around.http.post("/authorize", data=form)).status_code for _ in range(2)] == [303, 400]
    form["request_uri"] = (await around.push()).json()["request_uri"]
    around.later = REQUEST_SECONDS + 1
    assert (await around.http.post("/authorize", data=form)).status_code == 400


async def test_a_choice_sent_from_another_site_is_none(around: Around) -> None:
    form = {"request_uri": (await around.push()).json()["request_uri"], "person": KARI["pid"]}
    answer = await around.http.post("/authorize", data=form, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 400


async def test_a_request_belongs_to_its_client(around: Around) -> None:
    pushed = (await around.push()).json()["request_uri"]
    answer = await around.http.get("/authorize", params={"client_id": "another", "request_uri": pushed})
    assert answer.status_code == 400


async def test_a_code_counts_once_and_for_a_minute(around: Around) -> None:
    code = await around.code()
    assert [(await around.redeem(code)).status_code for _ in range(2)] == [200, 400]
    code = await around.code()
    nonce, around.later = await around.nonce(), CODE_SECONDS + 1
    proof = later_proof(around, nonce)
    assert (await around.redeem(code, proof)).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    "wrong",
    [
        {"code_verifier": "w" * 43},
        {"code_verifier": ""},
        {"redirect_uri": f"{BACK}?a=b"},
        {"grant_type": "refresh_token"},
    ],
    ids=str,
)
async def test_a_code_is_nothing_without_what_belongs_to_it(around: Around, wrong: dict[str, str]) -> None:
    assert (await around.redeem(await around.code(), **wrong)).status_code == 400
    assert (await around.redeem("guessed")).status_code == 400


async def test_a_code_is_redeemed_with_the_key_it_is_bound_to(around: Around) -> None:
    proof = ProofKey("another").proof("POST", f"{ISSUER}/token", await around.nonce())
    assert (await around.redeem(await around.code(), proof)).json()["error"] == "invalid_grant"


async def test_a_proof_counts_once(around: Around) -> None:
    proof = around.held.proof("POST", f"{ISSUER}/token", await around.nonce())
    assert (await around.redeem(await around.code(), proof)).status_code == 200
    again = await around.redeem(await around.code(), proof)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_dpop_proof")


@pytest.mark.parametrize(
    ("method", "url"), [("GET", f"{ISSUER}/token"), ("POST", f"{ISSUER}/par"), ("POST", "/token")]
)
async def test_a_proof_for_another_request_is_refused(around: Around, method: str, url: str) -> None:
    proof = around.held.proof(method, url, await around.nonce())
    assert (await around.redeem(await around.code(), proof)).json()["error"] == "invalid_dpop_proof"


async def test_a_proof_of_another_time_or_none_or_two_is_refused(around: Around) -> None:
    code, form = await around.code(), {"grant_type": "authorization_code"}
    around.later = 70
    old = around.held.proof("POST", f"{ISSUER}/token", "")
    assert (await around.redeem(code, old)).json()["error"] == "invalid_dpop_proof"
    for proofs in ([], [old, old], ["none"], ["a.b.c"]):
        answer = await around.token({**form, **around.keys.assertion(ISSUER)}, *proofs)
        assert answer.json()["error"] == "invalid_dpop_proof"


async def test_a_proof_that_gives_its_key_away_is_refused(around: Around) -> None:
    key = ECKey.generate_key("P-256")
    said = {
        "jti": "1",
        "htm": "POST",
        "htu": f"{ISSUER}/token",
        "iat": int(time.time()),
        "nonce": await around.nonce(),
    }
    proof = jwt.encode({"typ": "dpop+jwt", "alg": "ES256", "jwk": key.as_dict(private=True)}, said, key)
    assert (await around.redeem(await around.code(), proof)).json()["error"] == "invalid_dpop_proof"


async def test_logging_out_leads_back_to_the_portal_alone(around: Around) -> None:
    for back, status in ((f"{PORTAL}/logout", 303), ("https://evil.example/", 200), ("", 200)):
        asked = {"client_id": CLIENT_ID, "post_logout_redirect_uri": back}
        assert (await around.http.get("/logout", params=asked)).status_code == status


async def page(around: Around, **asked: str) -> httpx.Response:
    """The page on which one chooses."""
    pushed = (await around.push(**asked)).json()["request_uri"]
    return await around.http.get("/authorize", params={"client_id": CLIENT_ID, "request_uri": pushed})


def later_proof(around: Around, nonce: str) -> str:
    """A proof made when the provider's clock says it is."""
    key = around.held._key
    header = {"typ": "dpop+jwt", "alg": "ES256", "jwk": key.as_dict(private=False)}
    made = int(time.time() + around.later)
    said = {"jti": "later", "htm": "POST", "htu": f"{ISSUER}/token", "iat": made, "nonce": nonce}
    return jwt.encode(header, said, key)
