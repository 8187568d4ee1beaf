"""Kontroller og send inn: everything that must be mended at once, what is signed, and the signature itself."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form
from fastapi.responses import Response

from services.portal.clients import Problem
from services.portal.languages import N_
from services.portal.pages.check.findings import FAULT, WARNING, in_parts, said, way_to
from services.portal.pages.check.standing import TIMINGS_NOW, Standing
from services.portal.pages.history.page import difference_between, tell
from services.portal.pages.report.frame import Frame, fetch_form, frame_of
from services.portal.pages.report.progress import CHECK
from services.portal.pages.report.writing import write
from services.portal.visit import Visit, Visiting

router = APIRouter()

LONGEST_EXCUSE = 2_000
_LOOK_AGAIN = frozenset({"report_incomplete", "group_answers_open", "excuse_missing", "not_allowed"})
"""Refusals that the page itself explains when it is made anew."""
_DONE_BEFORE = frozenset({"report_is_locked", "key_reused"})
_EXCUSE = {
    "missing": N_("Skriv hvorfor rapporten sendes inn uten disse svarene."),
    "long": N_("Begrunnelsen kan ha høyst %(most)s tegn. Den har %(length)s."),
}


@dataclass(frozen=True)
class Signature:
    """What the form of a submission sends: the versions its signer was shown, and why answers are missing."""

    seen: int
    version: int
    excuse: str = ""

    @property
    def fault(self) -> str:
        """What is wrong with the reason, if anything."""
        return "long" if len(self.excuse) > LONGEST_EXCUSE else ""


@router.get("/reports/{report_id}/kontroll")
async def look(visit: Visiting, report_id: UUID) -> Response:
    """What was found, what is missing from whom, and what would be signed."""
    return await _page(visit, report_id)


@router.post("/reports/{report_id}/kontroll")
async def submit(
    visit: Visiting,
    report_id: UUID,
    key: Annotated[UUID, Form()],
    seen: Annotated[int, Form(ge=0, le=2**31 - 1)],
    version: Annotated[int, Form(ge=0, le=2**31 - 1)],
    excuse: Annotated[str, Form()] = "",
) -> Response:
    """Hand in exactly the version that was shown."""
    signature = Signature(seen, version, excuse.replace("\r\n", "\n").replace("\0", "").strip())
    if signature.fault:
        return await _page(visit, report_id, 422, signature=signature, excuse_fault=signature.fault)
    body = {"seen": seen, "excuse": signature.excuse or None}
    try:
        answer = await write(visit, "POST", f"/reports/{report_id}/submissions", body, key)
    except Problem as problem:
        return await _refused(visit, report_id, signature, problem)
    return visit.see(f"/reports/{report_id}/kvittering/{answer.json()['number']}")


@router.post("/reports/{report_id}/kontroll/varsel")
async def give_notice(visit: Visiting, report_id: UUID, key: Annotated[UUID, Form()]) -> Response:
    """Tell the group's leader that the unit wants to submit although answers are missing."""
    said = visit.text(N_("Lederen for referansegruppen er varslet."))
    return await _step(visit, report_id, "notices", key, said)


@router.post("/reports/{report_id}/kontroll/samtykke")
async def consent(visit: Visiting, report_id: UUID, key: Annotated[UUID, Form()]) -> Response:
    """As the group's leader, agree that the unit submits without the answers that are missing."""
    said = visit.text(N_("Samtykket er registrert. Enheten kan nå sende inn rapporten."))
    return await _step(visit, report_id, "consents", key, said)


async def _step(visit: Visit, report_id: UUID, step: str, key: UUID, told: str) -> Response:
    try:
        await write(visit, "POST", f"/reports/{report_id}/{step}", None, key)
    except Problem as problem:
        if problem.code not in ("no_open_group_answers", "report_is_locked", "not_allowed"):
            raise
        visit.say(visit.text(N_("Det trengs ikke lenger. Slik står rapporten nå.")), "info")
    else:
        visit.say(told)
    return visit.see(f"/reports/{report_id}/kontroll")


async def _refused(visit: Visit, report_id: UUID, signature: Signature, problem: Problem) -> Response:
    """A new look at the report as it is now; what the signer wrote stays."""
    if problem.code == "moved_since_seen":
        return await _page(visit, report_id, 409, signature=signature, moved=True)
    if problem.code in _DONE_BEFORE:
        return await _handed_in(visit, report_id)
    if problem.code in _LOOK_AGAIN:
        fault = "missing" if problem.code == "excuse_missing" else ""
        return await _page(visit, report_id, problem.status, signature=signature, excuse_fault=fault)
    raise problem


async def _handed_in(visit: Visit, report_id: UUID) -> Response:
    """The form of a report that is not written any more: the receipt says best what became of it."""
    report = await visit.services.reporting.get(f"/reports/{report_id}")
    if report["status"] != "submitted":
        visit.say(visit.text(N_("Det trengs ikke lenger. Slik står rapporten nå.")), "info")
        return visit.see(f"/reports/{report_id}/kontroll")
    visit.say(visit.text(N_("Rapporten var allerede sendt inn. Ingenting er sendt på nytt.")), "info")
    return visit.see(f"/reports/{report_id}/kvittering/{report['submissions'][-1]['number']}")


async def _page(
    visit: Visit,
    report_id: UUID,
    status: int = 200,
    *,
    signature: Signature | None = None,
    moved: bool = False,
    excuse_fault: str = "",
) -> Response:
    reporting = visit.services.reporting
    form, checks = await asyncio.gather(
        fetch_form(visit, report_id, answers=False), reporting.get(f"/reports/{report_id}/checks")
    )
    found = said(checks["findings"], form, visit.language)
    frame = frame_of(visit, form, CHECK[0])
    return visit.page(
        "check/check.html",
        status,
        frame=frame,
        part_titles={part.address: part.title for part in frame.parts},
        timings=TIMINGS_NOW,
        way_to=way_to,
        checks=checks,
        standing=Standing.of(form, checks),
        faults=in_parts(found, FAULT),
        warnings=in_parts(found, WARNING),
        signature=signature,
        moved=moved,
        excuse_fault=_excuse_fault(visit, excuse_fault, signature),
        **(await _news(visit, frame, signature.version) if signature and moved else {}),
    )


async def _news(visit: Visit, frame: Frame, version: int) -> dict[str, Any]:
    """What happened to the report after the version that was shown, and the words that are not what they were."""
    told = await tell(visit, frame, version)
    happened = [each for each in told.happenings if each.version > version]
    return {"happened": happened, **await difference_between(visit, told, version, None)}


def _excuse_fault(visit: Visit, fault: str, signature: Signature | None) -> str:
    if not fault:
        return ""
    number = visit.tongue.number
    length = number(len(signature.excuse)) if signature else ""
    return str(visit.text(_EXCUSE[fault], most=number(LONGEST_EXCUSE), length=length))
