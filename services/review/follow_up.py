"""Something about a unit that must be followed up: raised by a region, open until it is done, carried on by year."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from shared.access import NotAllowed
from shared.domain import Acting, Aggregate, Event, Refused, Sealed, State


class Category(StrEnum):
    """What a follow-up point is about: a criterion, how the reference group fares, the website, something else."""

    EQUAL_ACCESS = "equal_access"
    RESULTS = "results"
    ACTIVITY_TOWARDS_REGIONS = "activity_towards_regions"
    RESEARCH = "research"
    REFERENCE_GROUP = "reference_group"
    GROUP_COMMENTS_ON_REPORT = "comments_on_report"
    GROUP_DOES_NOT_FUNCTION = "does_not_function"
    GROUP_CANNOT_FIND_MEMBERS = "cannot_find_members"
    GROUP_POOR_COOPERATION = "poor_cooperation"
    GROUP_WRONG_COMPOSITION = "wrong_composition"
    WEBSITE = "website"
    OTHER = "other"


class Level(StrEnum):
    """Who has to do with it: the unit's region, or all four."""

    REGIONAL = "regional"
    NATIONAL = "national"


class Status(StrEnum):
    """Open until closed; carried when it goes on in a later year than it was raised in."""

    OPEN = "open"
    CARRIED = "carried"
    CLOSED = "closed"


class FollowUpState(State, kw_only=True):
    """A follow-up point; ``year`` is the one it was raised in, ``current_year`` the one it counts in now."""

    unit_id: UUID
    year: int
    current_year: int
    region: str
    category: Category
    level: Level
    text: Sealed
    owner: UUID | None
    due: date | None
    status: Status = Status.OPEN
    outcome: Sealed | None = None
    closed_at: datetime | None = None


class FollowUpIsClosed(Refused):
    """What is done stays done; raise a new point instead."""

    code = "follow_up_is_closed"


class NotTheNextYear(Refused):
    """A point is carried from one year to the next, once for each."""

    code = "not_the_next_year"
    place = "to_year"


class NotYourFollowUp(NotAllowed):
    """A follow-up point is kept by the region that raised it."""

    code = "not_your_follow_up"


class FollowUp(Aggregate[FollowUpState]):
    """One point about one unit."""

    TOPIC = "review.FollowUp"
    STATE = FollowUpState

    # What can happen, and what it changes.

    class Raised(Event, frozen=True, kw_only=True):
        """A region found something that must be followed up."""

        TOPIC: ClassVar[str] = "review.FollowUp.Raised"
        unit_id: UUID
        year: int
        region: str
        category: Category
        level: Level
        text: Sealed
        owner: UUID | None
        due: date | None

        def begin(self) -> FollowUpState:
            return FollowUpState(
                unit_id=self.unit_id,
                year=self.year,
                current_year=self.year,
                region=self.region,
                category=self.category,
                level=self.level,
                text=self.text,
                owner=self.owner,
                due=self.due,
            )

    class Planned(Event, frozen=True, kw_only=True):
        """Somebody else is to see to it, or by another date."""

        TOPIC: ClassVar[str] = "review.FollowUp.Planned"
        owner: UUID | None
        due: date | None

        def apply(self, state: FollowUpState) -> None:
            state.owner, state.due = self.owner, self.due

    class Closed(Event, frozen=True, kw_only=True):
        """It is done; ``outcome`` says how."""

        TOPIC: ClassVar[str] = "review.FollowUp.Closed"
        unit_id: UUID
        outcome: Sealed

        def apply(self, state: FollowUpState) -> None:
            state.status, state.outcome, state.closed_at = Status.CLOSED, self.outcome, self.at

    class Carried(Event, frozen=True, kw_only=True):
        """It goes on in the next year, and is shown beside that year's form."""

        TOPIC: ClassVar[str] = "review.FollowUp.Carried"
        unit_id: UUID
        to_year: int

        def apply(self, state: FollowUpState) -> None:
            state.status, state.current_year = Status.CARRIED, self.to_year

    # What may be asked of it.

    @classmethod
    def raise_for(cls, id: UUID, region: str, *, by: Acting, at: datetime, **point: Any) -> FollowUp:
        """A new point, raised by a region; ``point`` holds the other fields of :class:`Raised`."""
        _must_act_for(region, by)
        return cls.begin(id, cls.Raised(at=at, by=by, region=region, **point))

    def plan(self, owner: UUID | None, due: date | None, *, by: Acting, at: datetime) -> None:
        """Say who sees to it, and by when; the same again changes nothing."""
        self._must_be_ours_and_open(by)
        if (owner, due) != (self.state.owner, self.state.due):
            self.trigger(self.Planned(at=at, by=by, owner=owner, due=due))

    def close(self, outcome: Sealed, *, by: Acting, at: datetime) -> None:
        """It is done."""
        self._must_be_ours_and_open(by)
        self.trigger(self.Closed(at=at, by=by, unit_id=self.state.unit_id, outcome=outcome))

    def carry(self, to_year: int, *, by: Acting, at: datetime) -> None:
        """Let it go on in the year after the one it counts in."""
        self._must_be_ours_and_open(by)
        self._must_count_until(to_year)
        self.trigger(self.Carried(at=at, by=by, unit_id=self.state.unit_id, to_year=to_year))

    # The rules.

    def must_be_open(self) -> None:
        """Refuse once the point is closed."""
        if self.state.status is Status.CLOSED:
            raise FollowUpIsClosed("the point is closed", closed_at=self.state.closed_at)

    def _must_count_until(self, to_year: int) -> None:
        current = self.state.current_year
        if to_year != current + 1:
            raise NotTheNextYear(f"the point counts in {current} now", current_year=current)

    def _must_be_ours_and_open(self, by: Acting) -> None:
        _must_act_for(self.state.region, by)
        self.must_be_open()


def _must_act_for(region: str, by: Acting) -> None:
    if by.on_behalf_of != region:
        raise NotYourFollowUp(f"you act for {by.on_behalf_of}, not for {region}", region=region)
