"""Who calls, by the same check of the token that reporting has."""

from __future__ import annotations

from typing import Any

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed

from bench.peers.asking import checker
from shared.problems import RequestProblem

CHECKER = checker()


class Known:
    """Whom a token names."""

    is_authenticated = True

    def __init__(self, subject: str) -> None:
        self.subject = subject


class Bearer(BaseAuthentication):
    """A bearer token."""

    def authenticate(self, request: Any) -> tuple[Known, None] | None:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        try:
            return Known(CHECKER.check(token).subject), None
        except RequestProblem as why:
            raise AuthenticationFailed(str(why)) from None
