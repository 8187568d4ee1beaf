"""Proofs of possession (DPoP): whoever fetches a token holds a key, and shows it anew for each request."""

from __future__ import annotations

import secrets
import time

from fastapi import Request
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey, import_key
from joserfc.jws import extract_compact

from deploy.identity_provider.client import ALGORITHMS
from deploy.identity_provider.refusals import Refusal
from deploy.identity_provider.tickets import Now, Seen, Tickets

WINDOW = 60
NONCE_SECONDS = 120


class Proofs:
    """Checks proofs, and gives the nonces that must be in them."""

    def __init__(self, issuer: str, now: Now = time.time) -> None:
        self._issuer, self._now = issuer.rstrip("/"), now
        self._seen = Seen(now)
        self._nonces = Tickets[bool]("", NONCE_SECONDS, now)

    def thumbprint(self, request: Request) -> str:
        """The thumbprint of the key that was shown; refused when nothing, or not enough, was."""
        sent = request.headers.getlist("dpop")
        if len(sent) != 1:
            raise Refusal("invalid_dpop_proof", "send one proof in the header DPoP")
        key, claims = _opened(sent[0])
        if claims.get("htm") != request.method or claims.get("htu") != f"{self._issuer}{request.url.path}":
            raise Refusal("invalid_dpop_proof", "the proof is for another request")
        made = claims.get("iat")
        if not isinstance(made, int | float) or abs(made - self._now()) > WINDOW:
            raise Refusal("invalid_dpop_proof", "the proof was not made now")
        if not self._nonces.look(str(claims.get("nonce", ""))):
            nonce = {"DPoP-Nonce": self._nonces.give(True)}
            raise Refusal("use_dpop_nonce", "the proof must hold the nonce given", headers=nonce)
        if not self._seen.first(str(claims.get("jti") or secrets.token_hex()), self._now() + 2 * WINDOW):
            raise Refusal("invalid_dpop_proof", "the proof was used before")
        return str(key.thumbprint())


def _opened(proof: str) -> tuple[ECKey | RSAKey, dict[str, object]]:
    """The key a proof shows, and what it says."""
    try:
        header = extract_compact(proof.encode()).headers()
        if header.get("typ") != "dpop+jwt":
            raise Refusal("invalid_dpop_proof", "the proof is no proof")
        key = import_key(header["jwk"])
        if not isinstance(key, ECKey | RSAKey) or key.is_private:
            raise Refusal("invalid_dpop_proof", "the proof shows no public key, or a private one")
        return key, jwt.decode(proof, key, algorithms=ALGORITHMS).claims
    except (JoseError, KeyError, ValueError, TypeError) as reason:
        raise Refusal("invalid_dpop_proof", f"the proof does not hold: {reason}") from None
