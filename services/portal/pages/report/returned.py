"""Why a report came back: what the region said, for those who mend it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from services.portal.pages.report.frame import Json, framed
from services.portal.pages.report.words import REGIONS
from services.portal.pages.start.asking import listed
from services.portal.visit import Visit, Visiting

router = APIRouter()


@router.get("/reports/{report_id}/retur")
async def returned(visit: Visiting, report_id: UUID) -> Response:
    """Every time it was returned, the newest first; a report that never was begins with its first part."""
    frame = await framed(visit, report_id, "retur", answers=False)
    found = await _returns(visit, frame.form)
    if not found:
        return visit.see(f"/reports/{report_id}")
    return visit.page("report/returned.html", frame=frame, returns=found, regions=REGIONS)


async def _returns(visit: Visit, form: Json) -> Sequence[dict[str, Any]]:
    """What review tells this reader of the returns of a report."""
    review = visit.services.review
    rows = await listed(review, "/reviews", unit_id=form["unit"]["unit_id"], year=str(form["year"]))
    mine = [row["review_id"] for row in rows if row["report_id"] == form["report_id"]]
    shown = await asyncio.gather(*(review.get(f"/reviews/{review_id}") for review_id in mine))
    returns = [each for one in shown for each in one["returns"] if each["reason"]]
    return sorted(returns, key=lambda each: str(each["at"]), reverse=True)
