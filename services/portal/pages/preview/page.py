"""The report as the public would see it: public questions and persons alone, and nothing that was removed."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from services.portal.pages.preview.paper import paper, persons, titles
from services.portal.pages.report.frame import framed
from services.portal.visit import Visiting

router = APIRouter()


@router.get("/reports/{report_id}/forhandsvisning")
async def preview(visit: Visiting, report_id: UUID) -> Response:
    """Exactly what would be shown if the report were published as it is now."""
    frame = await framed(visit, report_id, "forhandsvisning")
    form = frame.form
    return visit.page(
        "preview/preview.html",
        frame=frame,
        sections=paper(form, form, visit.tongue, public=True),
        titles=titles(frame),
        persons=persons(form, form, public=True),
        left_out=[question["label"][visit.language] for question in form["questions"] if not question["public"]],
        last=form["submissions"][-1] if form["submissions"] else None,
    )
