"""Tokens for tests: good ones, and ones that are wrong in exactly one way."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import jwt

from deploy.issuer import LOCAL_ISSUER, Issuer


class Tokens:
    """Mints tokens the services under test accept; ``claims`` override what a good one says."""

    def __init__(self, folder: Path) -> None:
        self.issuer = Issuer(folder)
        self.issuer.ensure()

    @property
    def issuers_file(self) -> Path:
        return self.issuer.issuers

    def signing_key(self, service: str) -> Path:
        return self.issuer.signing_key(service)

    def mint(self, subject: object, audience: str, **claims: Any) -> str:
        """A token for ``subject`` to one service."""
        now = int(time.time())
        service = str(subject).removeprefix("service:") if str(subject).startswith("service:") else None
        issuer = f"service:{service}" if service else LOCAL_ISSUER
        said = {
            "iss": issuer,
            "sub": str(subject),
            "aud": audience,
            "iat": now,
            "exp": now + 300,
            "jti": str(uuid4()),
            "acr": "high",
        }
        key = self.issuer.signing_key(service or "issuer").read_bytes()
        return jwt.encode({**said, **claims}, key, "ES256", headers={"kid": self._kid(issuer)})

    def bearer(self, subject: object, audience: str, **claims: Any) -> dict[str, str]:
        """The same as a request header."""
        return {"Authorization": f"Bearer {self.mint(subject, audience, **claims)}"}

    def _kid(self, issuer: str) -> str:
        entries = json.loads(self.issuers_file.read_text())
        return str(next(e["keys"][0]["kid"] for e in entries if e["issuer"] == issuer))
