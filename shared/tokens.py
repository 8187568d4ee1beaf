"""Short-lived tokens: who is calling, vouched for by an issuer that may speak for that kind of subject."""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import UUID

import jwt
import uuid_utils
from fastapi import Request
from pydantic import BaseModel

from shared.problems import Fault, RequestProblem
from shared.remembered import Remembered
from shared.settings import Environment

MAX_SECONDS = 300
"""The longest a token may live."""
LOCAL_ISSUER = "https://issuer.local.aarring.example"
"""The issuer of development and tests; refused in production."""
LEEWAY = 5
"""Seconds by which the issuer's clock and ours may differ."""
CHECKED_FOR, CHECKED = 60.0, 10_000
"""For how long it is remembered that a token holds, and of how many; somebody who writes saves every few seconds."""
_PERSON = re.compile(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")


class Issuer(BaseModel):
    """Somebody whose tokens count, the kinds of subject it may vouch for, and its public keys.

    ``subjects`` are patterns on ``<kind>:<name>``; a person's id counts as ``person:<id>``.
    """

    issuer: str
    subjects: list[str]
    keys: list[dict[str, Any]]


@dataclass(frozen=True)
class Caller:
    """Who asks: a person (``subject`` is the person's id), a service, a machine, the operator, or a bare login."""

    subject: str
    kind: str
    level: str = ""

    @cached_property
    def person_id(self) -> UUID | None:
        """The person's id, or None when no person asks."""
        return UUID(self.subject) if self.kind == "person" else None


@dataclass(frozen=True)
class _Checked:
    """Whom a token names that was found to hold, and the second from which it holds no longer."""

    caller: Caller
    until: float


class TokenChecker:
    """Accepts ES256 tokens of the configured issuers that are meant for this one service.

    A token that holds is remembered for a while, by its hash: nothing but its expiry can change what was found, for
    the issuers and their keys are those it began with.  Not safe from several threads.
    """

    def __init__(self, issuers: list[Issuer], audience: str) -> None:
        self._audience = audience
        self._issuers = {issuer.issuer: issuer for issuer in issuers}
        self._keys = {
            issuer.issuer: {str(key.get("kid")): jwt.PyJWK(key, algorithm="ES256") for key in issuer.keys}
            for issuer in issuers
        }
        self._checked = Remembered[bytes, _Checked](CHECKED_FOR, CHECKED)

    @classmethod
    def from_file(cls, path: Path, audience: str, environment: Environment) -> TokenChecker:
        """The checker for the issuers a file lists; the local issuer is refused in production."""
        issuers = [Issuer.model_validate(entry) for entry in json.loads(path.read_text())]
        if environment is Environment.PRODUCTION and any(i.issuer == LOCAL_ISSUER for i in issuers):
            raise ValueError(f"{path} lists the local issuer, which is refused in production")
        return cls(issuers, audience)

    def check(self, token: str) -> Caller:
        """The caller a token names; a 401 problem with its own code for each way a token can fail."""
        name = hashlib.sha256(token.encode(errors="surrogatepass")).digest()
        known = self._checked.get(name)
        if known is None or time.time() >= known.until:
            claims = self._claims(token)
            known = _Checked(self._caller(self._issuers[claims["iss"]], claims), int(claims["exp"]) + LEEWAY)
            self._checked.keep(name, known)
        return known.caller

    def _claims(self, token: str) -> dict[str, Any]:
        """What a token says, if it holds."""
        try:
            said = jwt.decode_complete(token, options={"verify_signature": False})
            key = self._key(str(said["payload"].get("iss", "")), said["header"].get("kid"))
            if key is None:
                raise _unauthenticated("token_issuer_unknown", "The token's issuer or key is not known here.")
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=["ES256"],
                audience=self._audience,
                leeway=LEEWAY,
                options={"require": ["iss", "aud", "sub", "iat", "exp", "jti"]},
            )
        except jwt.ExpiredSignatureError:
            raise _unauthenticated("token_expired", "The token has expired.") from None
        except jwt.InvalidAudienceError:
            raise _unauthenticated("token_for_another_service", "The token is for another service.") from None
        except jwt.PyJWTError:
            raise _unauthenticated("token_invalid", "The token does not hold.") from None
        if claims["exp"] - claims["iat"] > MAX_SECONDS:
            raise _unauthenticated("token_lives_too_long", f"A token may live {MAX_SECONDS} seconds.")
        return claims

    def _key(self, issuer: str, kid: str | None) -> jwt.PyJWK | None:
        """The key named; an issuer with one key need not name it."""
        keys = self._keys.get(issuer, {})
        return next(iter(keys.values())) if kid is None and len(keys) == 1 else keys.get(str(kid))

    @staticmethod
    def _caller(issuer: Issuer, claims: dict[str, Any]) -> Caller:
        subject = claims["sub"]
        kind = "person" if _PERSON.match(subject) else subject.split(":", 1)[0]
        named = f"person:{subject}" if kind == "person" else subject
        if not any(fnmatchcase(named, pattern) for pattern in issuer.subjects):
            raise _unauthenticated("token_subject_not_vouched", "The issuer may not speak for this subject.")
        return Caller(subject, kind, str(claims.get("acr", "")))

    async def __call__(self, request: Request) -> Caller:
        """As a FastAPI dependency: the caller the request's bearer token names."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise _unauthenticated("token_missing", "Send a bearer token in the Authorization header.")
        return self.check(token.strip())


class OwnTokens:
    """Tokens a service makes for itself, to ask another service."""

    def __init__(self, service: str, signing_key: Path) -> None:
        self._service = service
        self._key = signing_key.read_bytes()

    def mint(self, audience: str) -> str:
        """A token that says ``service:<name>``, for one other service, for a minute."""
        now = int(time.time())
        name = f"service:{self._service}"
        claims: dict[str, Any] = {"iss": name, "sub": name, "aud": audience, "iat": now, "exp": now + 60}
        claims["jti"] = str(uuid_utils.uuid7())
        return jwt.encode(claims, self._key, "ES256")

    def for_service(self, audience: str) -> Callable[[], str]:
        """A source of fresh tokens for one other service."""
        return lambda: self.mint(audience)


def _unauthenticated(code: str, detail: str) -> RequestProblem:
    place = Fault(code=code, pointer="header:authorization", detail=detail)
    return RequestProblem(401, code, detail, errors=[place], headers={"WWW-Authenticate": f'Bearer error="{code}"'})
