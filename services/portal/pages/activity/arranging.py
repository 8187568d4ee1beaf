"""The lines of a list are moved, taken out and put back; and it is said of a list that there is nothing to report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter
from fastapi import Form as Sent
from fastapi.responses import Response

from services.portal.clients import Problem
from services.portal.languages import N_
from services.portal.pages.activity.opened import Told, list_again, opened
from services.portal.pages.activity.writing import NONE, Key, Names
from services.portal.pages.report.writing import write
from services.portal.visit import Visit, Visiting

router = APIRouter(prefix="/reports/{report_id}/oppforinger")
Base = Annotated[int, Sent(ge=0, le=2**31 - 1)]

_TROUBLE: Mapping[str, str] = {
    "changed_meanwhile": N_("Noen har endret dette siden du så det. Se over det som står her nå, og prøv igjen."),
    "entry_is_removed": N_("Oppføringen er allerede fjernet."),
    "entry_is_not_removed": N_("Oppføringen står allerede i listen."),
    "no_such_place": N_("Listen er endret siden du så den. Prøv igjen."),
    "nothing_was_declared": N_("Det er svart at det ikke er noe å rapportere her. Ta det svaret tilbake først."),
    "list_is_not_empty": N_("Listen er ikke tom. Fjern oppføringene før du svarer at det ikke er noe å rapportere."),
    "report_is_locked": N_("Rapporten er levert eller avsluttet, og kan ikke endres nå."),
}
"""Why a list stayed as it is."""
UNKNOWN_TROUBLE = N_("Listen er ikke endret. Se over det som står her nå, og prøv igjen.")


@router.post("/ingenting")
async def declare(
    visit: Visiting,
    report_id: UUID,
    question_id: Annotated[str, Sent(alias="liste", max_length=100)],
    ingenting: Annotated[bool, Sent()],
    version: Base,
    key: Key,
    aapen: Names = NONE,
) -> Response:
    """There is nothing to report in a list, or after all there is."""
    path = f"/reports/{report_id}/answers/{question_id}/nothing-to-report"
    trouble = await _asked(visit, "PUT", path, {"declared": ingenting, "base_version": version}, key)
    report = await opened(visit, report_id)
    listed = report.listed(question_id)
    said = N_("Svart: ingenting å rapportere.") if ingenting else N_("Svaret er tatt tilbake.")
    focus = f"{'ingenting' if listed.nothing or trouble else 'legg-til'}-{listed.id}"
    return list_again(report, listed, _told(visit, trouble, said, Told(focus=focus, unfolded=aapen)))


@router.post("/{entry_id}/flytt")
async def move(
    visit: Visiting,
    report_id: UUID,
    entry_id: UUID,
    plass: Annotated[int, Sent(ge=0, le=1000)],
    vei: Annotated[Literal["opp", "ned"], Sent()],
    key: Key,
    aapen: Names = NONE,
    fjernet: Names = NONE,
) -> Response:
    """Another place in the list.  The place is the form's own, so that a form sent twice moves the line once."""
    path = f"/reports/{report_id}/entries/{entry_id}/moves"
    trouble = await _asked(visit, "POST", path, {"index": plass}, key)
    report = await opened(visit, report_id)
    listed, row = report.row(entry_id)
    ways = {"opp": row.up, "ned": row.down}
    way = vei if ways[vei] is not None else next((w for w, place in ways.items() if place is not None), "")
    focus = f"{way}-{entry_id}" if way else f"endre-{entry_id}"
    place = listed.live.index(row) + 1 if row in listed.live else 0
    said = N_("«%(line)s» er flyttet til plass %(place)s av %(count)s.")
    told = Told(focus=focus if visit.is_partial else f"rad-{entry_id}", unfolded=aapen, removed=fjernet)
    return list_again(
        report, listed, _told(visit, trouble, said, told, line=row.name, place=place, count=len(listed.live))
    )


@router.post("/{entry_id}/fjern")
async def remove(
    visit: Visiting,
    report_id: UUID,
    entry_id: UUID,
    version: Base,
    key: Key,
    aapen: Names = NONE,
    fjernet: Names = NONE,
) -> Response:
    """Take a line out of its list; its place shows how to put it back."""
    path = f"/reports/{report_id}/entries/{entry_id}?base_version={version}"
    trouble = await _asked(visit, "DELETE", path, None, key)
    report = await opened(visit, report_id)
    listed, row = report.row(entry_id)
    told = Told(
        focus=f"{'angre' if row.removed else 'endre' if visit.is_partial else 'rad'}-{entry_id}",
        unfolded=aapen - {str(entry_id)},
        removed=fjernet | ({str(entry_id)} if row.removed else NONE),
    )
    return list_again(report, listed, _told(visit, trouble, N_("«%(line)s» er fjernet."), told, line=row.name))


@router.post("/{entry_id}/angre")
async def restore(
    visit: Visiting,
    report_id: UUID,
    entry_id: UUID,
    version: Base,
    key: Key,
    aapen: Names = NONE,
    fjernet: Names = NONE,
) -> Response:
    """Put a line back where it was."""
    path = f"/reports/{report_id}/entries/{entry_id}/restorations"
    trouble = await _asked(visit, "POST", path, {"base_version": version}, key)
    report = await opened(visit, report_id)
    listed, row = report.row(entry_id)
    told = Told(
        focus=f"{'angre' if row.removed else 'endre' if visit.is_partial else 'rad'}-{entry_id}",
        unfolded=aapen,
        removed=fjernet if row.removed else fjernet - {str(entry_id)},
    )
    return list_again(report, listed, _told(visit, trouble, N_("«%(line)s» er satt tilbake."), told, line=row.name))


async def _asked(visit: Visit, method: str, path: str, body: Any, key: UUID) -> str:
    """Ask reporting to do it; why it was not done, if it was not."""
    try:
        await write(visit, method, path, body, key)
    except Problem as problem:
        if problem.status != 409 and problem.code != "key_reused":
            raise
        return _TROUBLE.get(problem.code, UNKNOWN_TROUBLE)
    return ""


def _told(visit: Visit, trouble: str, said: str, told: Told, **facts: object) -> Told:
    if trouble:
        return replace(told, message=visit.text(trouble), kind="warning")
    return replace(told, message=visit.text(said, **facts))
