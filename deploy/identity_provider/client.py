"""The one client the provider knows, the portal, and how it shows that it is the portal."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from deploy.identity_provider.refusals import Refusal
from deploy.identity_provider.tickets import Seen

ALGORITHMS = ["ES256", "PS256", "RS256"]
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LONGEST_LIFE = 60
LEEWAY = 5


class Client:
    """Authenticates by short statements signed with its own key (``private_key_jwt``), one for each request."""

    def __init__(self, client_id: str, keys: Path, portal_url: str, issuer: str) -> None:
        self.id, self._issuer = client_id, issuer
        self._keys = KeySet.import_key_set(json.loads(keys.read_text()))
        self._seen = Seen()
        portal = portal_url.rstrip("/")
        self.redirect_uri = f"{portal}/login/callback"
        self.after_logout = f"{portal}/logout"
        self.origin = portal

    def must_be_it(self, form: Mapping[str, str]) -> None:
        """Refuse whoever cannot sign as the client."""
        if form.get("client_id", self.id) != self.id or form.get("client_assertion_type") != ASSERTION_TYPE:
            raise _unknown("this client is not known, or does not authenticate by private_key_jwt")
        try:
            claims = jwt.decode(form.get("client_assertion", ""), self._keys, algorithms=ALGORITHMS).claims
            _said_by(self.id, self._issuer).validate(claims)
        except (JoseError, ValueError) as reason:
            raise _unknown(f"the client assertion does not hold: {reason}") from None
        if claims["exp"] > time.time() + LONGEST_LIFE + LEEWAY:
            raise _unknown(f"a client assertion lives {LONGEST_LIFE} seconds at most")
        if not self._seen.first(claims["jti"], claims["exp"] + LEEWAY):
            raise _unknown("the client assertion was used before")


def _said_by(client_id: str, issuer: str) -> jwt.JWTClaimsRegistry:
    """What the statement must say: by the client, about the client, to this provider alone."""
    return jwt.JWTClaimsRegistry(
        leeway=LEEWAY,
        iss={"essential": True, "value": client_id},
        sub={"essential": True, "value": client_id},
        aud={"essential": True, "value": issuer},
        exp={"essential": True},
        jti={"essential": True},
    )


def _unknown(description: str) -> Refusal:
    return Refusal("invalid_client", description, 401)
