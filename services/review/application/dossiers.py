"""The year's dossier is put together: units explained, prepared by one region, confirmed by another, presented."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from services.review.application.deciding import acting_for
from services.review.application.dossier_operations import DESK, SECRETARY
from services.review.application.sealing import seal, subject_of
from services.review.dossier import Channel, Dossier, Line
from services.review.dossier.rules import UnitNotInDossier
from services.review.dossier.state import Meeting
from services.review.review import Review
from services.review.views.dossiers import is_opened, lines
from shared.access import Target, acting
from shared.asked import Asked
from shared.desk import Desk, Done, UnitOfWork
from shared.domain import Acting, NotFound, Sealed
from shared.eventstore import EventStore
from shared.read_rows import Rows
from shared.registry_facts import held_by
from shared.vault import Vault

Change = Callable[[Dossier, list[Line], Acting], None]


@dataclass(frozen=True)
class Minutes:
    """What the meeting said: when, in which case, of which units, and what it decided."""

    meeting: Meeting
    remarks: Mapping[UUID, str]
    decision: str


class Dossiers:
    """The use cases of a dossier until it is sent, and of its receipt."""

    def __init__(self, desk: Desk, store: EventStore, vault: Vault) -> None:
        self._desk, self._store, self._vault = desk, store, vault

    async def choose_regional_units(self, asked: Asked, year: int, region: str, included: bool) -> Done:
        """Say whether a region's own centres or services are part of it."""

        def change(dossier: Dossier, now: list[Line], by: Acting) -> None:
            dossier.choose_regional_units(region, included, by=by, at=asked.at)

        return await self._for_region(asked, year, region, change)

    async def explain(self, asked: Asked, year: int, region: str, unit_id: UUID, text: str, base: int) -> Done:
        """Say in words why a unit has no reviewed report."""
        await asyncio.to_thread(acting_for, self._store.rows, asked, DESK, region)
        sealed = await self._seal(year, f"explanation.{unit_id}", text)

        def change(dossier: Dossier, now: list[Line], by: Acting) -> None:
            dossier.explain(_line(now, unit_id), region, sealed, base=base, by=by, at=asked.at)

        return await self._for_region(asked, year, region, change)

    async def prepare(self, asked: Asked, year: int, region: str) -> Done:
        """Put the dossier together as everything stands."""

        def change(dossier: Dossier, now: list[Line], by: Acting) -> None:
            dossier.prepare(region, now, by=by, at=asked.at)

        return await self._for_region(asked, year, region, change)

    async def confirm(self, asked: Asked, year: int, region: str, seen: int) -> Done:
        """Confirm, for another region, the version seen."""

        def decide(unit: UnitOfWork) -> Mapping[str, Any]:
            by = acting_for(unit.rows, asked, DESK, region)
            dossier = found(unit, year)
            dossier.confirm(region, standing(unit.rows, dossier), seen=seen, by=by, at=asked.at)
            return answer(dossier)

        return await self._desk.do(asked.command(decide))

    async def present(self, asked: Asked, year: int, minutes: Minutes) -> Done:
        """The medical directors had it before them; from then on its reports are not given back."""
        await asyncio.to_thread(secretary, self._store.rows, asked)
        decision = await self._seal(year, "decision", minutes.decision)
        remarks = {
            unit_id: await self._seal(year, f"remark.{unit_id}", text) for unit_id, text in minutes.remarks.items()
        }

        def decide(unit: UnitOfWork) -> Mapping[str, Any]:
            by = secretary(unit.rows, asked)
            dossier = found(unit, year)
            now = standing(unit.rows, dossier)
            dossier.present(minutes.meeting, remarks, decision, now, today=asked.on, by=by, at=asked.at)
            for report_id in dossier.presented_reports():
                unit.get(Review, Review.identify(report_id)).present(by=by, at=asked.at)
            return answer(dossier)

        return await self._desk.do(asked.command(decide))

    async def receive(self, asked: Asked, year: int, on: date, reference: str, channel: Channel) -> Done:
        """The ministry said that it has the dossier."""

        def decide(unit: UnitOfWork) -> Mapping[str, Any]:
            by = secretary(unit.rows, asked)
            dossier = found(unit, year)
            dossier.receive(on, reference, channel, today=asked.on, by=by, at=asked.at)
            return answer(dossier)

        return await self._desk.do(asked.command(decide))

    async def _for_region(self, asked: Asked, year: int, region: str, change: Change) -> Done:
        """Change what the regions put together; whoever comes first begins it."""

        def decide(unit: UnitOfWork) -> Mapping[str, Any]:
            by = acting_for(unit.rows, asked, DESK, region)
            dossier = unit.find(Dossier, Dossier.identify(year))
            if dossier is None:
                must_be_opened(unit.rows, year)
                dossier = unit.add(Dossier.begin_for(year, region, by=by, at=asked.at))
            change(dossier, standing(unit.rows, dossier), by)
            return answer(dossier)

        return await self._desk.do(asked.command(decide))

    async def _seal(self, year: int, place: str, text: str) -> Sealed:
        return await seal(self._vault, subject_of("dossier", Dossier.identify(year), place), text)


def found(unit: UnitOfWork, year: int) -> Dossier:
    """The dossier of a year; refused before anybody began it."""
    dossier = unit.find(Dossier, Dossier.identify(year))
    if dossier is None:
        raise not_found(year)
    return dossier


def not_found(year: int) -> NotFound:
    """The answer where there is no dossier, or none for the asker."""
    return NotFound(f"there is no dossier of {year}")


def must_be_opened(rows: Rows, year: int) -> None:
    """Refuse for a year whose reports were never opened."""
    if not is_opened(rows, year):
        raise NotFound(f"no reports of {year} were opened")


def standing(rows: Rows, dossier: Dossier) -> list[Line]:
    """The units that owe the dossier's year, as they stand now."""
    return lines(rows, dossier.state.year, dossier.state.chosen, dossier.state.explained())


def secretary(rows: Rows, asked: Asked) -> Acting:
    """The caller as the one responsible for the case of the directors' meeting."""
    return acting(held_by(rows, asked.caller), SECRETARY, Target(), asked.on, asked.acting_as)


def answer(dossier: Dossier) -> dict[str, Any]:
    """What every change of a dossier is answered with."""
    return {"year": dossier.state.year, "status": dossier.state.status, "version": dossier.version}


def _line(now: list[Line], unit_id: UUID) -> Line:
    line = next((line for line in now if line.unit_id == unit_id), None)
    if line is None:
        fault = {"code": UnitNotInDossier.code, "pointer": "/unit_id", "detail": "owes no report of the year"}
        raise UnitNotInDossier(f"unit {unit_id} is not in the dossier", errors=[fault])
    return line
