"""The annual cycle: planned with its dates, opened in one sweep, its deadline moved only openly."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from shared.domain import Acting, Aggregate, Event, Refused, State, identity

_OSLO = ZoneInfo("Europe/Oslo")


class Dates(msgspec.Struct, frozen=True, kw_only=True):
    """When a cycle happens.

    ``recommended_on`` is a date by which the unit's part should be done, so that the group can answer; ``deadline``
    and ``grace_until`` are instants (UTC), meant in Europe/Oslo; ``opens_at`` is when the sweep happens by itself.
    """

    recommended_on: date
    deadline: datetime
    grace_until: datetime
    opens_at: datetime | None = None


class Pin(msgspec.Struct, frozen=True):
    """The template version a key means for one year."""

    key: str
    version: int


class CycleState(State):
    """A year's cycle."""

    year: int
    dates: Dates
    opened_at: datetime | None = None
    pins: tuple[Pin, ...] = ()


class DeadlineInThePast(Refused):
    """A deadline is something to come."""

    code = "deadline_in_the_past"


class DatesOutOfOrder(Refused):
    """First the opening, then the recommended date, the deadline and the end of the grace."""

    code = "dates_out_of_order"


class CycleIsOpen(Refused):
    """What is done once, before or at the opening, is not done again."""

    code = "cycle_is_open"


class CycleIsNotOpen(Refused):
    """Reports exist only in a cycle that has been opened."""

    code = "cycle_is_not_open"


class Cycle(Aggregate[CycleState]):
    """The reporting of one year."""

    TOPIC = "reporting.Cycle"
    STATE = CycleState

    # What can happen, and what it changes.

    class Planned(Event, frozen=True, kw_only=True):
        """The desks decided the dates."""

        TOPIC: ClassVar[str] = "reporting.Cycle.Planned"
        year: int
        dates: Dates

        def begin(self) -> CycleState:
            return CycleState(year=self.year, dates=self.dates)

    class Rescheduled(Event, frozen=True, kw_only=True):
        """The dates were moved for everybody; extensions given to single reports stand."""

        TOPIC: ClassVar[str] = "reporting.Cycle.Rescheduled"
        year: int
        dates: Dates
        reason: str

        def apply(self, state: CycleState) -> None:
            state.dates = self.dates

    class Opened(Event, frozen=True, kw_only=True):
        """The reports were opened in one sweep, by the template versions pinned here."""

        TOPIC: ClassVar[str] = "reporting.Cycle.Opened"
        year: int
        pins: tuple[Pin, ...]
        reports: int

        def apply(self, state: CycleState) -> None:
            state.opened_at = self.at
            state.pins = self.pins

    # What may be asked of it.

    @staticmethod
    def identify(year: int) -> UUID:
        """A cycle is unique by its report year."""
        return identity("cycle", year)

    @classmethod
    def plan(cls, year: int, dates: Dates, *, by: Acting, at: datetime) -> Cycle:
        """A year's cycle with its dates."""
        _must_be_in_order(dates, at)
        return cls.begin(cls.identify(year), cls.Planned(at=at, by=by, year=year, dates=dates))

    def reschedule(self, dates: Dates, reason: str, *, by: Acting, at: datetime) -> None:
        """Move the dates for everybody."""
        _must_be_in_order(dates, at)
        if self.state.opened_at and dates.opens_at != self.state.dates.opens_at:
            raise CycleIsOpen(f"the cycle of {self.state.year} was opened already", opened_at=self.state.opened_at)
        self.trigger(self.Rescheduled(at=at, by=by, year=self.state.year, dates=dates, reason=reason))

    def open(self, pins: tuple[Pin, ...], reports: int, *, by: Acting, at: datetime) -> None:
        """Open it once, for good."""
        if self.state.opened_at:
            raise CycleIsOpen(f"the cycle of {self.state.year} was opened already", opened_at=self.state.opened_at)
        self.trigger(self.Opened(at=at, by=by, year=self.state.year, pins=pins, reports=reports))

    def must_be_open(self) -> None:
        """Refuse unless reports may exist in it."""
        if self.state.opened_at is None:
            raise CycleIsNotOpen(f"the cycle of {self.state.year} has not been opened")


# The rules.


def _must_be_in_order(dates: Dates, at: datetime) -> None:
    if dates.deadline <= at:
        raise DeadlineInThePast(
            "the deadline has passed already",
            errors=[{"code": "in_the_past", "pointer": "/deadline", "detail": dates.deadline.isoformat()}],
        )
    if dates.grace_until < dates.deadline:
        raise _out_of_order("/grace_until", "the grace ends before the deadline")
    if dates.recommended_on > dates.deadline.astimezone(_OSLO).date():
        raise _out_of_order("/recommended_on", "the recommended date is after the deadline")
    if dates.opens_at and dates.opens_at >= dates.deadline:
        raise _out_of_order("/opens_at", "the opening is after the deadline")


def _out_of_order(pointer: str, detail: str) -> DatesOutOfOrder:
    return DatesOutOfOrder(detail, errors=[{"code": "out_of_order", "pointer": pointer, "detail": detail}])
