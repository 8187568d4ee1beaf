"""The reports a person may look at: all of them when they are few, how many there are of each state when not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.portal.pages.report.words import KINDS, STATUSES
from services.portal.pages.start.asking import Asking, listed
from services.portal.visit import Visit

Json = Mapping[str, Any]
FEW = 12


@dataclass(frozen=True)
class Line:
    """One report in a list."""

    address: str
    unit: str
    kind: str
    year: int
    status: tuple[str, str]
    submitted_at: str | None


@dataclass(frozen=True)
class Overview:
    """The newest year's reports; ``lines`` are empty where there are too many to look through here."""

    year: int
    lines: Sequence[Line]
    counts: Sequence[tuple[str, str, str, int]]
    """Status, its word and colour, and how many reports are in it."""
    units: Mapping[str, str]
    """The names of all their units, by id."""


async def overview(visit: Visit, asking: Asking) -> Overview | None:
    """The newest year of which the person may see reports."""
    reporting = visit.services.reporting
    cycles = await asking.or_else(reporting.get("/cycles"), [])
    year = next((cycle["year"] for cycle in cycles if cycle["opened_at"]), None)
    rows = await asking.or_else(listed(reporting, "/reports", year=year), []) if year else []
    if year is None or not rows:
        return None
    found = Counter(row["status"] for row in rows)
    counts = [(id, visit.text(word), color, found[id]) for id, (word, color) in STATUSES.items() if found[id]]
    return Overview(year, [line(visit, row) for row in rows] if len(rows) <= FEW else [], counts, _units(rows))


def _units(rows: Sequence[Json]) -> Mapping[str, str]:
    return {row["unit_id"]: row["unit_name"] for row in rows}


def line(visit: Visit, row: Json) -> Line:
    """A row as reporting lists it, in the reader's words."""
    (word, color), kind = STATUSES[row["status"]], KINDS[row["kind"]]
    return Line(
        address=f"/reports/{row['report_id']}",
        unit=row["unit_name"],
        kind=visit.text(kind),
        year=row["year"],
        status=(visit.text(word), color),
        submitted_at=row["submitted_at"],
    )
