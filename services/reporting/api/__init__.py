"""HTTP in and out of reporting; nothing is decided here."""

from fastapi import APIRouter

from services.reporting.api import answers, cycles, lists, reports, submissions
from services.reporting.api.parts import Reporting

ROUTERS: tuple[APIRouter, ...] = (
    cycles.router,
    reports.router,
    answers.router,
    lists.router,
    submissions.router,
)
"""All routes but the feed, whose router is made of the publications."""

__all__ = ["ROUTERS", "Reporting"]
