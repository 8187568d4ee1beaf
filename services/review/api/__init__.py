"""HTTP in and out of review; nothing is decided here."""

from fastapi import APIRouter

from services.review.api import dossiers, follow_ups, judging, report_states, reviews, summaries, telling
from services.review.api.parts import Reviewing

ROUTERS: tuple[APIRouter, ...] = (
    reviews.router,
    judging.router,
    telling.router,
    follow_ups.router,
    summaries.router,
    report_states.router,
    dossiers.router,
)
"""All routes but the feed, whose router is made of the publications."""

__all__ = ["ROUTERS", "Reviewing"]
