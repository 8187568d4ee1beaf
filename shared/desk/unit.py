"""What somebody asks for, and what a decision about it has in hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, TypeVar
from uuid import UUID

import msgspec
from eventsourcing.persistence import PersistenceError
from sqlalchemy import Select

from shared.desk.row_cache import Found
from shared.domain import NO_COMMAND, Aggregate, NotFound, Refused
from shared.eventstore import Change, EventStore, StoreFull

A = TypeVar("A", bound=Aggregate[Any])
Read = Callable[[Select[Any], Mapping[str, object]], Found]


class Hot(Protocol):
    """Gives a thing as it is now, from memory or from the store."""

    def __call__(self, cls: type[A], thing_id: UUID) -> A | None: ...


class CommitFirst(BaseException):
    """What is asked for depends on works that are decided and not recorded: record them, then decide again.

    It is no fault of the decision, so it passes through whatever one catches.
    """


class StoreAway(BaseException):
    """The store does not answer: all who wait are told so at once, not each after having tried it for itself."""

    def __init__(self, fault: PersistenceError) -> None:
        super().__init__(str(fault))
        self.fault = fault


class KeyReused(Refused):
    """The idempotency key was used before for another request."""

    code: ClassVar[str] = "key_reused"
    place: ClassVar[str] = "header:idempotency-key"


class HeardElsewhere(Exception):
    """Another reader has taken in what this one was about to; it looks anew how far the hearing has come."""


class Unavailable(Exception):
    """The service cannot write now; the same request with the same key may be sent again after a while."""

    code: ClassVar[str] = "unavailable"
    retry_after: ClassVar[int] = 2
    """Seconds until asking again may help."""


class StandingBy(Unavailable):
    """Another process of this service does the writing; this one takes over when that one is gone."""

    code = "standing_by"


class StorageFull(Unavailable):
    """There is no room left to record anything; what was recorded can be read, and writing goes on when there is."""

    code = "storage_full"
    retry_after = 30


class HistoryBehind(Unavailable):
    """The store was put back and lacks what others have heard: nothing may be added until the operator decides."""

    code = "history_behind"
    retry_after = 30


def of_database(fault: PersistenceError) -> Unavailable:
    """What to tell whoever asked for something that the database could not do."""
    if isinstance(fault, StoreFull):
        return StorageFull("There is no room left to record anything.")
    return Unavailable("The database does not answer.")


@dataclass(frozen=True)
class Command:
    """What somebody asks for.  ``decide`` runs in the writer and answers with ids, states and versions."""

    id: UUID
    digest: bytes
    decide: Callable[[UnitOfWork], Mapping[str, Any]]
    trace: str = ""


@dataclass(frozen=True)
class Done:
    """A command's answer; ``repeated`` when it had been done before."""

    answer: dict[str, Any]
    position: int | None = None
    repeated: bool = False


class UnitOfWork:
    """What one decision has in hand: the things it asks for, the rows it reads, the changes it makes."""

    def __init__(self, hot: Hot, read: Read, recorded: Callable[[], EventStore]) -> None:
        self._hot, self._read, self._recorded = hot, read, recorded
        self.reads = 0
        self.remembers = False
        self._things: dict[UUID, Aggregate[Any]] = {}
        self._changes: list[Change] = []

    def find(self, cls: type[A], thing_id: UUID) -> A | None:
        """The thing as it is now, or None when it has no history."""
        thing = self._things.get(thing_id) or self._hot(cls, thing_id)
        if thing is None:
            return None
        if not isinstance(thing, cls):
            raise TypeError(f"{thing_id} is a {type(thing).__name__}, not a {cls.__name__}")
        self._things[thing_id] = thing
        return thing

    def get(self, cls: type[A], thing_id: UUID) -> A:
        """The thing as it is now; :class:`NotFound` when it has no history."""
        thing = self.find(cls, thing_id)
        if thing is None:
            raise NotFound(f"there is no {cls.__name__.lower()} {thing_id}")
        return thing

    def add(self, thing: A) -> A:
        """A new thing, recorded with the rest of the work."""
        self._things[thing.id] = thing
        return thing

    def change(self, *changes: Change) -> None:
        """Rows of read models to be written in the same transaction."""
        self._changes.extend(changes)

    def rows(self, query: Select[Any], **named: object) -> list[dict[str, Any]]:
        """What the read models say with everything decided before; ``reads`` counts how often they were asked.

        The answer to a query with named values may be remembered from a batch before; ``remembers`` says whether one
        was.
        """
        self.reads += 1
        found = self._read(query, named)
        self.remembers = self.remembers or found.remembered
        return found.rows

    @property
    def store(self) -> EventStore:
        """The store, when everything decided before is in it."""
        return self._recorded()

    @property
    def changes(self) -> list[Change]:
        """The rows to be written with the work."""
        return self._changes

    def things(self) -> list[Aggregate[Any]]:
        """The things the decision has looked at or made."""
        return list(self._things.values())

    @property
    def changes_anything(self) -> bool:
        """Whether this work writes something yet."""
        return bool(self._changes or self.touched())

    def caused_by(self, cause: UUID, trace: str) -> None:
        """Mark what has happened since the last mark with the request or contract that caused it."""
        for event in (recorded.event for thing in self.touched() for recorded in thing.pending):
            if event.command_id == NO_COMMAND:
                msgspec.structs.force_setattr(event, "command_id", cause)
                msgspec.structs.force_setattr(event, "trace", trace)

    def touched(self) -> list[Aggregate[Any]]:
        """The things that have new events."""
        return [thing for thing in self._things.values() if thing.has_pending]
