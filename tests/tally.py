"""The smallest thing with a history: a tally with its row and the commands on it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import UUID, uuid4

import msgspec
from sqlalchemy import BigInteger, Column, MetaData, Table, Text

from shared.desk import Command, UnitOfWork
from shared.domain import Acting, Aggregate, Event, Recorded, Refused, State, identity
from shared.eventstore import Change, Put

NOON = datetime(2026, 1, 20, 12, 0, tzinfo=UTC)
SOMEBODY = Acting(subject=str(UUID(int=7)), role="auditor")

METADATA = MetaData()
TALLIES = Table(
    "tallies", METADATA, Column("id", Text, primary_key=True), Column("total", BigInteger, nullable=False)
)


class TallyIsClosed(Refused):
    """Nothing is added to it any more."""

    code = "tally_is_closed"


class TallyState(State):
    """The sum, and what it was made of."""

    total: int = 0
    added: list[str] = msgspec.field(default_factory=list)
    closed: bool = False


class Tally(Aggregate[TallyState]):
    """Something that is counted."""

    TOPIC = "test.Tally"
    STATE = TallyState

    class Begun(Event, frozen=True, kw_only=True):
        """The counting began."""

        TOPIC: ClassVar[str] = "test.Tally.Begun"

        def begin(self) -> TallyState:
            return TallyState()

    class Added(Event, frozen=True, kw_only=True):
        """Something was counted."""

        TOPIC: ClassVar[str] = "test.Tally.Added"
        amount: int
        label: str = ""

        def apply(self, state: TallyState) -> None:
            state.total += self.amount
            state.added.append(self.label)

    class Closed(Event, frozen=True, kw_only=True):
        """The counting ended."""

        TOPIC: ClassVar[str] = "test.Tally.Closed"

        def apply(self, state: TallyState) -> None:
            state.closed = True

    class Reopened(Event, frozen=True, kw_only=True):
        """The counting goes on."""

        TOPIC: ClassVar[str] = "test.Tally.Reopened"

        def apply(self, state: TallyState) -> None:
            state.closed = False

    def add(self, amount: int, label: str = "") -> None:
        """Count something."""
        if self.state.closed:
            raise TallyIsClosed("it was closed", total=self.state.total)
        self.trigger(self.Added(at=NOON, by=SOMEBODY, amount=amount, label=label))

    def close(self) -> None:
        """End the counting."""
        self.trigger(self.Closed(at=NOON, by=SOMEBODY))

    def reopen(self) -> None:
        """Go on counting."""
        self.trigger(self.Reopened(at=NOON, by=SOMEBODY))


def begun() -> Tally.Begun:
    """The first event of a tally; a new one each time, since the desk marks it with its request."""
    return Tally.Begun(at=NOON, by=SOMEBODY)


def tally_id(name: str = "one") -> UUID:
    """The tally of a name."""
    return identity("tally", name)


def row_of(thing: Aggregate[Any]) -> Iterable[Change]:
    """A tally's row, true the moment it has changed."""
    return [Put(TALLIES, {"id": str(thing.id), "total": thing.state.total})]


def on_tally(unit: UnitOfWork, name: str = "one") -> Tally:
    """The tally of a name, begun if need be."""
    return unit.find(Tally, tally_id(name)) or unit.add(Tally.begin(tally_id(name), begun()))


def command(
    decide: Callable[[UnitOfWork], Mapping[str, Any]], key: UUID | None = None, request: str = "", trace: str = ""
) -> Command:
    """What somebody asks, under a key of its own unless one is given."""
    return Command(key or uuid4(), hashlib.sha256(request.encode()).digest(), decide, trace)


def adding(
    amount: int, label: str = "", name: str = "one", key: UUID | None = None, request: str = "", trace: str = ""
) -> Command:
    """Count something, and answer with the sum."""

    def decide(unit: UnitOfWork) -> Mapping[str, Any]:
        tally = on_tally(unit, name)
        tally.add(amount, label)
        return {"total": tally.state.total, "version": tally.version}

    return command(decide, key, request, trace)


def facts(amount: int, after: int, label: str = "", thing_id: UUID | None = None) -> list[Recorded]:
    """Events of a tally that stands at version ``after``: its beginning when that is 0, then one addition."""
    events: list[Event] = [] if after else [begun()]
    events.append(Tally.Added(at=NOON, by=SOMEBODY, amount=amount, label=label))
    return [Recorded(thing_id or tally_id(), version, e) for version, e in enumerate(events, start=after + 1)]
