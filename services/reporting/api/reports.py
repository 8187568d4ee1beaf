"""Reports over HTTP: the list, one report as it is or was, and its history."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel

from services.reporting.api.answers import QuestionId
from services.reporting.api.parts import Parts
from services.reporting.report.state import Status
from services.reporting.views import queries
from shared.asked import Asking, Calling
from shared.inputs import ANYTHING, AsOf, AtVersion, Sent, Year
from shared.problems import PROBLEMS
from shared.registry_facts import held_by

router = APIRouter(tags=["reports"], responses=PROBLEMS)
ReportId = Annotated[UUID, Path()]


class NewReport(Sent):
    """The report of a unit that the sweep did not reach."""

    unit_id: UUID
    year: Year


class Opened(BaseModel):
    """A report that can be written."""

    report_id: UUID
    version: int
    status: str
    position: int | None


class ReportRow(BaseModel):
    """A report in a list; instants are in UTC."""

    report_id: UUID
    unit_id: UUID
    unit_code: str
    unit_name: str
    kind: str
    regions: list[str]
    trusts: list[str]
    year: int
    template: str
    template_version: int
    status: str
    version: int
    content_version: int
    unit_finished_at: str | None
    group_finished_at: str | None
    open_group_answers: int
    outdated_group_answers: int
    faults: int
    extended_until: str | None
    submissions: int
    submitted_at: str | None
    timing: str | None


class ReportPage(BaseModel):
    """One page of a list; ``next`` is the cursor of the following page."""

    items: list[ReportRow]
    next: str | None


@router.post("/reports", status_code=201)
async def open_report(body: NewReport, asked: Asking, parts: Parts) -> Opened:
    """Open the report of one unit in an open cycle."""
    done = await parts.cycles.open_one(asked, body.unit_id, body.year)
    return Opened(**done.answer, position=done.position)


@router.get("/reports")
def reports(
    caller: Calling,
    parts: Parts,
    year: Annotated[Year | None, Query()] = None,
    status: Annotated[Status | None, Query()] = None,
    region: Annotated[str | None, Query(max_length=20, pattern="^[a-z_]+$")] = None,
    kind: Annotated[str | None, Query(max_length=60, pattern="^[a-z_]+$")] = None,
    unit_id: Annotated[UUID | None, Query()] = None,
    cursor: Annotated[str | None, Query(max_length=200, pattern=ANYTHING)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> ReportPage:
    """The reports the caller may read, by year and unit code."""
    held = held_by(parts.store.rows, caller)
    filters = {
        "year": year,
        "status": status.value if status else None,
        "region": region,
        "kind": kind,
        "unit_id": str(unit_id) if unit_id else None,
    }
    visible = queries.visible_to(held, parts.today())
    found = queries.reports(parts.store.rows, filters, visible, cursor, limit + 1)
    more = found[limit - 1]["cursor"] if len(found) > limit else None
    return ReportPage(items=[_row(row) for row in found[:limit]], next=more)


@router.get("/reports/{report_id}")
def report(
    report_id: ReportId,
    caller: Calling,
    parts: Parts,
    response: Response,
    version: AtVersion = None,
    as_of: AsOf = None,
) -> dict[str, Any]:
    """A report as it is, as it was at a version, or as it was known at a moment."""
    shown = parts.reading.report(caller, report_id, parts.today(), version=version, moment=as_of)
    response.headers["ETag"] = f'"{shown["report_version"]}"'
    return shown


@router.get("/reports/{report_id}/history")
def report_history(
    report_id: ReportId,
    caller: Calling,
    parts: Parts,
    question_id: Annotated[str | None, Query(max_length=100, pattern=r"^[a-z_.]+$")] = None,
    texts: Annotated[bool, Query(description="False leaves the texts out; their lengths are told.")] = True,
) -> list[dict[str, Any]]:
    """Every fact of a report, or of one question, oldest first: who, in which role, when, what, by which request."""
    return parts.reading.history(caller, report_id, parts.today(), question_id, texts=texts)


@router.get("/reports/{report_id}/questions/{question_id}/history")
def question_history(report_id: ReportId, question_id: QuestionId, caller: Calling, parts: Parts) -> dict[str, Any]:
    """How one answer, or one list, came to be: what stood there before and after each change, oldest first."""
    return parts.reading.history_of(caller, report_id, question_id, parts.today())


def _row(row: dict[str, Any]) -> ReportRow:
    split = {name: [part for part in row[name].split(",") if part] for name in ("regions", "trusts")}
    return ReportRow(**{**row, **split})
