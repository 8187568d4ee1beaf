"""The joint state of every report over HTTP: where it stands, whichever service owns the step."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel

from services.review.api.parts import Cursor, Limit, Parts, RegionFilter
from services.review.joint_state import NAMES, JointState
from shared.asked import Calling
from shared.domain import NotFound
from shared.inputs import Year
from shared.problems import PROBLEMS
from shared.read_rows import split

router = APIRouter(tags=["report states"], responses=PROBLEMS)


class StateNames(BaseModel):
    """What the state is called in Bokmål, Nynorsk and English."""

    nb: str
    nn: str
    en: str


class ReportState(BaseModel):
    """Where a report stands; instants are in UTC."""

    report_id: UUID
    unit_id: UUID | None
    unit_code: str | None
    unit_name: str | None
    kind: str | None
    year: int | None
    template: str | None
    regions: list[str]
    state: JointState
    names: StateNames
    number: int | None
    timing: str | None
    extended_until: str | None
    review_id: UUID | None


class StatePage(BaseModel):
    """One page of a list; ``next`` is the cursor of the following page."""

    items: list[ReportState]
    next: str | None


@router.get("/report-states")
def report_states(
    caller: Calling,
    parts: Parts,
    year: Annotated[Year | None, Query()] = None,
    region: RegionFilter = None,
    state: Annotated[JointState | None, Query()] = None,
    unit_id: Annotated[UUID | None, Query()] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> StatePage:
    """The states of the reports the caller may know of, by year and unit code."""
    filters = {
        "year": year,
        "region": region,
        "state": state.value if state else None,
        "unit_id": str(unit_id) if unit_id else None,
    }
    found = parts.states.page(caller, parts.today(), filters, cursor, limit + 1)
    more = found[limit - 1]["cursor"] if len(found) > limit else None
    return StatePage(items=[_state(row) for row in found[:limit]], next=more)


@router.get("/report-states/{report_id}")
def report_state(report_id: Annotated[UUID, Path()], caller: Calling, parts: Parts) -> ReportState:
    """Where one report stands."""
    one = {"report_id": str(report_id)}
    found = parts.states.page(caller, parts.today(), one, None, 1)
    if not found:
        raise NotFound(f"there is no report {report_id}")
    return _state(found[0])


def _state(row: dict[str, Any]) -> ReportState:
    state = JointState(row["joint_state"])
    shown = {name: row[name] for name in ReportState.model_fields if name in row}
    shown |= {"regions": split(row["regions"]), "state": state, "names": NAMES[state]._asdict()}
    return ReportState(**shown)
