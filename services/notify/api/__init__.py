"""HTTP in and out of notify; nothing is decided here."""

from fastapi import APIRouter

from services.notify.api import messages, occasions, preferences
from services.notify.api.parts import Notify
from services.notify.api.sink import sink_router

ROUTERS: tuple[APIRouter, ...] = (messages.router, preferences.router, occasions.router)
"""All routes but the feed, whose router is made of the publications, and the local page of the sink."""

__all__ = ["ROUTERS", "Notify", "sink_router"]
