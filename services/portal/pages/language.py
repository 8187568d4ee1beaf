"""The choice of language, kept in the browser."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from services.portal.languages import COOKIE, Language
from services.portal.security import local
from services.portal.visit import Anyone

router = APIRouter()
YEAR = 365 * 24 * 60 * 60


@router.get("/language")
async def language(visit: Anyone, to: Language, next: str = "/") -> Response:  # noqa: A002  as the address has it
    """Show everything in this language from now on, and go back to where the choice was made."""
    answer = visit.see(local(next))
    answer.set_cookie(COOKIE, to, max_age=YEAR, path="/", secure=True, httponly=True, samesite="lax")
    return answer
