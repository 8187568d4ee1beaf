"""What pages ask for over HTTP: a report as its form shows it, its checks, and what somebody owes."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from pydantic import AwareDatetime

from services.reporting.api.answers import QUESTION_ID
from services.reporting.api.parts import Parts
from services.reporting.application.form import Wanted
from shared.asked import Calling
from shared.problems import PROBLEMS

router = APIRouter(tags=["forms"], responses=PROBLEMS)
ReportId = Annotated[UUID, Path()]
Since = Annotated[AwareDatetime | None, Query(description="tell what others have changed since")]


class Section(StrEnum):
    """A part of a form, as templates name it; the first two ask nothing."""

    UNIT = "unit"
    ROLES = "roles"
    ACTIVITY = "activity"
    EVALUATION = "evaluation"


@router.get("/reports/{report_id}/form")
def form(
    report_id: ReportId,
    caller: Calling,
    parts: Parts,
    response: Response,
    section: Annotated[Section | None, Query(description="only the questions of this part")] = None,
    question_id: Annotated[
        str | None, Query(max_length=100, pattern=QUESTION_ID, description="only this one")
    ] = None,
    answers: Annotated[bool, Query(description="with what was answered, this year and last")] = True,
) -> dict[str, Any]:
    """What a form shows: the report, its questions in nb, nn and en, who answers them, last year's answers.

    A page that shows a part of it asks for that part: the rest is the same, with fewer questions and answers.
    """
    shown = parts.forms.form(caller, report_id, parts.clock.now(), Wanted(section, question_id, answers))
    response.headers["ETag"] = f'"{shown["report_version"]}"'
    return shown


@router.get("/reports/{report_id}/progress")
def progress(report_id: ReportId, caller: Calling, parts: Parts, response: Response) -> dict[str, Any]:
    """How far each party has come, and each part of the form."""
    shown = parts.forms.progress(caller, report_id, parts.clock.now())
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
