"""Planning a year, seeing beforehand what its opening would do, and opening all reports in one sweep."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.reporting.application.deciding import acting_with
from services.reporting.application.operations import OPENING_ONE, PLANNING
from services.reporting.cycle import Cycle, Dates, Pin
from services.reporting.question import Party
from services.reporting.report import Report
from services.reporting.report.state import Description, Slot
from services.reporting.template import Template
from services.reporting.views import queries
from shared import registry_facts
from shared.access import Assignment, Role, Target, system
from shared.asked import Asked
from shared.clock import OSLO
from shared.desk import Desk, Done, UnitOfWork
from shared.domain import Acting, NotFound, Refused
from shared.eventstore import EventStore
from shared.read_rows import Rows, instant, split
from shared.schedule import Due


class CycleExists(Refused):
    """A year has one cycle."""

    code = "cycle_exists"
    place = "year"


class ReportExists(Refused):
    """A unit has one report a year."""

    code = "report_exists"
    place = "unit_id"


class NoTemplateFits(Refused):
    """No published template is for a unit of this kind and phase."""

    code = "no_template_fits"


@dataclass(frozen=True)
class Prospect:
    """One unit of the dry-run list: what its report would be, and what is wrong or missing.

    ``faults`` keep the report from being opened; ``warnings`` do not.
    """

    unit_id: str
    code: str
    name: str
    kind: str
    phase: str | None
    template: str | None
    lead: str | None
    group_leader: str | None
    vacant_seats: tuple[str, ...]
    faults: tuple[str, ...]
    warnings: tuple[str, ...]


class Cycles:
    """The use cases of the year's cycle."""

    def __init__(self, desk: Desk, store: EventStore) -> None:
        self._desk, self._store = desk, store

    async def plan(self, asked: Asked, year: int, dates: Dates) -> Done:
        """A year with its dates."""

        def decide(unit: UnitOfWork) -> Mapping[str, Any]:
            by = acting_with(unit.rows, asked, PLANNING, Target())
            if unit.find(Cycle, Cycle.identify(year)):
                raise CycleExists(f"{year} has its cycle", year=year)
            return _answer(unit.add(Cycle.plan(year, dates, by=by, at=asked.at)))

        return await self._desk.do(asked.command(decide))

    async def reschedule(self, asked: Asked, year: int, dates: Dates, reason: str) -> Done:
        """Other dates for everybody."""

        def decide(unit: UnitOfWork) -> Mapping[str, Any]:
            by = acting_with(unit.rows, asked, PLANNING, Target())
            cycle = unit.get(Cycle, Cycle.identify(year))
            cycle.reschedule(dates, reason, by=by, at=asked.at)
            return _answer(cycle)

        return await self._desk.do(asked.command(decide))

    async def open(self, asked: Asked, year: int) -> Done:
        """Open the reports of all units that owe one, now."""

        def decide(unit: UnitOfWork) -> Mapping[str, Any]:
            by = acting_with(unit.rows, asked, PLANNING, Target())
            return sweep(unit, year, by=by, at=asked.at)

        return await self._desk.do(asked.command(decide))

    async def open_one(self, asked: Asked, unit_id: UUID, year: int) -> Done:
        """Open the report of a unit the sweep did not reach; :class:`ReportExists` when it has one."""

        def decide(unit: UnitOfWork) -> Mapping[str, Any]:
            known = registry_facts.unit(unit.rows, unit_id)
            if known is None:
                raise NotFound(
                    f"there is no unit {unit_id}", errors=[_fault("unknown_unit", "/unit_id", str(unit_id))]
                )
            by = acting_with(unit.rows, asked, OPENING_ONE, Target(unit_id, split(known["regions"])))
            cycle = unit.get(Cycle, Cycle.identify(year))
            cycle.must_be_open()
            if unit.find(Report, Report.identify(unit_id, year)):
                raise ReportExists(f"{known['code']} has its report of {year}", unit_id=str(unit_id), year=year)
            report = _open_report(unit, known, year, _templates(unit, cycle), by=by, at=asked.at)
            return {"report_id": str(report.id), "version": report.version, "status": report.state.status}

        return await self._desk.do(asked.command(decide))

    def prospects(self, year: int, on: datetime) -> list[Prospect]:
        """The dry-run list: what the sweep would do on a date, and what stands in its way."""
        rows = self._store.rows
        cycle = self._store.load(Cycle, Cycle.identify(year))
        templates = [self._store.load(Template, template_id) for template_id in _template_ids(rows, cycle)]
        owing = registry_facts.owing(rows, year)
        return [prospect(rows, known, year, [t for t in templates if t], on) for known in owing]

    def due(self, now: datetime) -> Iterable[Due]:
        """The sweeps whose planned instant has come."""
        for row in queries.cycles_due(self._store.rows, instant(now) or ""):
            opens_at = datetime.fromisoformat(row["opens_at"])
            yield Due("open_cycle", str(row["year"]), opens_at, _timed_sweep(row["year"], now))


def _timed_sweep(year: int, now: datetime) -> Any:
    return lambda unit: sweep(unit, year, by=system("reporting"), at=now)


def sweep(unit: UnitOfWork, year: int, *, by: Acting, at: datetime) -> Mapping[str, Any]:
    """Open the cycle and the report of every unit that owes one and has no fault, all in one transaction."""
    cycle = unit.get(Cycle, Cycle.identify(year))
    templates = _templates(unit, cycle)
    opened, left_out = 0, []
    for known in registry_facts.owing(unit.rows, year):
        found = prospect(unit.rows, known, year, templates, at)
        if found.faults:
            left_out.append({"unit_id": found.unit_id, "code": found.code, "faults": found.faults})
        elif unit.find(Report, Report.identify(UUID(known["unit_id"]), year)) is None:
            _open_report(unit, known, year, templates, by=by, at=at)
            opened += 1
    pins = tuple(Pin(t.state.content.key, t.state.content.version) for t in templates)
    cycle.open(pins, opened, by=by, at=at)
    return {**_answer(cycle), "opened": opened, "left_out": left_out}


def prospect(rows: Rows, known: dict[str, Any], year: int, templates: list[Template], at: datetime) -> Prospect:
    """What one unit's report would be."""
    unit_id, on = UUID(known["unit_id"]), at.astimezone(OSLO).date()
    phase = registry_facts.phase(rows, unit_id, year)
    template = _fitting(templates, known["kind"], phase)
    held = registry_facts.assignments_on(rows, unit_id, on)
    holders = {assignment.role: str(assignment.person_id) for assignment in held}
    lead, leader = holders.get(Role.PROFESSIONAL_LEAD), holders.get(Role.GROUP_LEADER)
    vacant = _vacant(rows, unit_id, held) if template and _has_group(template) else ()
    return Prospect(
        unit_id=str(unit_id),
        code=known["code"],
        name=known["name_nb"],
        kind=known["kind"],
        phase=phase,
        template=template.state.content.key if template else None,
        lead=lead,
        group_leader=leader,
        vacant_seats=vacant,
        faults=() if template else ("no_template_fits",),
        warnings=_warnings(template, lead, leader, vacant),
    )


def _has_group(template: Template) -> bool:
    return any(question.part is Party.GROUP for question in template.state.content.questions)


def _vacant(rows: Rows, unit_id: UUID, held: list[Assignment]) -> tuple[str, ...]:
    taken = {assignment.seat for assignment in held}
    return tuple(seat for seat in queries.seats(rows, unit_id) if seat not in taken)


def _warnings(
    template: Template | None, lead: str | None, leader: str | None, vacant: tuple[str, ...]
) -> tuple[str, ...]:
    """What is missing and will be missed, though it keeps no report from being opened."""
    missing = {
        "no_professional_lead": lead is None,
        "no_group_leader": leader is None and template is not None and _has_group(template),
        "vacant_seats": bool(vacant),
    }
    return tuple(code for code, is_so in missing.items() if is_so)


def as_rows(prospects: list[Prospect]) -> list[dict[str, Any]]:
    """The dry-run list as JSON can hold it."""
    return [asdict(each) for each in prospects]


def _templates(unit: UnitOfWork, cycle: Cycle) -> list[Template]:
    return [unit.get(Template, template_id) for template_id in _template_ids(unit.rows, cycle)]


def _template_ids(rows: Rows, cycle: Cycle | None) -> list[UUID]:
    """The templates of a year: those pinned when it was opened, so that all answer the same; else the newest."""
    if cycle and cycle.state.opened_at:
        return [Template.identify(pin.key, pin.version) for pin in cycle.state.pins]
    return [UUID(row["template_id"]) for row in queries.latest_templates(rows)]


def _fitting(templates: list[Template], kind: str, phase: str | None) -> Template | None:
    return next((t for t in templates if t.state.content.fits(kind, phase)), None)


def _open_report(
    unit: UnitOfWork, known: dict[str, Any], year: int, templates: list[Template], *, by: Acting, at: datetime
) -> Report:
    unit_id = UUID(known["unit_id"])
    phase = registry_facts.phase(unit.rows, unit_id, year)
    template = _fitting(templates, known["kind"], phase)
    if template is None:
        raise NoTemplateFits(f"no template is for {known['kind']} in phase {phase}", kind=known["kind"], phase=phase)
    content = template.state.content
    said = queries.description(unit.rows, unit_id, at.astimezone(OSLO).date())
    report = Report.open(
        unit_id=unit_id,
        year=year,
        by=by,
        at=at,
        unit_code=known["code"],
        unit_name=known["name_nb"],
        kind=known["kind"],
        regions=split(known["regions"]),
        trusts=split(known["trusts"]),
        template_key=content.key,
        template_version=content.version,
        since=int(known["active_from"][:4]) if content.period == "since_start" else None,
        slots=tuple(Slot.of(question) for question in content.questions),
        description=Description(said["version"], said["text_nb"]) if said else None,
    )
    return unit.add(report)


def _answer(cycle: Cycle) -> dict[str, Any]:
    return {"cycle_id": str(cycle.id), "year": cycle.state.year, "version": cycle.version}


def _fault(code: str, pointer: str, detail: str) -> dict[str, str]:
    return {"code": code, "pointer": pointer, "detail": detail}
