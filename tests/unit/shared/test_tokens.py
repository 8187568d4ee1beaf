"""A token that fails in one way is refused with that way's own code; a good one says who is calling."""

from __future__ import annotations

import json
import time
from pathlib import Path
from uuid import uuid4

import jwt
import pytest
from starlette.requests import Request

from shared.problems import RequestProblem
from shared.settings import Environment
from shared.tokens import LOCAL_ISSUER, MAX_SECONDS, OwnTokens, TokenChecker
from tests.tokens import Tokens

pytestmark = pytest.mark.unit

PERSON = str(uuid4())


@pytest.fixture
def checker(tokens: Tokens) -> TokenChecker:
    return TokenChecker.from_file(tokens.issuers_file, "reporting", Environment.TEST)


def refusal(checker: TokenChecker, token: str) -> str:
    """The code a token is refused with; every refusal tells it in the header too."""
    with pytest.raises(RequestProblem) as refused:
        checker.check(token)
    assert refused.value.status_code == 401
    assert refused.value.headers == {"WWW-Authenticate": f'Bearer error="{refused.value.code}"'}
    return refused.value.code


def test_a_good_token_says_which_person_calls_and_how_surely(checker: TokenChecker, tokens: Tokens) -> None:
    caller = checker.check(tokens.mint(PERSON, "reporting"))
    assert (caller.subject, caller.kind, caller.level) == (PERSON, "person", "high")
    assert str(caller.person_id) == PERSON


def test_a_service_speaks_for_itself_and_is_no_person(checker: TokenChecker, tokens: Tokens) -> None:
    caller = checker.check(tokens.mint("service:registry", "reporting"))
    assert (caller.kind, caller.person_id) == ("service", None)


def test_what_a_service_mints_for_another_is_accepted_there_alone(checker: TokenChecker, tokens: Tokens) -> None:
    own = OwnTokens("registry", tokens.signing_key("registry"))
    assert checker.check(own.mint("reporting")).subject == "service:registry"
    assert checker.check(own.for_service("reporting")()).subject == "service:registry"
    assert refusal(checker, own.mint("review")) == "token_for_another_service"


def test_an_expired_token_is_refused(checker: TokenChecker, tokens: Tokens) -> None:
    past = int(time.time()) - 3600
    assert refusal(checker, tokens.mint(PERSON, "reporting", iat=past, exp=past + 300)) == "token_expired"


def test_a_token_for_another_service_is_refused(checker: TokenChecker, tokens: Tokens) -> None:
    assert refusal(checker, tokens.mint(PERSON, "registry")) == "token_for_another_service"


def test_a_token_that_lives_too_long_is_refused(checker: TokenChecker, tokens: Tokens) -> None:
    now = int(time.time())
    token = tokens.mint(PERSON, "reporting", iat=now, exp=now + MAX_SECONDS + 1)
    assert refusal(checker, token) == "token_lives_too_long"


def test_an_issuer_nobody_configured_is_refused(checker: TokenChecker, tokens: Tokens) -> None:
    token = tokens.mint(PERSON, "reporting", iss="https://elsewhere.example")
    assert refusal(checker, token) == "token_issuer_unknown"


def test_a_key_the_issuer_does_not_list_is_refused(checker: TokenChecker, tokens: Tokens) -> None:
    claims = {"iss": LOCAL_ISSUER, "sub": PERSON, "aud": "reporting"}
    key = tokens.signing_key("issuer").read_bytes()
    assert refusal(checker, jwt.encode(claims, key, "ES256", headers={"kid": "older"})) == "token_issuer_unknown"


def test_an_issuer_may_not_speak_for_every_subject(checker: TokenChecker, tokens: Tokens) -> None:
    as_person = jwt.decode(tokens.mint("service:registry", "reporting"), options={"verify_signature": False})
    key = tokens.signing_key("registry").read_bytes()
    token = jwt.encode({**as_person, "sub": PERSON}, key, "ES256")
    assert refusal(checker, token) == "token_subject_not_vouched"


def test_one_issuers_key_does_not_sign_for_another(checker: TokenChecker, tokens: Tokens) -> None:
    good = tokens.mint(PERSON, "reporting")
    claims = jwt.decode(good, options={"verify_signature": False})
    forged = jwt.encode(
        claims,
        tokens.signing_key("registry").read_bytes(),
        "ES256",
        headers={"kid": jwt.get_unverified_header(good)["kid"]},
    )
    assert refusal(checker, forged) == "token_invalid"


def test_an_altered_token_is_refused(checker: TokenChecker, tokens: Tokens) -> None:
    head, _, signature = tokens.mint(PERSON, "reporting").split(".")
    _, other, _ = tokens.mint(str(uuid4()), "reporting").split(".")
    assert refusal(checker, f"{head}.{other}.{signature}") == "token_invalid"


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_only_signatures_by_elliptic_curve_count(checker: TokenChecker, tokens: Tokens, algorithm: str) -> None:
    good = tokens.mint(PERSON, "reporting")
    claims = jwt.decode(good, options={"verify_signature": False})
    kid = jwt.get_unverified_header(good)["kid"]
    key = "" if algorithm == "none" else "a shared secret that is long enough for it"
    assert refusal(checker, jwt.encode(claims, key, algorithm, headers={"kid": kid})) == "token_invalid"


@pytest.mark.parametrize("claim", ["sub", "jti", "iat"])
def test_a_token_lacking_a_claim_is_refused(checker: TokenChecker, tokens: Tokens, claim: str) -> None:
    good = tokens.mint(PERSON, "reporting")
    claims = jwt.decode(good, options={"verify_signature": False})
    del claims[claim]
    key = tokens.signing_key("issuer").read_bytes()
    token = jwt.encode(claims, key, "ES256", headers={"kid": jwt.get_unverified_header(good)["kid"]})
    assert refusal(checker, token) == "token_invalid"


@pytest.mark.parametrize("subject", [7, ["operator"], None])
def test_a_subject_that_is_no_text_is_refused(checker: TokenChecker, tokens: Tokens, subject: object) -> None:
    assert refusal(checker, tokens.mint(PERSON, "reporting", sub=subject)) == "token_invalid"


@pytest.mark.parametrize("issuer", [7, ["https://issuer.local.aarring.example"], None])
def test_an_issuer_that_is_no_text_is_refused(checker: TokenChecker, tokens: Tokens, issuer: object) -> None:
    good = tokens.mint(PERSON, "reporting")
    claims = {**jwt.decode(good, options={"verify_signature": False}), "iss": issuer}
    [head, _, signature], body = good.split("."), jwt.utils.base64url_encode(json.dumps(claims).encode())
    assert refusal(checker, f"{head}.{body.decode()}.{signature}").startswith("token_")


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "." * 1000])
def test_nonsense_is_refused(checker: TokenChecker, token: str) -> None:
    assert refusal(checker, token) == "token_invalid"


@pytest.mark.anyio
@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic YTpi", "Token x"])
async def test_a_request_without_a_bearer_token_is_refused(checker: TokenChecker, header: str | None) -> None:
    headers = [] if header is None else [(b"authorization", header.encode())]
    with pytest.raises(RequestProblem) as refused:
        await checker(Request({"type": "http", "headers": headers}))
    assert refused.value.code == "token_missing"


@pytest.mark.anyio
async def test_the_scheme_is_read_in_any_case(checker: TokenChecker, tokens: Tokens) -> None:
    header = f"bearer {tokens.mint(PERSON, 'reporting')}".encode()
    caller = await checker(Request({"type": "http", "headers": [(b"authorization", header)]}))
    assert caller.subject == PERSON


def test_the_local_issuer_is_refused_in_production(tokens: Tokens) -> None:
    with pytest.raises(ValueError, match="refused in production"):
        TokenChecker.from_file(tokens.issuers_file, "reporting", Environment.PRODUCTION)


def test_production_accepts_a_file_without_the_local_issuer(tokens: Tokens, tmp_path: Path) -> None:
    entries = [e for e in json.loads(tokens.issuers_file.read_text()) if e["issuer"] != LOCAL_ISSUER]
    remaining = tmp_path / "issuers.json"
    remaining.write_text(json.dumps(entries))
    checker = TokenChecker.from_file(remaining, "reporting", Environment.PRODUCTION)
    assert refusal(checker, tokens.mint(PERSON, "reporting")) == "token_issuer_unknown"
    assert checker.check(tokens.mint("service:registry", "reporting")).kind == "service"
