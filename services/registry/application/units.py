"""What may be done about trusts and units."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from services.registry import grants
from services.registry.application.rights import Operation, acting, target_of
from services.registry.decision import Decision
from services.registry.group import Group
from services.registry.mandate import mandate_for
from services.registry.placement import Place
from services.registry.trust import Trust, TrustAlreadyRegistered
from services.registry.unit import (
    Phase,
    Registration,
    Relation,
    Unit,
    UnitAlreadyRegistered,
    WebsiteItem,
    WebsiteStatus,
)
from shared.access import Right, Role, Scope, Target
from shared.asked import Asked, must_be_as_seen
from shared.desk import Desk, Done, UnitOfWork
from shared.domain import Acting, Refused

RECORDERS = (*grants.DESKS, Right(Role.DIRECTORS_SECRETARY, Scope.ANYWHERE))
"""Who records decisions taken outside."""
OPERATIONS: Mapping[str, Operation] = {
    "rename": Operation(RECORDERS, on_day=Unit.must_not_have_ended),
    "approve_description": Operation(RECORDERS),
    "set_phase": Operation(grants.DESKS, Unit.must_have_phases),
    "check_website": Operation((*grants.DESKS, grants.LEAD), on_day=Unit.must_not_have_ended),
    "link": Operation(grants.DESKS),
    "end": Operation(RECORDERS, on_day=Unit.must_not_have_ended),
}
"""What may be done to a unit, and by whom."""
Act = Callable[[UnitOfWork, Unit, Acting], None]


class UnknownTrust(Refused):
    """A unit is placed at trusts that are in the register."""

    code = "unknown_trust"


@dataclass(frozen=True)
class Described:
    """A description as decided."""

    text_nb: str
    text_en: str | None
    icd10: Sequence[str]
    procedures: Sequence[str]
    decision: Decision
    historic: bool


class Units:
    """Use cases on trusts and units."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def register_trust(self, asked: Asked, code: str, name: str, region: str) -> Done:
        def decide(work: UnitOfWork) -> dict[str, Any]:
            by = acting(work, asked, grants.DESKS, Target(regions=(region,)))
            if work.find(Trust, Trust.id_of(code)):
                raise TrustAlreadyRegistered(f"trust {code} is in the register")
            trust = work.add(Trust.register(code=code, name=name, region=region, by=by, at=asked.at))
            return {"trust": trust.state.code}

        return await self._desk.do(asked.command(decide))

    async def register(self, asked: Asked, new: Registration, trusts: Sequence[str]) -> Done:
        """``new`` without places; they follow from the trusts named."""

        def decide(work: UnitOfWork) -> dict[str, Any]:
            places = tuple(place(work, code) for code in trusts)
            regions = tuple(placed.region for placed in places)
            by = acting(work, asked, grants.DESKS, Target(regions=regions, trusts=tuple(trusts)))
            unit = register_unit(work, _placed(new, places), by, asked)
            return {"unit_id": unit.id, "version": unit.version}

        return await self._desk.do(asked.command(decide))

    async def rename(
        self, asked: Asked, unit_id: UUID, seen: int, name_nb: str, name_en: str | None, decision: Decision
    ) -> Done:
        def act(work: UnitOfWork, unit: Unit, by: Acting) -> None:
            unit.rename(name_nb, name_en, decision, today=asked.on, by=by, at=asked.at)

        return await self._change(asked, unit_id, seen, "rename", act)

    async def approve_description(self, asked: Asked, unit_id: UUID, seen: int, new: Described) -> Done:
        def act(work: UnitOfWork, unit: Unit, by: Acting) -> None:
            unit.approve_description(
                new.text_nb,
                new.text_en,
                new.icd10,
                new.procedures,
                new.decision,
                historic=new.historic,
                today=asked.on,
                by=by,
                at=asked.at,
            )

        return await self._change(asked, unit_id, seen, "approve_description", act)

    async def set_phase(self, asked: Asked, unit_id: UUID, seen: int, year: int, phase: Phase, reason: str) -> Done:
        def act(work: UnitOfWork, unit: Unit, by: Acting) -> None:
            unit.set_phase(year, phase, reason, by=by, at=asked.at)

        return await self._change(asked, unit_id, seen, "set_phase", act)

    async def check_website(
        self,
        asked: Asked,
        unit_id: UUID,
        seen: int,
        items: Mapping[WebsiteItem, WebsiteStatus],
        on: date,
    ) -> Done:
        def act(work: UnitOfWork, unit: Unit, by: Acting) -> None:
            unit.check_website(items, on=on, today=asked.on, by=by, at=asked.at)

        return await self._change(asked, unit_id, seen, "check_website", act)

    async def link(
        self, asked: Asked, unit_id: UUID, seen: int, older_id: UUID, relation: Relation, on: date
    ) -> Done:
        def act(work: UnitOfWork, unit: Unit, by: Acting) -> None:
            older = work.get(Unit, older_id)
            unit.came_from(older, relation, _ancestors(work, older), on=on, by=by, at=asked.at)

        return await self._change(asked, unit_id, seen, "link", act)

    async def end(self, asked: Asked, unit_id: UUID, seen: int, on: date, reason: str) -> Done:
        def act(work: UnitOfWork, unit: Unit, by: Acting) -> None:
            unit.end(on, reason, today=asked.on, by=by, at=asked.at)

        return await self._change(asked, unit_id, seen, "end", act)

    async def _change(self, asked: Asked, unit_id: UUID, seen: int, operation: str, act: Act) -> Done:
        def decide(work: UnitOfWork) -> dict[str, Any]:
            unit = work.get(Unit, unit_id)
            by = acting(work, asked, OPERATIONS[operation].rights, target_of(unit))
            must_be_as_seen(unit, seen)
            act(work, unit, by)
            return {"unit_id": unit.id, "version": unit.version}

        return await self._desk.do(asked.command(decide))


def register_unit(work: UnitOfWork, new: Registration, by: Acting, asked: Asked) -> Unit:
    """A new unit, and its group where its kind has one, in one work."""
    if work.find(Unit, Unit.id_of(new.code)):
        raise UnitAlreadyRegistered(f"unit {new.code} is in the register")
    unit = work.add(Unit.register(new, by=by, at=asked.at))
    if mandate := mandate_for(new.kind):
        work.add(Group.establish(unit.id, mandate, by=by, at=asked.at))
    return unit


def place(work: UnitOfWork, code: str) -> Place:
    """The trust of that code and its region."""
    trust = work.find(Trust, Trust.id_of(code))
    if trust is None:
        raise UnknownTrust(f"trust {code} is not in the register", trust=code)
    return Place(code, trust.state.region)


def _placed(new: Registration, places: tuple[Place, ...]) -> Registration:
    return Registration(**{**{f: getattr(new, f) for f in new.__struct_fields__}, "places": places})


def _ancestors(work: UnitOfWork, unit: Unit) -> set[UUID]:
    """All units that ``unit`` came from, itself included."""
    known, waiting = {unit.id}, [unit]
    while waiting:
        for link in waiting.pop().state.older:
            if link.unit_id not in known:
                known.add(link.unit_id)
                waiting.append(work.get(Unit, link.unit_id))
    return known
