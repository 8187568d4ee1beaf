"""Whether a token says who has logged in: signed by the provider, for us, now, in answer to this very login."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jws import extract_compact

from services.portal.login.provider import Provider
from services.portal.login.refusals import LevelTooLow, LoginRefused
from services.portal.login.trial import TRIAL_MARK

ALGORITHMS = ["ES256", "PS256", "RS256"]
LEEWAY = 10
NUMBER = re.compile(r"[0-9]{11}")
NUMBERS = ("helseid://claims/identity/pid", "pid")
LEVEL = "helseid://claims/identity/security_level"
LEVELS = {"Level4": 4, "idporten-loa-high": 4, "Level3": 3, "idporten-loa-substantial": 3}
"""What else a provider may call how sure it is; 4 is high."""
ENOUGH = 4


@dataclass(frozen=True)
class Expected:
    """What a token must say."""

    client_id: str
    nonce: str
    trials: bool


async def checked(token: str, provider: Provider, expected: Expected) -> Mapping[str, Any]:
    """What the token says, if it holds; :class:`LoginRefused` otherwise."""
    try:
        kid = extract_compact(token.encode()).headers().get("kid")
        claims = jwt.decode(token, await provider.keys(kid), algorithms=ALGORITHMS).claims
        _must_say(provider.issuer, expected).validate(claims)
    except (JoseError, ValueError) as fault:
        # The library's words may quote what the token says, which names a person: only the kind of fault is told.
        raise LoginRefused(f"the token does not hold: {type(fault).__name__}") from None
    if claims.get("azp", expected.client_id) != expected.client_id or _others(claims, expected.client_id):
        raise LoginRefused("the token is for others as well")
    if claims.get(TRIAL_MARK) and not expected.trials:
        raise LoginRefused("the token is for trials, and real people are served here")
    return claims


def national_id(claims: Mapping[str, Any]) -> str:
    """The number of who has logged in; for making a name of it at once, and for nothing else."""
    number = next((str(claims[name]) for name in NUMBERS if name in claims), "")
    if not NUMBER.fullmatch(number):
        raise LoginRefused("the token names nobody by a national identity number")
    return number


def level(claims: Mapping[str, Any]) -> str:
    """How sure the provider is; :class:`LevelTooLow` when not sure enough."""
    told = str(claims.get(LEVEL, ""))
    found = int(told) if told.isdecimal() else LEVELS.get(str(claims.get("acr", "")), 0)
    if found < ENOUGH:
        raise LevelTooLow(f"the security level is {found}")
    return "high"


def _others(claims: Mapping[str, Any], client_id: str) -> bool:
    audience = claims["aud"]
    return isinstance(audience, list) and audience != [client_id]


def _must_say(issuer: str, expected: Expected) -> jwt.JWTClaimsRegistry:
    return jwt.JWTClaimsRegistry(
        leeway=LEEWAY,
        iss={"essential": True, "value": issuer},
        aud={"essential": True, "value": expected.client_id},
        nonce={"essential": True, "value": expected.nonce},
        sub={"essential": True},
        iat={"essential": True},
        exp={"essential": True},
    )
