"""The year's cycle and the templates over HTTP."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Path
from pydantic import AfterValidator, BaseModel, Field

from services.reporting.api.parts import Parts, Planned
from services.reporting.application.cycles import as_rows
from services.reporting.cycle import Cycle, Dates
from services.reporting.views import queries
from shared.asked import Asking, Calling
from shared.clock import OSLO
from shared.domain import NotFound
from shared.history import history
from shared.inputs import Day, Reason, Sent, Year
from shared.problems import PROBLEMS
from shared.registry_facts import held_by

router = APIRouter(tags=["cycles"], responses=PROBLEMS)


def _instant(moment: datetime) -> datetime:
    """An instant in UTC, of a year that makes sense; one without an offset is meant in Europe/Oslo."""
    if not 1900 <= moment.year <= 2200:
        raise ValueError("the year is not between 1900 and 2200")
    return (moment if moment.tzinfo else moment.replace(tzinfo=OSLO)).astimezone(UTC)


LocalOrInstant = Annotated[
    datetime, AfterValidator(_instant), Field(description="without an offset it is meant in Europe/Oslo")
]


class SentDates(Sent):
    """When a cycle happens; an instant without an offset is meant in Europe/Oslo."""

    recommended_on: Day = Field(examples=["2026-02-10"])
    deadline: LocalOrInstant = Field(examples=["2026-02-16T16:00:00"])
    grace_until: LocalOrInstant | None = Field(default=None, examples=["2026-02-17T16:00:00"])
    opens_at: LocalOrInstant | None = Field(default=None, examples=["2025-12-10T08:00:00"])

    def dates(self) -> Dates:
        return Dates(
            recommended_on=self.recommended_on,
            deadline=self.deadline,
            grace_until=self.grace_until or self.deadline,
            opens_at=self.opens_at,
        )


class Rescheduling(SentDates):
    """Other dates for everybody, and why."""

    reason: Reason


class CycleShown(BaseModel):
    """A year's cycle; instants are in UTC."""

    year: int
    recommended_on: date
    deadline: datetime
    grace_until: datetime
    opens_at: datetime | None
    opened_at: datetime | None
    version: int


class ProspectShown(BaseModel):
    """What one unit's report would be, and what stands in its way."""

    unit_id: str
    code: str
    name: str
    kind: str
    phase: str | None
    template: str | None
    lead: str | None
    group_leader: str | None
    vacant_seats: list[str]
    faults: list[str]
    warnings: list[str]


def registered(parts: Parts, caller: Calling) -> None:
    """Any registered person; services read what they hear instead."""
    held_by(parts.store.rows, caller)


def registered_or_service(parts: Parts, caller: Calling) -> None:
    """Any registered person; services too, of what never changes."""
    if caller.kind != "service":
        held_by(parts.store.rows, caller)


Registered = Depends(registered)
YearPath = Annotated[Year, Path()]


@router.put("/cycles/{year}", status_code=201)
async def plan(year: YearPath, body: SentDates, asked: Asking, parts: Parts) -> Planned:
    """Plan a year's cycle."""
    done = await parts.cycles.plan(asked, year, body.dates())
    return Planned(**done.answer, position=done.position)


@router.post("/cycles/{year}/reschedulings", status_code=201)
async def reschedule(year: YearPath, body: Rescheduling, asked: Asking, parts: Parts) -> Planned:
    """Move a cycle's dates for everybody; extensions of single reports stand."""
    done = await parts.cycles.reschedule(asked, year, body.dates(), body.reason)
    return Planned(**done.answer, position=done.position)


@router.post("/cycles/{year}/openings", status_code=201)
async def open_cycle(year: YearPath, asked: Asking, parts: Parts) -> Planned:
    """Open the reports of all units that owe one, in one sweep; see the dry run beforehand."""
    done = await parts.cycles.open(asked, year)
    return Planned(**done.answer, position=done.position)


@router.get("/cycles", dependencies=[Registered])
def cycles(parts: Parts) -> list[CycleShown]:
    """All cycles, newest first."""
    return [CycleShown(**row) for row in queries.cycles(parts.store.rows)]


@router.get("/cycles/{year}", dependencies=[Registered])
def cycle(year: YearPath, parts: Parts) -> CycleShown:
    """One year's cycle."""
    row = queries.cycle(parts.store.rows, year)
    if row is None:
        raise NotFound(f"there is no cycle of {year}")
    return CycleShown(**row)


@router.get("/cycles/{year}/dry-run", dependencies=[Registered])
def dry_run(year: YearPath, parts: Parts) -> list[ProspectShown]:
    """What opening would do today: each unit that owes a report, its template, lead and leader, its faults."""
    return [ProspectShown(**row) for row in as_rows(parts.cycles.prospects(year, parts.clock.now()))]


@router.get("/cycles/{year}/history", dependencies=[Registered])
def cycle_history(year: YearPath, parts: Parts) -> list[dict[str, Any]]:
    """Everything that happened to a cycle."""
    return history(parts.store, Cycle.identify(year), lambda sealed: None)


@router.get("/templates", dependencies=[Registered])
def templates(parts: Parts) -> list[dict[str, Any]]:
    """The newest version of each report template."""
    return queries.latest_templates(parts.store.rows)


@router.get("/templates/{key}/{version}", dependencies=[Depends(registered_or_service)])
async def template(
    key: Annotated[str, Path(max_length=100, pattern="^[a-z_]+$")],
    version: Annotated[int, Path(ge=1, le=100_000)],
    parts: Parts,
) -> dict[str, Any]:
    """A template version with all its questions, in nb, nn and en."""
    found = await asyncio.to_thread(parts.reading.template, key, version)
    shown: dict[str, Any] = msgspec.to_builtins(found.state.content)
    return {**shown, "sha256": found.state.sha256}
