"""The part Aktivitet of a report as a page, one of its lists, and the form of one line."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import APIRouter, HTTPException, Query
from fastapi.responses import Response

from services.portal.pages.activity.filling import Form
from services.portal.pages.activity.lists import form_of
from services.portal.pages.activity.opened import Opened, Told, form_shown, list_again, opened
from services.portal.pages.activity.typed import typed
from services.portal.visit import Visiting

router = APIRouter(prefix="/reports/{report_id}")
ListName = Annotated[str, Query(alias="liste", max_length=100)]
Names = Annotated[frozenset[str], Query(max_length=200)]
Place = Annotated[str, Query(max_length=120, pattern=r"^[a-z0-9-]*$")]
NONE: frozenset[str] = frozenset()


@router.get("/aktivitet")
async def part(visit: Visiting, report_id: UUID, fjernet: Names = NONE) -> Response:
    """The activity lists of a report; lines just taken out show how to put them back."""
    report = await opened(visit, report_id)
    return visit.page("activity/part.html", report=report, frame=report.frame, told=Told(removed=fjernet))


@router.get("/oppforinger")
async def one_list(
    visit: Visiting,
    report_id: UUID,
    question_id: ListName = "",
    aapen: Names = NONE,
    fjernet: Names = NONE,
    lukk: Place = "",
    fokus: Place = "",
) -> Response:
    """One list as it is now; the forms open in it stay as they are, but for the one to be closed."""
    if not question_id:
        return visit.see(f"/reports/{report_id}/aktivitet")
    report = await opened(visit, report_id)
    told = Told(focus=fokus, unfolded=aapen - {lukk}, removed=fjernet)
    return list_again(report, report.listed(question_id), told)


@router.get("/oppforinger/ny")
async def new(visit: Visiting, report_id: UUID, question_id: ListName, fra: UUID | None = None) -> Response:
    """The form of a new line, empty or begun with what a line of last year said."""
    report = await opened(visit, report_id)
    return form_shown(report, _new(report, question_id, fra))


@router.get("/oppforinger/i-fjor")
async def earlier(visit: Visiting, report_id: UUID, question_id: ListName) -> Response:
    """The lines of last year's report that a new line can begin with."""
    report = await opened(visit, report_id)
    listed = report.listed(question_id)
    if not listed.earlier:
        raise HTTPException(404)
    return visit.page("activity/earlier.html", report=report, frame=report.frame, list=listed)


@router.get("/oppforinger/{entry_id}")
async def line(visit: Visiting, report_id: UUID, entry_id: UUID) -> Response:
    """The form of a line that is there; a line that cannot be written now is shown in its list."""
    report = await opened(visit, report_id)
    listed, row = report.row(entry_id)
    if row.removed or not row.readable or not listed.may("change_entry"):
        return list_again(report, listed, Told(focus=f"rad-{entry_id}"))
    kind = form_of(report.form, listed.question, row.fields)
    form = Form(
        listed=listed,
        kind=kind,
        entry_id=entry_id,
        version=row.version,
        typed=typed(kind, row.fields),
        findings=row.findings,
    )
    return form_shown(report, form)


def _new(report: Opened, question_id: str, like: UUID | None) -> Form:
    """A new line's form; the line's id is made here, so that a form sent twice is one line."""
    listed, entry_id = report.listed(question_id), uuid4()
    if not listed.may("add_entry"):
        raise HTTPException(403)
    begun: dict[str, Any] = {"measure_id": f"m-{entry_id.hex[:12]}"}
    like_it = next((line for line in listed.earlier if line["entry_id"] == str(like)), None)
    if like_it:
        begun |= {name: value for name, value in like_it["fields"].items() if name in listed.kind.carried}
    return Form(
        listed=listed,
        kind=listed.kind,
        entry_id=entry_id,
        version=0,
        typed=typed(listed.kind, begun),
        carried=like_it is not None,
    )
