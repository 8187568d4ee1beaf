"""Roller og ansvar: who has which role in the unit and its group, and how each is shown in the report."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form
from fastapi.responses import JSONResponse, Response

from services.portal.clients import Away, Problem
from services.portal.languages import N_
from services.portal.pages.report.frame import Frame, Json, framed
from services.portal.pages.report.words import REGIONS
from services.portal.pages.report.writing import REFUSALS, away, command_key, refused, saved_now, write
from services.portal.visit import Visit, Visiting

router = APIRouter()
_UNIT = ("professional_lead", "site_lead", "coordinator", "administrative_leader", "network_member")
_SEATS = {"user": N_("brukerrepresentant"), "unit": N_("representant for enheten")}
_SEAT = N_("plass i gruppen")
_GROUP = ("group_leader", "user_representative", "group_member", "unit_representative")


@router.get("/reports/{report_id}/roller")
async def roles(visit: Visiting, report_id: UUID) -> Response:
    """Everybody with a role on the unit today."""
    frame = await framed(visit, report_id, "roller")
    group = await _group(visit, frame)
    seats = {seat["id"]: _seat(visit, seat) for seat in group.get("seats", [])}
    people = [_person(person, seats) for person in frame.form["persons"]]
    groups = [
        (visit.text(N_("Enheten")), _ordered(people, _UNIT)),
        (visit.text(N_("Referansegruppen")), _ordered(people, _GROUP)),
    ]
    asks_group = any(party.id == "group" for party in frame.parties)
    vacant = [seats.get(seat, seat) for seat in group.get("vacant", [])]
    shown = groups if asks_group or groups[1][1] else groups[:1]
    return visit.page("report/roles.html", frame=frame, groups=shown, vacant=vacant)


@router.post("/reports/{report_id}/roller/{assignment_id}")
async def show(
    visit: Visiting,
    report_id: UUID,
    assignment_id: UUID,
    key: Annotated[UUID, Form()],
    public: Annotated[bool, Form()] = False,
    gets_copy: Annotated[bool, Form()] = False,
) -> Response:
    """Whether somebody is named in public, and gets a copy."""
    body = {"public": public, "copy_of_report": gets_copy}
    path = f"/reports/{report_id}/persons/{assignment_id}"
    try:
        await write(visit, "PUT", path, body, command_key(key, public, gets_copy))
    except Problem as problem:
        if visit.is_partial:
            return refused(visit, problem)
        if problem.code not in REFUSALS:
            raise
        visit.say(visit.text(REFUSALS[problem.code]), "warning")
    except Away as fault:
        if not visit.is_partial:
            raise
        return away(visit, fault)
    else:
        if visit.is_partial:
            return JSONResponse({"version": 0, "state": saved_now(visit)})
        visit.say(saved_now(visit))
    return visit.see(f"/reports/{report_id}/roller")


def _seat(visit: Visit, seat: Json) -> str:
    """What a seat is called: after its region, by its own name, or by the role of whoever sits there."""
    region = str(seat["id"]).removeprefix("region_")
    return REGIONS.get(region) or seat.get("name_nb") or visit.text(_SEATS.get(seat["id"], _SEAT))


def _person(person: Json, seats: Json) -> dict[str, Any]:
    """A person with a role, as the page shows it."""
    seat = person["seat"]
    return {**person, "seat_name": seats.get(seat, "") if seat and seat.startswith("region_") else ""}


def _ordered(people: list[dict[str, Any]], order: tuple[str, ...]) -> list[dict[str, Any]]:
    return sorted((p for p in people if p["role"] in order), key=lambda p: (order.index(p["role"]), p["name"] or ""))


async def _group(visit: Visit, frame: Frame) -> Json:
    """The seats of the group, from the registry; the page does without where it is away."""
    try:
        found: Json = await visit.services.registry.get(f"/units/{frame.form['unit']['unit_id']}/group")
    except (Away, Problem):
        return {}
    return found
