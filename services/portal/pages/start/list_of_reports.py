"""The list of reports somebody may read, by year, status and region."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from services.portal.pages.report.words import REGIONS, STATUSES
from services.portal.pages.start.asking import Asking, listed
from services.portal.pages.start.reports import line
from services.portal.visit import Visiting

router = APIRouter()
Chosen = Annotated[str, Query(max_length=20)]


@router.get("/reports")
async def reports(visit: Visiting, year: Chosen = "", status: Chosen = "", region: Chosen = "") -> Response:
    """What is chosen of them; a choice that there is not is none."""
    asking, reporting = Asking(), visit.services.reporting
    cycles = await asking.or_else(reporting.get("/cycles"), [])
    years = [str(cycle["year"]) for cycle in cycles]
    chosen = {
        "year": year if year in years else "",
        "status": status if status in STATUSES else "",
        "region": region if region in REGIONS else "",
    }
    asked = {name: value or None for name, value in chosen.items()}
    rows = await asking.or_else(listed(reporting, "/reports", **asked), [])
    rows.sort(key=lambda row: int(row["year"]), reverse=True)
    return visit.page(
        "start/reports.html",
        lines=[line(visit, row) for row in rows],
        chosen=chosen,
        years=[(value, value) for value in years],
        statuses=[(value, visit.text(word)) for value, (word, _) in STATUSES.items()],
        regions=list(REGIONS.items()),
        away=asking.away,
    )
