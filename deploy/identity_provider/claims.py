"""The tokens: who has logged in, told in the words of the national providers."""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from collections.abc import Mapping
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey

from deploy.identity_provider.people import Person

ID_SECONDS, ACCESS_SECONDS = 120, 600
PID = "helseid://claims/identity/pid"
LEVEL = "helseid://claims/identity/security_level"
PID_SCOPE = "helseid://scopes/identity/pid"
LEVEL_SCOPE = "helseid://scopes/identity/security_level"


class Signer:
    """Signs with a key of this process: after a restart the keys are others, as when a provider changes them."""

    def __init__(self, issuer: str) -> None:
        self._issuer = issuer
        self._key = ECKey.generate_key(
            "P-256", parameters={"kid": secrets.token_hex(8), "use": "sig", "alg": "ES256"}
        )

    def keys(self) -> dict[str, Any]:
        """The public keys, for whoever checks."""
        return {"keys": [self._key.as_dict(private=False)]}

    def id_token(self, person: Person, asked: Mapping[str, str]) -> str:
        """Who it is, for the client that asked."""
        scopes = asked["scope"].split()
        said: dict[str, Any] = {"aud": asked["client_id"], "nonce": asked["nonce"], "auth_time": int(time.time())}
        said |= {"sid": secrets.token_hex(16), "amr": ["test"], "idp": "test", "sub": subject(person)}
        if "profile" in scopes:
            said["name"] = person.name
        if PID_SCOPE in scopes:
            said[PID] = person.pid
        if LEVEL_SCOPE in scopes:
            said[LEVEL] = str(person.level)
        return self._sign("JWT", said, ID_SECONDS)

    def access_token(self, person: Person, asked: Mapping[str, str], thumbprint: str) -> str:
        """What the client could ask others with, bound to the key it has shown; no API takes it here."""
        said = {"aud": self._issuer, "client_id": asked["client_id"], "scope": asked["scope"]}
        return self._sign("at+jwt", {**said, "sub": subject(person), "cnf": {"jkt": thumbprint}}, ACCESS_SECONDS)

    def _sign(self, kind: str, said: Mapping[str, Any], seconds: int) -> str:
        now = int(time.time())
        times = {"iat": now, "nbf": now, "exp": now + seconds, "jti": secrets.token_hex(16)}
        # Whoever serves real people refuses what says this of itself, wherever it comes from.
        trial = {"aarring_trial": True}
        header = {"alg": "ES256", "kid": self._key.kid, "typ": kind}
        return jwt.encode(header, {"iss": self._issuer, **times, **said, **trial}, self._key)


def subject(person: Person) -> str:
    """How the provider names a person to the client: always the same, and not the number."""
    return digest(f"aarring-trial\n{person.pid}")


def digest(text: str) -> str:
    """SHA-256 as the standards write it."""
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
