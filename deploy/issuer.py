"""The issuer of tokens for local runs and tests: it vouches for anyone, and so never runs in production."""

from __future__ import annotations

import json
import os
import re
import time
from pathlib import Path
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from joserfc.jwk import ECKey
from jwt.algorithms import ECAlgorithm

from deploy.places import IDENTITY, SERVICES, Unable

LOCAL_ISSUER = "https://issuer.local.aarring.example"
LONGEST_LIFE = 300
TRIAL_ENVIRONMENTS = ("development", "test")

# Whom the local issuer may speak for; a service's own issuer speaks for that service alone.
LOCAL_SUBJECTS = ["person:*", "login:*", "system:*", "operator"]

# The portal speaks for people who have logged in there, and for a login it asks the registry about.
PORTAL_ISSUER = "portal"
PORTAL_SUBJECTS = ["person:*", "login:*"]

SUBJECT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|(login|service|system):[\w.=-]+|operator")


def require_trial_environment() -> None:
    """Refuse wherever real people are served: production, or nothing said about it."""
    environment = os.environ.get("AARRING_ENVIRONMENT")
    if environment not in TRIAL_ENVIRONMENTS:
        said = f"is {environment}" if environment else "is not set, which means production"
        raise Unable(f"AARRING_ENVIRONMENT {said}: the local issuers run only in {' and '.join(TRIAL_ENVIRONMENTS)}")


class Issuer:
    """Keys in one folder, made once, and the list of issuers that the services trust."""

    def __init__(self, directory: Path = IDENTITY) -> None:
        require_trial_environment()
        self._directory = directory

    @property
    def issuers(self) -> Path:
        return self._directory / "issuers.json"

    def signing_key(self, name: str) -> Path:
        """The private key of a service, of the portal, or of the local issuer itself."""
        return self._directory / f"{name}.pem"

    @property
    def client_key(self) -> Path:
        """The private key by which the portal shows the identity provider who it is."""
        return self.signing_key("portal-login")

    @property
    def client_keys(self) -> Path:
        """Its public half, as the identity provider is told it."""
        return self._directory / "portal-login.json"

    def ensure(self) -> None:
        self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        trusted = [self._trust("issuer", LOCAL_ISSUER, LOCAL_SUBJECTS)]
        trusted += [self._trust(name, f"service:{name}", [f"service:{name}"]) for name in SERVICES]
        trusted += [self._trust("portal", PORTAL_ISSUER, PORTAL_SUBJECTS)]
        self.issuers.write_text(json.dumps(trusted, indent=2) + "\n")
        key = self._key(self.client_key.stem)
        # A provider that people register at names a key by its thumbprint.
        public = _public(key, ECKey.import_key(self.client_key.read_bytes()).thumbprint())
        self.client_keys.write_text(json.dumps({"keys": [public]}, indent=2) + "\n")

    def mint(self, subject: str, audience: str, seconds: int = LONGEST_LIFE, level: str = "high") -> str:
        """A token that lets `subject` speak to one service for a short while."""
        if not SUBJECT.fullmatch(subject):
            raise Unable(f"'{subject}' is not a subject: a person id, operator, login:…, service:… or system:…")
        if audience not in SERVICES:
            raise Unable(f"there is no service '{audience}', only {', '.join(SERVICES)}")
        if not 0 < seconds <= LONGEST_LIFE:
            raise Unable(f"a token lives between 1 and {LONGEST_LIFE} seconds, not {seconds}")
        issuer, name = (subject, subject[8:]) if subject.startswith("service:") else (LOCAL_ISSUER, "issuer")
        if name != "issuer" and name not in SERVICES:
            raise Unable(f"there is no key for '{subject}'")
        now = int(time.time())
        claims = {
            "iss": issuer,
            "aud": audience,
            "sub": subject,
            "iat": now,
            "exp": now + seconds,
            "jti": str(uuid4()),
            "acr": level,
        }
        # An issuer has one key, which goes by the issuer's own name.
        return jwt.encode(claims, self._key(name), algorithm="ES256", headers={"kid": issuer})

    def _trust(self, name: str, issuer: str, subjects: list[str]) -> dict[str, object]:
        return {"issuer": issuer, "subjects": subjects, "keys": [_public(self._key(name), issuer)]}

    def _key(self, name: str) -> ec.EllipticCurvePrivateKey:
        path = self.signing_key(name)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.touch(mode=0o600)
            path.write_bytes(_new_key())
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise Unable(f"{path} does not hold an elliptic-curve key")
        return key


def mint(subject: str, audience: str, seconds: int = LONGEST_LIFE, level: str = "high") -> str:
    """A token by the issuer of this checkout's own suite."""
    return Issuer().mint(subject, audience, seconds, level)


def _new_key() -> bytes:
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _public(key: ec.EllipticCurvePrivateKey, kid: str) -> dict[str, str]:
    """The public half as a JSON Web Key."""
    members = {str(name): str(value) for name, value in ECAlgorithm.to_jwk(key.public_key(), True).items()}
    return members | {"kid": kid, "alg": "ES256", "use": "sig"}
