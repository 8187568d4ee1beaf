"""How the provider says no to a program: one of the standard's error words, and a sentence."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import Request
from fastapi.responses import JSONResponse


class Refusal(Exception):
    """A request that does not hold, as OAuth 2.0 has its answer."""

    def __init__(
        self, error: str, description: str, status: int = 400, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(f"{error}: {description}")
        self.error, self.description, self.status, self.headers = error, description, status, dict(headers or {})


async def answer(request: Request, refusal: Exception) -> JSONResponse:
    """The refusal as the caller gets it."""
    if not isinstance(refusal, Refusal):
        raise refusal
    body = {"error": refusal.error, "error_description": refusal.description}
    return JSONResponse(body, refusal.status, {"Cache-Control": "no-store", **refusal.headers})
