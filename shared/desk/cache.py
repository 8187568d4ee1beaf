"""The things in use, as they are with everything that was decided on them so far."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from shared.domain import Aggregate


class Cache:
    """Belongs to the writer; what was not used for longest goes first."""

    def __init__(self) -> None:
        self._things: OrderedDict[UUID, Aggregate[Any]] = OrderedDict()

    def get(self, thing_id: UUID) -> Aggregate[Any] | None:
        """The thing, if it is in use."""
        thing = self._things.get(thing_id)
        if thing is not None:
            self._things.move_to_end(thing_id)
        return thing

    def keep(self, things: Iterable[Aggregate[Any]]) -> None:
        """Have things at hand, whatever stood there before."""
        for thing in things:
            self._things[thing.id] = thing
            self._things.move_to_end(thing.id)

    def evict(self, things: Iterable[Aggregate[Any]]) -> None:
        """Drop things that are not, or may not be, as they are recorded."""
        for thing in things:
            self._things.pop(thing.id, None)

    def shrink(self, most: int) -> None:
        """Keep no more than so many."""
        while len(self._things) > most:
            self._things.popitem(last=False)

    def clear(self) -> None:
        """Drop everything: another process may change it from now on."""
        self._things.clear()
