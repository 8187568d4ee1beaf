"""How long the session lasts, and going on with it: so that nobody is logged out in the middle of a sentence."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from services.portal.security import masked
from services.portal.visit import Visit, Visiting

router = APIRouter()


@router.get("/session")
async def left(visit: Visiting) -> Response:
    """The seconds left; asking is no sign that anybody is there."""
    return _told(visit)


@router.post("/session")
async def go_on(visit: Visiting) -> Response:
    """Somebody is there and goes on."""
    return _told(visit) if visit.is_by_script else visit.see("/")


@router.get("/session/renewed")
async def renewed(visit: Visiting) -> Response:
    """Somebody logged in again in a window of its own, to go on in the one where the text is."""
    return visit.page("session/renewed.html")


def _told(visit: Visit) -> Response:
    """With the token: a page that outlived its session goes on in the next one, if that is the same person's."""
    token = masked(visit.person.csrf)
    return JSONResponse({"seconds": visit.seconds_left, "person": str(visit.person_id), "csrf": token})
