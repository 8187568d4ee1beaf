"""What may be asked of a unit, and the rules."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from services.registry import classification
from services.registry.decision import Decision, must_be_of_the_right_authority, must_be_taken, warnings
from services.registry.placement import Kind, must_be_rightly_placed
from services.registry.unit import events
from services.registry.unit.refusals import (
    AlreadyLinked,
    EndBeforeStart,
    FunctionMismatch,
    LineageCycle,
    NameNotYetValid,
    NotBeforeTheRegister,
    NotHistoric,
    PhaseNotForKind,
    PhaseOutOfOrder,
    UnitHasEnded,
)
from services.registry.unit.state import (
    Description,
    Link,
    Phase,
    Registration,
    Relation,
    UnitState,
    WebsiteItem,
    WebsiteStatus,
)
from shared.domain import Acting, Aggregate, identity


class Unit(Aggregate[UnitState]):
    """One unit; its code is opaque, unique and never changes."""

    TOPIC = "registry.Unit"
    STATE = UnitState

    # What may be asked.

    @staticmethod
    def id_of(code: str) -> UUID:
        return identity("unit", code)

    @classmethod
    def register(cls, unit: Registration, *, by: Acting, at: datetime) -> Unit:
        must_be_rightly_placed(unit.kind, unit.places)
        _must_fit_function(unit)
        return cls.begin(cls.id_of(unit.code), events.Registered(unit=unit, by=by, at=at))

    def rename(
        self, name_nb: str, name_en: str | None, decision: Decision, *, today: date, by: Acting, at: datetime
    ) -> None:
        self.must_not_have_ended(today)
        must_be_of_the_right_authority(decision, self.state.kind, today)
        if decision.valid_from > today:
            raise NameNotYetValid(f"the name counts from {decision.valid_from}")
        self.trigger(events.Renamed(name_nb=name_nb, name_en=name_en, decision=decision, by=by, at=at))

    def approve_description(
        self,
        text_nb: str,
        text_en: str | None,
        icd10: Sequence[str],
        procedures: Sequence[str],
        decision: Decision,
        *,
        historic: bool,
        today: date,
        by: Acting,
        at: datetime,
    ) -> None:
        """``historic``: an old decision is recorded; who took it is doubted with a warning, not refused."""
        if historic:
            must_be_taken(decision, today)
            self._must_be_of_the_past(decision)
        else:
            self.must_not_have_ended(today)
            must_be_of_the_right_authority(decision, self.state.kind, today)
        description = Description(
            version=len(self.state.descriptions) + 1,
            text_nb=text_nb,
            text_en=text_en,
            icd10=classification.icd10(icd10),
            procedures=classification.procedures(procedures),
            decision=decision,
            warnings=warnings(decision, self.state.kind) if historic else (),
        )
        self.trigger(events.DescriptionApproved(description=description, by=by, at=at))

    def set_phase(self, year: int, phase: Phase, reason: str, *, by: Acting, at: datetime) -> None:
        self.must_have_phases()
        self._must_be_active_in(year)
        self._must_follow(year, phase)
        self.trigger(events.PhaseSet(year=year, phase=phase, reason=reason, by=by, at=at))

    def check_website(
        self, items: Mapping[WebsiteItem, WebsiteStatus], *, on: date, today: date, by: Acting, at: datetime
    ) -> None:
        self.must_not_have_ended(today)
        self.trigger(events.WebsiteChecked(items=dict(items), on=on, by=by, at=at))

    def came_from(
        self, older: Unit, relation: Relation, ancestors: Collection[UUID], *, on: date, by: Acting, at: datetime
    ) -> None:
        """Both units learn of it; ``ancestors`` are all that ``older`` came from, itself included."""
        self._must_not_be_among(ancestors)
        self._must_not_be_linked_to(older.id)
        self.trigger(events.CameFrom(link=Link(relation, older.id, on), by=by, at=at))
        older.trigger(events.BecameAnother(link=Link(relation, self.id, on), by=by, at=at))

    def end(self, on: date, reason: str, *, today: date, by: Acting, at: datetime) -> None:
        """A last day that is planned can be moved until it has passed."""
        self.must_not_have_ended(today)
        if on < self.state.active_from:
            raise EndBeforeStart(f"the unit began on {self.state.active_from}")
        self.trigger(events.Ended(on=on, reason=reason, by=by, at=at))

    # The rules.

    def must_not_have_ended(self, today: date) -> None:
        if self.state.ended_on is not None and self.state.ended_on < today:
            raise UnitHasEnded(f"unit {self.state.code} ended on {self.state.ended_on}")

    def must_have_phases(self) -> None:
        if self.state.kind is not Kind.NATIONAL_COMPETENCE_SERVICE:
            raise PhaseNotForKind(f"a {self.state.kind} has no phases")

    def must_be_found(self, since: date) -> None:
        """Refuse to record as found what began when the unit was in this register already."""
        if since >= self.state.registered_on:
            raise NotBeforeTheRegister(f"the unit is in this register since {self.state.registered_on}")

    def _must_be_of_the_past(self, decision: Decision) -> None:
        """History tells what was before; it takes the place of nothing that is known to be in force."""
        known = (description.decision.valid_from for description in self.state.descriptions)
        before = max(known, default=self.state.registered_on)
        if decision.valid_from >= before:
            raise NotHistoric(f"a historic description was valid before {before}", before=before)

    def _must_be_active_in(self, year: int) -> None:
        if self.state.ended_on is not None and self.state.ended_on.year < year:
            raise UnitHasEnded(f"unit {self.state.code} ended on {self.state.ended_on}")
        if year < self.state.active_from.year:
            raise PhaseOutOfOrder(f"the unit began in {self.state.active_from.year}")

    def _must_follow(self, year: int, phase: Phase) -> None:
        order = list(Phase)
        for other, known in self.state.phases.items():
            earlier, later = (known.phase, phase) if other < year else (phase, known.phase)
            if other != year and (earlier is Phase.FINAL or order.index(earlier) > order.index(later)):
                raise PhaseOutOfOrder(f"{year} cannot be {phase}: {other} is {known.phase}", year=other)

    def _must_not_be_among(self, ancestors: Collection[UUID]) -> None:
        if self.id in ancestors:
            raise LineageCycle("the older unit is this unit itself, or came from it")

    def _must_not_be_linked_to(self, other: UUID) -> None:
        if any(link.unit_id == other for link in self.state.older):
            raise AlreadyLinked("the two units are in one line already")


def _must_fit_function(unit: Registration) -> None:
    has_one = unit.kind is Kind.NATIONAL_COMPETENCE_SERVICE
    if unit.function is None and has_one and unit.imported:
        return
    if has_one != (unit.function is not None):
        raise FunctionMismatch("a national competence service has a function, and no other kind has one")
