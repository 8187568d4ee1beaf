"""A line is added or changed.  Whatever stands in the way, the form comes back with all that was typed in it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Annotated, Any
from uuid import UUID, uuid4, uuid5

from fastapi import APIRouter
from fastapi import Form as Sent
from fastapi.responses import Response

from services.portal.clients import Away, Problem
from services.portal.languages import N_
from services.portal.pages.activity import typed as typing
from services.portal.pages.activity.filling import Form, other
from services.portal.pages.activity.lists import form_of, line_of
from services.portal.pages.activity.opened import Opened, Told, form_shown, list_again, opened
from services.portal.pages.report.writing import write
from services.portal.visit import Visiting

router = APIRouter(prefix="/reports/{report_id}/oppforinger")
Version = Annotated[int, Sent(ge=1, le=2**31 - 1)]
Key = Annotated[UUID, Sent()]
Names = Annotated[frozenset[str], Sent(max_length=200)]
NONE: frozenset[str] = frozenset()

_SOMEBODY_WAS_FIRST = frozenset({"changed_meanwhile", "entry_exists", "entry_is_removed", "key_reused"})
_TROUBLE: Mapping[str, str] = {
    "list_is_full": N_("Listen er full. Fjern en oppføring før du legger til en ny."),
    "report_is_locked": N_(
        "Rapporten er levert eller avsluttet, og kan ikke endres nå. Ta vare på det du har skrevet."
    ),
    "nothing_was_declared": N_("Det er svart at det ikke er noe å rapportere her. Skal svaret tas tilbake?"),
}
UNKNOWN_TROUBLE = N_("Oppføringen ble ikke lagret. Det du har skrevet, står fortsatt her.")
AWAY = N_("Vi fikk ikke lagret akkurat nå. Det du har skrevet, står fortsatt her. Prøv igjen om litt.")


@router.post("")
async def add(
    visit: Visiting,
    report_id: UUID,
    question_id: Annotated[str, Sent(alias="liste", max_length=100)],
    entry_id: Annotated[UUID, Sent(alias="linje")],
    key: Key,
    overtatt: Annotated[bool, Sent()] = False,
    ta_tilbake: Annotated[bool, Sent()] = False,
    aapen: Names = NONE,
    fjernet: Names = NONE,
) -> Response:
    """A new line at the end of a list."""
    report = await opened(visit, report_id)
    listed = report.listed(question_id)
    blank = Form(listed=listed, kind=listed.kind, entry_id=entry_id, version=0, typed={}, key=key, carried=overtatt)

    async def keep(fields: Mapping[str, Any]) -> None:
        if ta_tilbake:
            nothing = {"declared": False, "base_version": listed.base}
            path = f"{report.path}/answers/{question_id}/nothing-to-report"
            await write(visit, "PUT", path, nothing, uuid5(key, "ta_tilbake"))
        body = {"question_id": question_id, "fields": fields, "carried_over": overtatt}
        await write(visit, "PUT", f"{report.path}/entries/{entry_id}", body, key)

    told = Told(
        message=N_("«%(line)s» er lagt til."),
        focus=f"legg-til-{listed.id}" if visit.is_partial else f"rad-{entry_id}",
        unfolded=aapen - {blank.id},
        removed=fjernet,
    )
    return await _kept(report, blank, keep, told)


@router.post("/{entry_id}")
async def change(
    visit: Visiting,
    report_id: UUID,
    entry_id: UUID,
    key: Key,
    version: Version,
    sett_tilbake: Annotated[bool, Sent()] = False,
    aapen: Names = NONE,
    fjernet: Names = NONE,
) -> Response:
    """Other fields for a line, based on the version seen; one taken out meanwhile is put back first, when asked."""
    report = await opened(visit, report_id)
    listed, line = report.line(entry_id)
    kind = form_of(report.form, listed.question, line["fields"])
    blank = Form(listed=listed, kind=kind, entry_id=entry_id, version=version, typed={}, key=key)
    path = f"{report.path}/entries/{entry_id}"

    async def keep(fields: Mapping[str, Any]) -> None:
        base = version
        if sett_tilbake:
            body = {"base_version": base}
            put_back = await write(visit, "POST", f"{path}/restorations", body, uuid5(key, "sett_tilbake"))
            base = put_back.json()["version"]
        await write(visit, "PUT", f"{path}/fields", {"fields": fields, "base_version": base}, key)

    told = Told(
        message=N_("«%(line)s» er lagret."),
        focus=f"endre-{entry_id}" if visit.is_partial else f"rad-{entry_id}",
        unfolded=aapen - {blank.id},
        removed=fjernet - {str(entry_id)},
    )
    return await _kept(report, blank, keep, told)


async def _kept(
    report: Opened, blank: Form, keep: Callable[[Mapping[str, Any]], Awaitable[None]], told: Told
) -> Response:
    """The list with the line in it, or the form again."""
    visit = report.visit
    filled = typing.read(blank.kind, await visit.request.form(), visit.tongue)
    form = replace(blank, typed=filled.typed, faults=filled.faults)
    if filled.faults:
        return form_shown(report, form, 422)
    try:
        await keep(filled.fields)
    except Away:
        return form_shown(report, replace(form, trouble=visit.text(AWAY)), 503)
    except Problem as problem:
        return await _not_kept(report, form, filled.fields, problem, told)
    return await _done(report, form, told)


async def _done(report: Opened, form: Form, told: Told) -> Response:
    now = await opened(report.visit, report.report_id)
    listed, row = now.row(form.entry_id)
    return list_again(now, listed, replace(told, message=report.visit.text(told.message, line=row.name)))


async def _not_kept(report: Opened, form: Form, mine: Mapping[str, Any], problem: Problem, told: Told) -> Response:
    """The form again, with what stood in the way."""
    visit = report.visit
    if problem.status in (403, 404):
        raise problem
    if problem.code in _SOMEBODY_WAS_FIRST:
        return await _after_another(report, form, mine, told)
    if problem.status == 422:
        refused = typing.refused(form.kind, problem.errors, visit.tongue)
        return form_shown(report, replace(form, faults=refused), 422)
    trouble = visit.text(_TROUBLE.get(problem.code, UNKNOWN_TROUBLE))
    undeclare = problem.code == "nothing_was_declared"
    return form_shown(report, replace(form, trouble=trouble, undeclare=undeclare, key=uuid4()), 409)


async def _after_another(report: Opened, form: Form, mine: Mapping[str, Any], told: Told) -> Response:
    """Somebody was first, perhaps oneself in another tab: both are shown, unless both wrote the same."""
    now = await opened(report.visit, report.report_id)
    found = line_of(now.form, form.entry_id)
    if found is None:
        raise Problem("reporting", 404, {})
    _question, line = found
    theirs = other(form.kind, mine, line, report.visit.tongue)
    if not theirs.fields and not theirs.removed:
        return await _done(report, form, told)
    again = replace(form, version=line["version"], other=theirs, key=uuid4())
    return form_shown(now, again, 409)
