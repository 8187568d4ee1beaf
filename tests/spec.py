"""Tests as sentences: given these facts, when this is asked, then this happens, or it is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from uuid import UUID, uuid4

from shared.domain import Aggregate, Event, Recorded, Refused
from shared.eventstore.mapper import EventMapper

A = TypeVar("A", bound=Aggregate[Any])
_mapper = EventMapper()


def given(cls: type[A], *history: Event, id: UUID | None = None) -> Given[A]:
    """A thing with this history, read back from the bytes it would be stored as."""
    thing_id = id or uuid4()
    recorded = [Recorded(thing_id, version, event) for version, event in enumerate(history, start=1)]
    read = [_mapper.to_domain_event(_mapper.to_stored_event(r)) for r in recorded]
    assert read == recorded, "what is stored is not what happened"
    thing = cls.fold(read)
    assert thing is not None, "a thing begins with its first event"
    return Given(thing)


def when_begun(begin: Callable[[], Aggregate[Any]]) -> Outcome:
    """A new thing is asked for."""
    try:
        return Outcome([r.event for r in begin().collect_events()])
    except Refused as refusal:
        return Outcome([], refusal)


@dataclass
class Given(Generic[A]):
    """A thing with a history, waiting to be asked."""

    thing: A

    def when(self, ask: Callable[[A], Any]) -> Outcome:
        """Ask it something."""
        try:
            ask(self.thing)
        except Refused as refusal:
            assert not self.thing.has_pending, "a refused command has changed something"
            return Outcome([], refusal)
        return Outcome([r.event for r in self.thing.collect_events()])


@dataclass
class Outcome:
    """What came of it."""

    events: list[Event]
    refusal: Refused | None = field(default=None)

    def then(self, *expected: Event) -> None:
        """Exactly these events happened; none of them means that nothing did."""
        if self.refusal is not None:
            raise AssertionError(f"refused: {self.refusal!r}") from self.refusal
        assert self.events == list(expected)

    def then_refused(self, kind: type[Refused], **facts: Any) -> None:
        """A rule said no, for this reason, telling these facts."""
        assert isinstance(self.refusal, kind), f"expected {kind.__name__}, got {self.refusal or self.events!r}"
        for name, value in facts.items():
            assert self.refusal.facts.get(name) == value, self.refusal.facts
