"""Pages of the portal on which things go wrong, whether they are read or written on."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from services.portal.clients import Away, Problem
from services.portal.visit import Visiting

FAULTY = {"/no/403": 403, "/no/404": 404, "/no/409": 409, "/broken": 500, "/away": 503}
"""The faults that people meet, by where, and the status they are told with."""


def going_wrong() -> APIRouter:
    """The pages that ``FAULTY`` names, and one for any other status."""
    router = APIRouter()

    @router.api_route("/no/{status}", methods=["GET", "POST"])
    async def no(visit: Visiting, status: int) -> Response:
        raise Problem("reporting", status, {"code": "said_no"})

    @router.api_route("/away", methods=["GET", "POST"])
    async def away(visit: Visiting) -> Response:
        raise Away("reporting", 7)

    @router.api_route("/broken", methods=["GET", "POST"])
    async def broken(visit: Visiting) -> Response:
        raise RuntimeError("never shown")

    return router
