"""The cookies of a login: one for each login under way, one for a newcomer, and at last that of the session."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from fastapi.responses import Response

NEWCOMER = "__Host-newcomer"


def attempt(state: str) -> str:
    """A name of its own for each, so that two windows can log in at the same time."""
    return f"__Host-login-{hashlib.sha256(state.encode(errors='surrogatepass')).hexdigest()[:12]}"


def give(answer: Response, name: str, value: str, seconds: int | None = None) -> None:
    """Have the browser keep it: for us alone, out of reach of scripts, and sent when it comes back from elsewhere."""
    answer.set_cookie(name, value, max_age=seconds, path="/", secure=True, httponly=True, samesite="lax")


def take_back(answer: Response, *names: str) -> None:
    """Have the browser forget them."""
    for name in names:
        answer.delete_cookie(name, path="/", secure=True, httponly=True, samesite="lax")


def attempts_in(cookies: Mapping[str, str]) -> list[str]:
    """The logins this browser has begun, by the names of their cookies."""
    return [name for name in cookies if name.startswith("__Host-login-")]
