"""What is recorded now, looked at before a text is sealed: nobody makes a key by asking for what is not theirs."""

from __future__ import annotations

from typing import Any, Protocol, TypeVar
from uuid import UUID

from services.registry.views.queries import Reads
from shared.domain import Aggregate
from shared.eventstore import EventStore
from shared.history import state_at

A = TypeVar("A", bound=Aggregate[Any])


class Known(Reads, Protocol):
    """Whatever knows things and rows: a unit of work in the writer, or a look at the store before it."""

    def get(self, cls: type[A], thing_id: UUID) -> A: ...


class Look:
    """The store as it is, asked as a decision asks its unit of work."""

    def __init__(self, store: EventStore) -> None:
        self._store, self.rows = store, store.rows

    def get(self, cls: type[A], thing_id: UUID) -> A:
        """The thing as it is now; :class:`NotFound` when it has no history."""
        return state_at(self._store, cls, thing_id)
