"""Follow-up points: raised by a region about one of its units, planned, closed, or carried to the next year."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.review.application.deciding import acting_for, responsible_unit
from services.review.application.operations import FOLLOWING_UP, REGION
from services.review.application.sealing import opened, seal, subject_of
from services.review.follow_up import Category, FollowUp, Level
from services.review.views import queries, visibility
from shared import registry_facts
from shared.access import Assignment, Target, granting
from shared.asked import Asked, must_be_as_seen
from shared.desk import Desk, Done, UnitOfWork
from shared.domain import Acting, NotFound, Refused
from shared.eventstore import EventStore
from shared.history import history, state_at
from shared.read_rows import Rows
from shared.registry_facts import held_by
from shared.tokens import Caller
from shared.vault import Vault


class OwnerUnknown(Refused):
    """Only somebody in the register can see to a follow-up point."""

    code = "owner_unknown"
    place = "owner"


@dataclass(frozen=True)
class Point:
    """A point as it is raised."""

    unit_id: UUID
    year: int
    region: str
    category: Category
    level: Level
    text: str
    owner: UUID | None
    due: date | None


class FollowingUp:
    """The use cases of follow-up points."""

    def __init__(self, desk: Desk, store: EventStore, vault: Vault) -> None:
        self._desk, self._store, self._vault = desk, store, vault

    async def raise_point(self, asked: Asked, follow_up_id: UUID, point: Point) -> Done:
        """A region found something about one of its units."""
        await asyncio.to_thread(acting_for, self._store.rows, asked, REGION, point.region)
        sealed = await seal(self._vault, subject_of("follow-up", follow_up_id), point.text)

        def decide(unit: UnitOfWork) -> Mapping[str, Any]:
            by = acting_for(unit.rows, asked, REGION, point.region)
            responsible_unit(unit.rows, point.unit_id, point.region)
            _must_be_known(unit, point.owner)
            raised = FollowUp.raise_for(
                follow_up_id,
                point.region,
                unit_id=point.unit_id,
                year=point.year,
                category=point.category,
                level=point.level,
                text=sealed,
                owner=point.owner,
                due=point.due,
                by=by,
                at=asked.at,
            )
            return _answer(unit.add(raised))

        return await self._desk.do(asked.command(decide))

    async def plan(self, asked: Asked, follow_up_id: UUID, seen: int, owner: UUID | None, due: date | None) -> Done:
        """Say, on the version seen, who sees to it, and by when."""

        def decide(unit: UnitOfWork) -> Mapping[str, Any]:
            point, by = self._ours(unit, asked, follow_up_id)
            must_be_as_seen(point, seen)
            _must_be_known(unit, owner)
            point.plan(owner, due, by=by, at=asked.at)
            return _answer(point)

        return await self._desk.do(asked.command(decide))

    async def close(self, asked: Asked, follow_up_id: UUID, outcome: str) -> Done:
        """It is done; the outcome says how."""
        await asyncio.to_thread(self._readable, asked.caller, follow_up_id, asked.on)
        sealed = await seal(self._vault, subject_of("follow-up", follow_up_id, "outcome"), outcome)
        return await self._do(asked, follow_up_id, lambda p, by: p.close(sealed, by=by, at=asked.at))

    async def carry(self, asked: Asked, follow_up_id: UUID, seen: int, to_year: int) -> Done:
        """Let it go on, as it was seen, in the next year."""

        def change(point: FollowUp, by: Acting) -> None:
            must_be_as_seen(point, seen)
            point.carry(to_year, by=by, at=asked.at)

        return await self._do(asked, follow_up_id, change)

    def point(
        self,
        caller: Caller,
        follow_up_id: UUID,
        on: date,
        *,
        version: int | None = None,
        moment: datetime | None = None,
    ) -> dict[str, Any]:
        """A point as it is or was, with what the caller may do with it now."""
        latest, held = self._readable(caller, follow_up_id, on)
        point = state_at(self._store, FollowUp, follow_up_id, version=version, moment=moment)
        return {**self.shown(point), "allowed_operations": _allowed(latest, held, on)}

    def shown(self, point: FollowUp) -> dict[str, Any]:
        """A point with its texts."""
        state = point.state
        return {
            "follow_up_id": str(point.id),
            "version": point.version,
            "unit_id": str(state.unit_id),
            "year": state.year,
            "current_year": state.current_year,
            "region": state.region,
            "category": state.category,
            "level": state.level,
            "status": state.status,
            "owner": state.owner and str(state.owner),
            "due": state.due,
            "text": opened(self._vault, state.text),
            "outcome": opened(self._vault, state.outcome) if state.outcome else None,
            "closed_at": state.closed_at,
        }

    def history(self, caller: Caller, follow_up_id: UUID, on: date) -> list[dict[str, Any]]:
        """Every fact of a point."""
        self._readable(caller, follow_up_id, on)
        return history(self._store, follow_up_id, lambda sealed: opened(self._vault, sealed))

    def texts(self, ids: list[str]) -> dict[str, dict[str, Any]]:
        """What some points say, for whoever was let through to their rows."""
        points = (self._store.load(FollowUp, UUID(id)) for id in ids)
        return {str(point.id): opened(self._vault, point.state.text) for point in points if point}

    async def _do(self, asked: Asked, follow_up_id: UUID, change: Callable[[FollowUp, Acting], None]) -> Done:
        def decide(unit: UnitOfWork) -> Mapping[str, Any]:
            point, by = self._ours(unit, asked, follow_up_id)
            change(point, by)
            return _answer(point)

        return await self._desk.do(asked.command(decide))

    def _ours(self, unit: UnitOfWork, asked: Asked, follow_up_id: UUID) -> tuple[FollowUp, Acting]:
        self._must_be_visible(unit.rows, held_by(unit.rows, asked.caller), follow_up_id, asked.on)
        point = unit.get(FollowUp, follow_up_id)
        return point, acting_for(unit.rows, asked, REGION, point.state.region)

    def _readable(self, caller: Caller, follow_up_id: UUID, on: date) -> tuple[FollowUp, list[Assignment]]:
        rows = self._store.rows
        held = held_by(rows, caller)
        self._must_be_visible(rows, held, follow_up_id, on)
        point = self._store.load(FollowUp, follow_up_id)
        if point is None:
            raise _not_found(follow_up_id)
        return point, held

    @staticmethod
    def _must_be_visible(rows: Rows, held: list[Assignment], follow_up_id: UUID, on: date) -> None:
        one = {"follow_up_id": str(follow_up_id)}
        if not queries.follow_ups(rows, one, visibility.follow_ups(held, on), None, 1):
            raise _not_found(follow_up_id)


def _not_found(follow_up_id: UUID) -> NotFound:
    return NotFound(f"there is no follow-up point {follow_up_id}")


def _must_be_known(unit: UnitOfWork, owner: UUID | None) -> None:
    if owner and not registry_facts.is_registered(unit.rows, owner):
        raise OwnerUnknown(f"nobody in the register is {owner}", owner=str(owner))


def _allowed(point: FollowUp, held: list[Assignment], on: date) -> list[str]:
    if not granting(held, REGION, Target(regions=(point.state.region,)), on):
        return []
    allowed = []
    for name, rule in FOLLOWING_UP.items():
        try:
            rule(point)
        except Refused:
            continue
        allowed.append(name)
    return allowed


def _answer(point: FollowUp) -> dict[str, Any]:
    state = point.state
    return {
        "follow_up_id": str(point.id),
        "version": point.version,
        "status": state.status,
        "current_year": state.current_year,
    }
