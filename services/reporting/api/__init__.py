"""HTTP in and out of reporting; nothing is decided here."""

from fastapi import APIRouter

from services.reporting.api import answers, cycles, following, forms, lists, reports, submissions
from services.reporting.api.parts import Reporting

ROUTERS: tuple[APIRouter, ...] = (
    answers.router,
    lists.router,
    reports.router,
    forms.router,
    following.router,
    submissions.router,
    cycles.router,
)
"""All routes but the feed, whose router is made of the publications.

They are tried in turn for each request, so what is asked most stands first.
"""

__all__ = ["ROUTERS", "Reporting"]
