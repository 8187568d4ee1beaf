"""The pages, one module for each page or group of pages that belong together."""

from __future__ import annotations

from services.portal.assets import router as assets
from services.portal.pages.activity import router as activity
from services.portal.pages.activity.kinds import LABELS
from services.portal.pages.check.page import router as check
from services.portal.pages.check.receipt import router as receipt
from services.portal.pages.history.page import router as history
from services.portal.pages.language import router as language
from services.portal.pages.preview.page import router as preview
from services.portal.pages.report.answers import router as report_answers
from services.portal.pages.report.changes import router as report_changes
from services.portal.pages.report.page import router as report
from services.portal.pages.report.returned import router as report_returned
from services.portal.pages.report.roles import router as report_roles
from services.portal.pages.session import router as session
from services.portal.pages.start.list_of_reports import router as reports
from services.portal.pages.start.page import router as start

__all__ = ["LABELS", "ROUTERS"]

ROUTERS = (
    assets,
    activity,
    check,
    history,
    preview,
    receipt,
    language,
    report,
    report_answers,
    report_changes,
    report_returned,
    report_roles,
    reports,
    session,
    start,
)
