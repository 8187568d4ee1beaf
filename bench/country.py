"""A generated country for reporting: units with their leads, reports opened in one sweep, answers given before.

All of it comes about by the service's own means: what the registry tells, the opening of the cycle, the rules of a
report.  Only what nobody waits for is recorded many in one transaction: the answers given before, and the opening of
all reports but the first, for a sweep over a hundred countries is not what is measured.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from msgspec import structs

from bench.filling import QUESTIONS
from bench.load import TEXT
from services.reporting.application.sealing import subject_of
from services.reporting.report import Report
from services.reporting.report.events import Opened
from services.reporting.settings import Settings
from services.reporting.views import rows
from shared.contracts import Contract
from shared.contracts import registry as said
from shared.domain import Acting, Sealed, identity
from shared.eventstore import EventStore, Verdict, Work
from shared.eventstore.store import SNAPSHOT_EVERY
from shared.vault import Vault
from tests.integration.reporting import MovableClock, Service, serving
from tests.tokens import Tokens

KIND = "national_treatment_service"
AT_ONCE = 200
"""Units told, or reports opened, in one transaction."""
EVENTS_AT_ONCE = 2_000


@dataclass(frozen=True)
class Unit:
    """One unit, its lead and its report."""

    id: UUID
    lead: UUID
    role: UUID
    report: UUID
    number: int


def units_of(many: int) -> list[Unit]:
    """The same units in every run."""
    year = datetime.now(UTC).year
    made = []
    for number in range(many):
        unit_id, lead, role = (identity(f"bench {kind}", number) for kind in ("unit", "lead", "role"))
        made.append(Unit(unit_id, lead, role, Report.identify(unit_id, year), number))
    return made


async def raise_country(
    told: Settings, tokens: Tokens, many: int, saves: Callable[[Unit], int] = lambda unit: 0
) -> list[Unit]:
    """Units with an open report each, whose questions were answered ``saves`` times each."""
    now, units = datetime.now(UTC), units_of(many)
    async with serving(told, tokens, MovableClock(now)) as service:
        service.joint = await service.holder("joint_desk")
        await service.registry.tell(*_known(units[0]))
        await _open(service, now)
        for some in parts(units[1:]):
            await service.registry.tell(*(contract for unit in some for contract in _known(unit)))
        store, vault = service.parts.store, service.parts.vault
        await asyncio.to_thread(_open_others, store, units)
        writing = [unit for unit in units if saves(unit)]
        for some in parts(writing):
            await asyncio.to_thread(_write, store, vault, some, saves, now)
    return units


async def _open(service: Service, now: datetime) -> None:
    dates = {
        "recommended_on": (now + timedelta(days=30)).date().isoformat(),
        "deadline": (now + timedelta(days=60)).isoformat(),
        "grace_until": (now + timedelta(days=61)).isoformat(),
    }
    await service.open_cycle(now.year, **dates)


def _open_others(store: EventStore, units: list[Unit]) -> None:
    """Their reports are as that of the first unit, which the sweep has opened."""
    first = next(iter(store.recorded(units[0].report))).event
    assert isinstance(first, Opened)
    for some in parts(units[1:]):
        works = []
        for unit in some:
            named = {"unit_id": unit.id, "unit_code": _code(unit), "unit_name": f"Nasjonal tjeneste {_code(unit)}"}
            report = Report.begin(unit.report, structs.replace(first, **named))
            works.append(Work(store.stored(report.collect_events()), changes=rows.own(report)))
        record(store, works)


def record(store: EventStore, works: list[Work]) -> None:
    """Write works in one transaction; none of them may fail."""
    assert all(receipt.verdict is Verdict.RECORDED for receipt in store.record(works))


def _code(unit: Unit) -> str:
    return f"B-{unit.number}"


def _known(unit: Unit) -> Iterable[Contract]:
    yield said.UnitRegisteredV1(
        unit_id=unit.id,
        code=_code(unit),
        kind=KIND,
        name_nb=f"Nasjonal tjeneste {_code(unit)}",
        name_en=None,
        regions=["vest"],
        trusts=["ht-vest"],
        active_from=date(2010, 1, 1),
    )
    yield said.PersonRegisteredV1(person_id=unit.lead)
    yield said.RoleGrantedV1.model_validate(
        {
            "assignment_id": unit.role,
            "person_id": unit.lead,
            "role": "professional_lead",
            "since": "2020-01-01",
            "until": None,
            "unit_id": unit.id,
            "region": None,
            "trust": None,
            "seat": None,
            "acting": False,
        }
    )


def _write(
    store: EventStore, vault: Vault, units: Sequence[Unit], saves: Callable[[Unit], int], now: datetime
) -> None:
    """What the leads wrote before."""
    works = list[Work]()
    for unit in units:
        report = store.load(Report, unit.report)
        assert report is not None
        sealed = {question: vault.seal(subject_of(unit.report, question), TEXT) for question in QUESTIONS}
        works.append(answer(store, report, unit, sealed, saves(unit), now))
        if sum(len(work.events) for work in works) > EVENTS_AT_ONCE:
            record(store, works)
            works = []
    record(store, works)


def answer(
    store: EventStore, report: Report, unit: Unit, sealed: Mapping[str, Sealed], saves: int, at: datetime
) -> Work:
    """Each question answered ``saves`` times by the unit's lead, with the snapshots that the desk would leave."""
    by = Acting(subject=str(unit.lead), role="professional_lead", assignment_id=unit.role)
    snapshots = []
    for version in range(saves):
        before = report.version
        for question in QUESTIONS:
            report.answer(question, sealed[question], base=version, choices=(), by=by, at=at)
        if report.version // SNAPSHOT_EVERY > before // SNAPSHOT_EVERY:
            snapshots.append(store.as_snapshot(report))
    return Work(store.stored(report.collect_events()), changes=rows.own(report), snapshots=snapshots)


def parts(units: Sequence[Unit]) -> Iterable[Sequence[Unit]]:
    """The units in groups of as many as are written in one transaction."""
    return (units[first : first + AT_ONCE] for first in range(0, len(units), AT_ONCE))
