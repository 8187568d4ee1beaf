"""The import of units over HTTP."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from services.registry.api.callers import Parts, Reading, Registry
from services.registry.application.imports import judge, summary
from services.registry.application.table import parse
from shared.access import NotAllowed, Role
from shared.asked import Asking
from shared.inputs import Day
from shared.problems import PROBLEMS, Fault, RequestProblem

router = APIRouter(tags=["imports"], responses=PROBLEMS)
_TABLE = {
    "requestBody": {
        "required": True,
        "content": {
            "text/csv": {
                "schema": {"type": "string"},
                "example": "code,kind,name_nb,trusts,regions,note\n"
                "L-1,national_centre,Nasjonalt senter for eksempler,Eksempelsykehuset HF,nord,\n",
            }
        },
    }
}


class ImportReport(BaseModel):
    """What became, or would become, of each line."""

    imported: int
    already_there: int
    fault: int
    warnings: int
    lines: list[dict[str, Any]]


@router.post(
    "/imports/units",
    status_code=201,
    openapi_extra=_TABLE,
    responses={200: {"model": ImportReport, "description": "A dry run: what would happen"}},
)
async def import_units(
    registry: Parts,
    asked: Asking,
    reader: Reading,
    request: Request,
    response: Response,
    dry_run: Annotated[bool, Query(description="only tell what would happen")] = False,
    active_from: Annotated[Day | None, Query(description="where the table has no such column")] = None,
) -> ImportReport:
    """Register the units of a CSV table, all or none; those that are there already are left alone.

    A unit without a code gets one of ours, the same each time.  A trust that is not known is registered in the
    region given.
    """
    table = _text(await request.body())
    begins = active_from or date(reader.on.year, 1, 1)
    if dry_run:
        response.status_code = 200
        if not reader.holds(Role.SERVICE_DESK, Role.JOINT_DESK):
            raise NotAllowed("units are imported by a service desk")
        return ImportReport(**await asyncio.to_thread(_tried, registry, table, begins))
    done = await registry.imports.units(asked, table, begins)
    return ImportReport(**done.answer)


def _tried(registry: Registry, table: str, begins: date) -> dict[str, Any]:
    lines = parse(table, begins)
    judge(registry.store, lines)
    return summary(lines)


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        place = Fault(code="encoding", pointer=f"body:{fault.start}", detail="the table is written in UTF-8")
        raise RequestProblem(422, "malformed", "The table is not UTF-8.", errors=[place]) from None
