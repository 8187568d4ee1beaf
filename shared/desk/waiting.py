"""The commands that wait for the desk's one writer or are with it, and since when."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from shared.desk.unit import StandingBy, Unavailable


class Waiting:
    """Counted in the service's own loop; asked from any thread."""

    def __init__(self) -> None:
        self._since: dict[object, float] = {}
        self.turned_away = 0

    def __len__(self) -> int:
        return len(self._since)

    @property
    def longest(self) -> float:
        """How many seconds the oldest has waited; 0 when nobody waits."""
        now = time.monotonic()
        return max((now - since for since in list(self._since.values())), default=0.0)

    @contextmanager
    def one(self, room_for: int) -> Iterator[None]:
        """One command while it waits; :class:`Unavailable` when as many as there is room for do."""
        ticket = object()
        try:
            if len(self) >= room_for:
                raise Unavailable("too many commands are waiting")
            self._since[ticket] = time.monotonic()
            yield
        except Unavailable as why:
            # What stands by turns everybody away, as it should.
            self.turned_away += not isinstance(why, StandingBy)
            raise
        finally:
            self._since.pop(ticket, None)
