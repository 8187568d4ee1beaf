"""The local issuer lets developers speak as anyone, and must not exist where real people are served."""

from __future__ import annotations

import json
import stat
import time
from pathlib import Path
from uuid import uuid4

import jwt
import pytest
from joserfc.jwk import ECKey

from deploy.issuer import PORTAL_ISSUER, Issuer
from deploy.places import Unable
from shared.problems import RequestProblem
from shared.settings import Environment
from shared.tokens import TokenChecker


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    made = Issuer(tmp_path / "identity")
    made.ensure()
    return made


def test_a_service_accepts_whom_the_local_issuer_vouches_for(issuer: Issuer) -> None:
    person = str(uuid4())
    caller = _checker(issuer).check(issuer.mint(person, "registry"))
    assert (caller.subject, caller.kind, caller.level) == (person, "person", "high")


@pytest.mark.parametrize("subject", ["operator", "login:5f2a", "system:region-vest", "service:reporting"])
def test_logins_machines_services_and_the_operator_are_vouched_for_too(issuer: Issuer, subject: str) -> None:
    assert _checker(issuer).check(issuer.mint(subject, "registry")).subject == subject


def test_a_service_is_vouched_for_by_its_own_issuer_alone(issuer: Issuer) -> None:
    claims = jwt.decode(issuer.mint("service:reporting", "registry"), options={"verify_signature": False})
    assert claims["iss"] == "service:reporting"


@pytest.mark.parametrize("subject", ["login:5f2a", "73a39e0d-3a3a-4a3e-9d47-0c0c3d3a1f11"])
def test_the_portal_speaks_for_people_and_their_logins(issuer: Issuer, subject: str) -> None:
    assert _checker(issuer).check(_by_portal(issuer, subject)).subject == subject


@pytest.mark.parametrize("subject", ["operator", "service:registry", "system:region-vest"])
def test_the_portal_speaks_for_nobody_else(issuer: Issuer, subject: str) -> None:
    with pytest.raises(RequestProblem) as refused:
        _checker(issuer).check(_by_portal(issuer, subject))
    assert refused.value.code == "token_subject_not_vouched"


def test_the_identity_provider_is_told_the_public_half_of_the_portals_key_alone(issuer: Issuer) -> None:
    (told,) = json.loads(issuer.client_keys.read_text())["keys"]
    assert told["kid"] == ECKey.import_key(issuer.client_key.read_bytes()).thumbprint()
    assert "d" not in told
    assert stat.S_IMODE(issuer.client_key.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("subject", "audience", "seconds"),
    [
        ("somebody", "registry", 300),
        ("service:unknown", "registry", 300),
        ("operator", "elsewhere", 300),
        ("operator", "registry", 301),
        ("operator", "registry", 0),
    ],
)
def test_a_token_nobody_would_accept_is_not_made(issuer: Issuer, subject: str, audience: str, seconds: int) -> None:
    with pytest.raises(Unable):
        issuer.mint(subject, audience, seconds)


def test_keys_are_made_once_and_closed_to_others(issuer: Issuer) -> None:
    trusted = issuer.issuers.read_bytes()
    issuer.ensure()
    assert issuer.issuers.read_bytes() == trusted
    assert stat.S_IMODE(issuer.signing_key("registry").stat().st_mode) == 0o600


@pytest.mark.parametrize("environment", ["production", None])
def test_it_refuses_to_exist_in_production(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, environment: str | None
) -> None:
    monkeypatch.delenv("AARRING_ENVIRONMENT")
    if environment:
        monkeypatch.setenv("AARRING_ENVIRONMENT", environment)
    with pytest.raises(Unable, match="production"):
        Issuer(tmp_path)


def test_its_list_is_refused_by_a_service_in_production(issuer: Issuer) -> None:
    with pytest.raises(ValueError, match="local issuer"):
        TokenChecker.from_file(issuer.issuers, "registry", Environment.PRODUCTION)


def _checker(issuer: Issuer) -> TokenChecker:
    return TokenChecker.from_file(issuer.issuers, "registry", Environment.TEST)


def _by_portal(issuer: Issuer, subject: str) -> str:
    now = int(time.time())
    said = {"iss": PORTAL_ISSUER, "sub": subject, "aud": "registry", "iat": now, "exp": now + 60, "jti": str(uuid4())}
    return jwt.encode(said, issuer.signing_key("portal").read_bytes(), "ES256")
