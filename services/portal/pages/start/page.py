"""The start page: what waits for somebody, what happened since, what there is to look at; or what all this is."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta

from fastapi import APIRouter
from fastapi.responses import Response

from services.portal.pages.report.words import REGIONS, ROLES
from services.portal.pages.start.asking import Asking
from services.portal.pages.start.news import news
from services.portal.pages.start.people import people
from services.portal.pages.start.reports import overview
from services.portal.pages.start.tasks import tasks
from services.portal.visit import Anyone, Visit

router = APIRouter()
FIRST_VISIT = timedelta(days=14)
"""How far back somebody is told of who was never here."""


@router.get("/")
async def start(visit: Anyone) -> Response:
    """Where everybody begins."""
    if visit.session is None:
        return await asyncio.to_thread(lambda: visit.page("start/welcome.html", people=people(visit)))
    return await _mine(visit)


async def _mine(visit: Visit) -> Response:
    asking = Asking()
    before = await asyncio.to_thread(visit.portal.last_visits.came, visit.person_id)
    since = before or visit.portal.clock.now() - FIRST_VISIT
    told, reports = await asyncio.gather(
        asking.or_else(visit.services.reporting.get("/me/tasks", since=since.isoformat()), {"items": []}),
        overview(visit, asking),
    )
    if not visit.roles:
        # Who holds nothing and who could not be asked about are told different things.
        await asking.or_else(visit.services.registry.get("/me"), None)
    return visit.page(
        "start/start.html",
        cards=await tasks(visit, asking, told["items"]),
        news=news(told["items"], since, visit.portal.clock.now(), visit.tongue),
        is_first_visit=before is None,
        follows=bool(told["items"]),
        overview=reports,
        roles=_roles(visit, reports.units if reports else {}),
        away=asking.away,
    )


def _roles(visit: Visit, units: Mapping[str, str]) -> Mapping[str, list[str]]:
    """What the person is, and where."""
    found: dict[str, list[str]] = {}
    for held in visit.roles:
        places = found.setdefault(visit.text(ROLES.get(held["role"], held["role"])), [])
        where = units.get(held["unit_id"] or "", "") or REGIONS.get(held["region"] or "", "")
        if where and where not in places:
            places.append(where)
    return found
