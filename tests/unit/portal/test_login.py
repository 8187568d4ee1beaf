"""The parts of a login that need nobody else: sealed notes, the name of a login, who is no provider for people."""

from __future__ import annotations

import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc import jwt
from joserfc.jwk import RSAKey
from pydantic import HttpUrl, SecretBytes, ValidationError

from services.portal.login.client import Attempt
from services.portal.login.hashing import login_hash
from services.portal.login.keys import ClientKeys
from services.portal.login.parts import Newcomer
from services.portal.login.sealed import Sealed
from services.portal.login.trial import doubt
from services.portal.settings import Settings
from shared.settings import Environment

pytestmark = pytest.mark.unit
SECRET = b"l" * 32
ATTEMPT = Attempt("state", "nonce", "verifier", "seed", "/reports?a=æ")


def test_what_is_sealed_opens_again_until_its_time_is_over() -> None:
    now = [1000.0]
    sealed = Sealed(Attempt, SECRET, 60, lambda: now[0])
    note = sealed.seal(ATTEMPT)
    assert sealed.open(note) == ATTEMPT
    now[0] += 61
    assert sealed.open(note) is None


def test_nobody_reads_what_is_sealed_or_makes_it_up() -> None:
    sealed = Sealed(Attempt, SECRET, 60)
    note = sealed.seal(ATTEMPT)
    assert note != sealed.seal(ATTEMPT)
    assert sealed.open(Sealed(Attempt, b"o" * 32, 60).seal(ATTEMPT)) is None
    for made_up in (None, "", "!", "AAAA", *_changed(note), note[:-8], "å"):
        assert sealed.open(made_up) is None


def _changed(note: str) -> Iterator[str]:
    """The note with one bit otherwise, in each of its letters; of the last letter only the first bits count."""
    alphabet = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
    for at, letter in enumerate(note.rstrip("=")):
        yield note[:at] + alphabet[alphabet.index(letter) ^ 0b100000] + note[at + 1 :]


def test_a_note_of_one_kind_is_none_of_another() -> None:
    class Other(msgspec.Struct):
        """As the attempt is."""

        state: str
        nonce: str
        verifier: str
        seed: str
        next: str

    assert Sealed(Other, SECRET, 60).open(Sealed(Attempt, SECRET, 60).seal(ATTEMPT)) is None
    newcomers = Sealed(Newcomer, SECRET, 60)
    assert newcomers.open(newcomers.seal(Newcomer("hash", "high", "", "/"))) == Newcomer("hash", "high", "", "/")


def test_a_login_has_one_name_for_each_issuer_number_and_key() -> None:
    names = {
        login_hash(key, issuer, number)
        for key in (SECRET, b"m" * 32)
        for issuer in ("https://a.example", "https://b.example")
        for number in ("01817012345", "02826523456")
    }
    assert len(names) == 8
    assert all(len(name) == 64 for name in names)


@pytest.mark.parametrize(
    "issuer",
    [
        "http://identity.nhn.no",
        "https://localhost",
        "https://127.0.0.1:8005",
        "https://[::1]",
        "https://10.0.0.7",
        "https://identity.example",
        "https://identity.test",
        "identity",
        "",
    ],
)
def test_production_refuses_what_can_be_no_national_provider(issuer: str) -> None:
    assert doubt(issuer)
    with pytest.raises(ValidationError, match="PORTAL_IDENTITY_ISSUER is refused in production"):
        told(identity_issuer=issuer)


@pytest.mark.parametrize("issuer", ["https://helseid-sts.nhn.no", "https://idporten.no"])
def test_production_takes_the_national_providers(issuer: str) -> None:
    assert told(identity_issuer=issuer).identity_issuer == issuer


def test_a_trial_takes_any_provider() -> None:
    issuer = "http://127.0.0.1:8005"
    assert told(environment=Environment.DEVELOPMENT, identity_issuer=issuer).identity_issuer == issuer


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValidationError, match="32 bytes"):
        told(login_key=SecretBytes(b"short"))


def test_the_portal_may_sign_with_an_rsa_key(tmp_path: Path) -> None:
    pem = rsa.generate_private_key(65537, 2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (tmp_path / "key.pem").write_bytes(pem)
    signed = ClientKeys("portal", tmp_path / "key.pem").assertion("https://idporten.no")["client_assertion"]
    opened = jwt.decode(signed, RSAKey.import_key(pem), algorithms=["PS256"])
    assert opened.header["kid"] == RSAKey.import_key(pem).thumbprint()
    assert (opened.claims["aud"], opened.claims["sub"]) == ("https://idporten.no", "portal")


def told(**other: Any) -> Settings:
    """What the portal is told in production, with something changed."""
    said: dict[str, Any] = {
        "environment": Environment.PRODUCTION,
        "url": HttpUrl("https://aarring.no"),
        "database_url": "sqlite://",
        "signing_key": Path("key.pem"),
        "identity_issuer": "https://helseid-sts.nhn.no",
        "identity_client_id": "client",
        "identity_client_key": Path("key.pem"),
        "login_key": SecretBytes(SECRET),
        **{f"{name}_url": HttpUrl(f"http://{name}") for name in ("registry", "reporting", "review", "notify")},
    }
    return Settings(**{**said, **other})
