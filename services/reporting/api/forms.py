"""What pages ask for over HTTP: a report as its form shows it, its checks, and what somebody owes."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from pydantic import AwareDatetime

from services.reporting.api.parts import Parts
from shared.asked import Calling
from shared.problems import PROBLEMS

router = APIRouter(tags=["forms"], responses=PROBLEMS)
ReportId = Annotated[UUID, Path()]
Since = Annotated[AwareDatetime | None, Query(description="tell what others have changed since")]


@router.get("/reports/{report_id}/form")
def form(report_id: ReportId, caller: Calling, parts: Parts, response: Response) -> dict[str, Any]:
    """All that a form shows: the report, its questions in nb, nn and en, who answers them, last year's answers."""
    shown = parts.forms.form(caller, report_id, parts.clock.now())
    response.headers["ETag"] = f'"{shown["report_version"]}"'
    return shown


@router.get("/reports/{report_id}/checks")
def checks(report_id: ReportId, caller: Calling, parts: Parts) -> dict[str, Any]:
    """Everything that stands between the report and its submission, each with its place, and what would be signed."""
    return parts.forms.checks(caller, report_id, parts.clock.now())


@router.get("/me/tasks")
def my_tasks(caller: Calling, parts: Parts, since: Since = None) -> dict[str, Any]:
    """The reports of the caller's units that are being written, and what in each waits for the caller."""
    return {"items": parts.tasks.of(caller, parts.clock.now(), since)}
