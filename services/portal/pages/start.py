"""The start page."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from services.portal.visit import Anyone

router = APIRouter()


@router.get("/")
async def start(visit: Anyone) -> Response:
    """Where everybody begins."""
    return visit.page("start/start.html")
