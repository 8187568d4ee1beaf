"""Units from a table: every line is judged, all faults are told at once, and only a faultless table counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from services.registry import grants
from services.registry.application.rights import ANY_DESK, acting
from services.registry.application.table import ImportHasFaults, Line, parse
from services.registry.application.units import register_unit
from services.registry.trust import Trust
from services.registry.views import lookups
from services.registry.views.queries import Reads
from shared.access import Target
from shared.asked import Asked
from shared.desk import Desk, Done, UnitOfWork


class Imports:
    """The use case of reading a table of units."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def units(self, asked: Asked, table: str, active_from: date) -> Done:
        def decide(work: UnitOfWork) -> dict[str, Any]:
            acting(work, asked, ANY_DESK, Target())
            lines = parse(table, active_from)
            judge(work, lines)
            faults = [fault for line in lines for fault in line.faults]
            if faults:
                raise ImportHasFaults(f"{len(faults)} faults: nothing was imported", errors=faults, **summary(lines))
            for line in lines:
                _import(work, asked, line)
            return summary(lines)

        return await self._desk.do(asked.command(decide))


def summary(lines: Sequence[Line]) -> dict[str, Any]:
    """What an import did, or would do."""
    reports = [line.report() for line in lines]
    results = [report["result"] for report in reports]
    counts = {result: results.count(result) for result in ("imported", "already_there", "fault")}
    return {**counts, "warnings": sum(len(line.warnings) for line in lines), "lines": reports}


def judge(reads: Reads, lines: Iterable[Line]) -> None:
    """Compare the lines with what is registered, and with each other."""
    units, regions = lookups.unit_names(reads), lookups.trust_regions(reads)
    seen: set[str] = set()
    for line in lines:
        line.there = line.code in units
        if line.code in seen:
            line.fault("code", "code_twice", f"{line.code} stands in an earlier line")
        seen.add(line.code)
        if line.there and units[line.code] != line.name:
            line.warnings.append("name_differs")
        for placed in line.unit.places if line.unit else ():
            if regions.setdefault(placed.trust, placed.region) != placed.region:
                line.fault("regions", "region_differs", f"{placed.trust} is in {regions[placed.trust]}")


def _import(work: UnitOfWork, asked: Asked, line: Line) -> None:
    if line.unit is None or line.there:
        return
    target = Target(regions=tuple(placed.region for placed in line.unit.places))
    by = acting(work, asked, grants.DESKS, target)
    for placed in line.unit.places:
        if work.find(Trust, Trust.id_of(placed.trust)) is None:
            name = line.trust_names[placed.trust]
            work.add(Trust.register(code=placed.trust, name=name, region=placed.region, by=by, at=asked.at))
    register_unit(work, line.unit, by, asked)
