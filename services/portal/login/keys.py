"""How the portal shows the identity provider who it is, and that whoever fetches is whoever asked."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_SECONDS = 30


class ClientKeys:
    """The portal's own key, registered with the provider."""

    def __init__(self, client_id: str, client_key: Path) -> None:
        self.client_id = client_id
        self._own = _read(client_key)
        self._algorithm = "ES256" if isinstance(self._own, ECKey) else "PS256"

    def assertion(self, provider: str) -> dict[str, str]:
        """The fields of a form that say who sends it: a statement to that provider, good for half a minute, once."""
        now = int(time.time())
        said = {"iss": self.client_id, "sub": self.client_id, "aud": provider, "jti": str(uuid4())}
        header = {"alg": self._algorithm, "kid": self._own.thumbprint(), "typ": "client-authentication+jwt"}
        times = {"iat": now, "nbf": now, "exp": now + ASSERTION_SECONDS}
        signed = jwt.encode(header, said | times, self._own, algorithms=[self._algorithm])
        return {"client_id": self.client_id, "client_assertion_type": ASSERTION_TYPE, "client_assertion": signed}


class ProofKey:
    """The key of one login, for proofs of possession (DPoP), made of its seed: whichever portal the browser comes
    back to can make the proof.
    """

    def __init__(self, seed: str) -> None:
        self._key = ECKey.derive_key(seed, "P-256")

    @property
    def thumbprint(self) -> str:
        """What names the key."""
        return self._key.thumbprint()

    def proof(self, method: str, url: str, nonce: str) -> str:
        """A proof for one request that we hold the key the answer is bound to."""
        said: dict[str, Any] = {"jti": str(uuid4()), "htm": method, "htu": url, "iat": int(time.time())}
        header = {"typ": "dpop+jwt", "alg": "ES256", "jwk": self._key.as_dict(private=False)}
        return jwt.encode(header, said | ({"nonce": nonce} if nonce else {}), self._key)


def _read(path: Path) -> ECKey | RSAKey:
    pem = path.read_bytes()
    kind = load_pem_private_key(pem, password=None)
    return RSAKey.import_key(pem) if isinstance(kind, RSAPrivateKey) else ECKey.import_key(pem)
