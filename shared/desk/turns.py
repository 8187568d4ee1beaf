"""What waits for the desk's one writer: a command, something heard, rows to keep; each is told its own answer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Protocol
from uuid import UUID

import msgspec

from shared.desk.unit import Command, Done, HeardElsewhere, KeyReused, UnitOfWork
from shared.domain import NO_COMMAND, identity
from shared.eventstore import Change, EventStore, Outcome, Receipt, Tracking

_written = json.JSONEncoder(default=str).encode


class Turn(Protocol):
    """One that waits, until it is told."""

    told: asyncio.Future[Any]
    stale: int
    """How often it was decided on what another process, or the work before it, had not left so."""
    perhaps_done: bool
    """Whether it is looked for in the store before it is decided, because it may be recorded already."""
    withheld: bool
    """Whether its work was not tried, because another one of its batch was done before: then it was looked for."""
    alone: bool
    """Whether its work must share a transaction with no other, because one that it shared failed."""
    topics: frozenset[str] | None
    """What kinds of events were recorded for it; None while nobody can say."""

    @property
    def as_new(self) -> bool:
        """Whether it is decided though nobody has looked if it was done before."""
        ...

    @property
    def key(self) -> object:
        """What only one of a batch may have, for the next must know what became of it; None when all may."""
        ...

    @property
    def cause(self) -> UUID:
        """What its events are marked with."""
        ...

    @property
    def trace(self) -> str: ...

    def known(self, store: EventStore) -> Any:
        """What to tell without deciding, because it is recorded already; None when it is not."""
        ...

    def decide(self, unit: UnitOfWork) -> Mapping[str, Any]:
        """Decide; what the work holds beside events and rows."""
        ...

    def done(self, receipt: Receipt) -> Any:
        """What to tell when the work was recorded."""
        ...

    def found(self, store: EventStore) -> Any:
        """What to tell when it is recorded after all, though nobody said so; None when it is not."""
        ...


class _Waiter:
    """Made in the event loop of whoever waits."""

    key: object = None
    cause = NO_COMMAND
    trace = ""
    perhaps_done = withheld = alone = False
    topics: frozenset[str] | None = None

    def __init__(self) -> None:
        self.told: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self.stale = 0

    @property
    def as_new(self) -> bool:
        return False


class Asked(_Waiter):
    """A command of somebody."""

    def __init__(self, command: Command) -> None:
        super().__init__()
        self.command, self.key = command, command.id
        self.cause, self.trace = command.id, command.trace

    @property
    def as_new(self) -> bool:
        return not (self.perhaps_done or self.withheld)

    def known(self, store: EventStore) -> Done | None:
        return answered(store.outcome(self.command.id), self.command.digest)

    def decide(self, unit: UnitOfWork) -> Mapping[str, Any]:
        self._answer = _written(self.command.decide(unit))
        outcome = Outcome(self.command.id, self.command.digest, self._answer)
        return {"outcome": outcome, "as_new": self.as_new}

    def done(self, receipt: Receipt) -> Done:
        return Done(msgspec.json.decode(self._answer), receipt.positions[-1] if receipt.positions else None)

    def found(self, store: EventStore) -> Done | None:
        with suppress(KeyReused):
            return self.known(store)
        return None


class Heard(_Waiter):
    """What a speaker said up to a position."""

    perhaps_done = True

    def __init__(self, upto: Tracking, decide: Callable[[UnitOfWork], None], trace: str, after: int | None) -> None:
        super().__init__()
        self.key, self.trace = upto.application_name, trace
        self.cause = identity("heard", upto.application_name, upto.notification_id)
        self._upto, self._decide, self._after = upto, decide, after

    def known(self, store: EventStore) -> bool | None:
        tracked = store.tracked(self._upto.application_name)
        if tracked >= self._upto.notification_id:
            return False
        if self._after not in (None, tracked):
            raise HeardElsewhere(f"{self._upto.application_name} was heard up to {tracked}, not {self._after}")
        return None

    def decide(self, unit: UnitOfWork) -> Mapping[str, Any]:
        self._decide(unit)
        return {"tracking": self._upto, "tracked_before": self._after}

    def done(self, receipt: Receipt) -> bool:
        return True

    def found(self, store: EventStore) -> bool | None:
        return True if store.tracked(self._upto.application_name) >= self._upto.notification_id else None


class Kept(_Waiter):
    """Rows that follow from no history."""

    def __init__(self, changes: Sequence[Change]) -> None:
        super().__init__()
        self._changes = changes

    def known(self, store: EventStore) -> None:
        """They may be written as often as one likes."""

    def decide(self, unit: UnitOfWork) -> Mapping[str, Any]:
        unit.change(*self._changes)
        return {}

    def done(self, receipt: Receipt) -> bool:
        return True

    def found(self, store: EventStore) -> None:
        """Nothing tells it from rows that somebody else wrote."""


def answered(before: Outcome | None, digest: bytes) -> Done | None:
    """What was answered to the command that is asked again; :class:`KeyReused` when its key belongs to another."""
    if before is None:
        return None
    if before.digest != digest:
        raise KeyReused("this Idempotency-Key was used for another request")
    return Done(msgspec.json.decode(before.answer), before.position, repeated=True)
