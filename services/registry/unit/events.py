"""What can happen to a unit."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from services.registry.decision import Decision
from services.registry.unit.state import (
    Checked,
    Description,
    FormerName,
    Link,
    Phase,
    Registration,
    SetPhase,
    UnitState,
    WebsiteItem,
    WebsiteStatus,
)
from shared.domain import Event


class Registered(Event, kw_only=True, frozen=True):
    """The unit is in the register."""

    TOPIC: ClassVar[str] = "registry.Unit.Registered"
    unit: Registration

    def begin(self) -> UnitState:
        return UnitState(
            registered=self.unit, registered_at=self.at, name_nb=self.unit.name_nb, name_en=self.unit.name_en
        )


class Renamed(Event, kw_only=True, frozen=True):
    """The right authority gave the unit another name."""

    TOPIC: ClassVar[str] = "registry.Unit.Renamed"
    name_nb: str
    name_en: str | None
    decision: Decision

    def apply(self, state: UnitState) -> None:
        until = self.decision.valid_from
        state.former_names.append(FormerName(state.name_nb, state.name_en, until))
        state.name_nb, state.name_en = self.name_nb, self.name_en


class DescriptionApproved(Event, kw_only=True, frozen=True):
    """The right authority decided what the unit is and does."""

    TOPIC: ClassVar[str] = "registry.Unit.DescriptionApproved"
    description: Description

    def apply(self, state: UnitState) -> None:
        state.descriptions.append(self.description)


class PhaseSet(Event, kw_only=True, frozen=True):
    """The competence service is in this phase in a report year."""

    TOPIC: ClassVar[str] = "registry.Unit.PhaseSet"
    year: int
    phase: Phase
    reason: str

    def apply(self, state: UnitState) -> None:
        state.phases[self.year] = SetPhase(self.phase, self.reason)


class WebsiteChecked(Event, kw_only=True, frozen=True):
    """Somebody looked at the website."""

    TOPIC: ClassVar[str] = "registry.Unit.WebsiteChecked"
    on: date
    items: dict[WebsiteItem, WebsiteStatus]

    def apply(self, state: UnitState) -> None:
        state.website |= {item: Checked(status, self.on, self.by.subject) for item, status in self.items.items()}


class CameFrom(Event, kw_only=True, frozen=True):
    """The unit continues, merges or is split from an older one."""

    TOPIC: ClassVar[str] = "registry.Unit.CameFrom"
    link: Link

    def apply(self, state: UnitState) -> None:
        state.older.append(self.link)


class BecameAnother(Event, kw_only=True, frozen=True):
    """The same, told of the older unit."""

    TOPIC: ClassVar[str] = "registry.Unit.BecameAnother"
    link: Link

    def apply(self, state: UnitState) -> None:
        state.younger.append(self.link)


class Ended(Event, kw_only=True, frozen=True):
    """The unit's last day; it still owes the report of that year."""

    TOPIC: ClassVar[str] = "registry.Unit.Ended"
    on: date
    reason: str

    def apply(self, state: UnitState) -> None:
        state.ended_on, state.ended_because = self.on, self.reason
