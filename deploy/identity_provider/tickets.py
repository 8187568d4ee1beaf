"""What counts for a while, and once: pushed requests, codes, and the names of signed statements."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from typing import Generic, TypeVar

V = TypeVar("V")
Now = Callable[[], float]


class Tickets(Generic[V]):
    """Values handed out under names nobody can guess, each good for some seconds."""

    def __init__(self, prefix: str, seconds: float, now: Now = time.time) -> None:
        self.seconds = seconds
        self._prefix, self._now = prefix, now
        self._given: dict[str, tuple[float, V]] = {}

    def give(self, value: V) -> str:
        """A new ticket for the value."""
        self._forget()
        ticket = self._prefix + secrets.token_urlsafe(32)
        self._given[ticket] = (self._now() + self.seconds, value)
        return ticket

    def look(self, ticket: str) -> V | None:
        """What the ticket is for, while it counts."""
        self._forget()
        found = self._given.get(ticket)
        return found[1] if found else None

    def take(self, ticket: str) -> V | None:
        """The same, and it counts no more."""
        found = self.look(ticket)
        self._given.pop(ticket, None)
        return found

    def _forget(self) -> None:
        now = self._now()
        for ticket in [ticket for ticket, (until, _) in self._given.items() if until < now]:
            del self._given[ticket]


class Seen:
    """The names of statements that were used, so that none is used again while it would still count."""

    def __init__(self, now: Now = time.time) -> None:
        self._now = now
        self._until: dict[str, float] = {}

    def first(self, name: str, until: float) -> bool:
        """Whether this is the first time the name is seen; it is remembered until then."""
        now = self._now()
        for old in [old for old, over in self._until.items() if over < now]:
            del self._until[old]
        if name in self._until:
            return False
        self._until[name] = until
        return True
