"""The words every domain file is written with: an event that happened, a thing with a history, a refusal.

Nothing here knows a database, a web request or a broker.  An :class:`Event` is a plain frozen value; which
aggregate it belongs to and at which version stands in its :class:`Recorded` envelope.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, ClassVar, Generic, Self, TypeVar
from uuid import NAMESPACE_URL, UUID, uuid5

import msgspec

NAMESPACE = uuid5(NAMESPACE_URL, "urn:aarring")
NO_COMMAND = UUID(int=0)


def identity(kind: str, *natural_key: object) -> UUID:
    """The id of a thing that is unique by nature (a unit by its code, a report by unit and year)."""
    return uuid5(NAMESPACE, "/".join([kind, *map(str, natural_key)]))


class Acting(msgspec.Struct, frozen=True, kw_only=True):
    """Who did it: the person or machine, in which role, by which assignment, on behalf of which organisation."""

    subject: str
    role: str
    assignment_id: UUID | None = None
    on_behalf_of: str | None = None

    @property
    def person_id(self) -> UUID | None:
        """The person behind the act, or None when a machine or the system itself acted."""
        return None if ":" in self.subject or "-" not in self.subject else UUID(self.subject)


class Sealed(msgspec.Struct, frozen=True):
    """A text nobody reads without its key: the key's subject and generation, the bytes, and what may be known.

    ``length`` is the number of characters, so that limits and emptiness can be judged without the text.
    """

    subject: str
    generation: int
    sealed: bytes
    length: int


class Refused(Exception):
    """A rule of the domain said no.  Nothing has changed.

    ``place`` names what was sent that is at fault, where the refusal itself says which part of a request that is.
    """

    code: ClassVar[str] = "refused"
    place: ClassVar[str] = ""

    def __init__(self, detail: str, **facts: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.facts = facts


class NotFound(Refused):
    """There is no such thing, or it is not for the asker to know of it."""

    code = "not_found"


class ChangedMeanwhile(Refused):
    """Somebody else was first; ``facts`` carries what stands now."""

    code = "changed_meanwhile"
    place = "base_version"


class StaleVersion(ChangedMeanwhile):
    """The change is based on an older version; ``facts`` carries both."""

    code = "stale_version"
    place = "header:if-match"


EVENTS: dict[str, type[Event]] = {}
"""Every event that can be read from a log, by its topic, which never changes."""

AGGREGATES: dict[str, type[Aggregate[Any]]] = {}
"""Every kind of thing with a history, by its topic."""


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened.  Never changed, never removed.

    ``at`` is the instant the request reached the service (UTC); ``command_id`` and ``trace`` say which request
    caused it and are stamped by the desk.  A class without a ``TOPIC`` of its own fails at import.
    """

    TOPIC: ClassVar[str]
    class_version: ClassVar[int] = 1

    at: datetime
    by: Acting
    command_id: UUID = NO_COMMAND
    trace: str = ""

    def __init_subclass__(cls, **config: Any) -> None:
        super().__init_subclass__(**config)
        topic = cls.__dict__.get("TOPIC")
        if not topic:
            raise TypeError(f"{cls.__qualname__} needs a TOPIC of its own")
        known = EVENTS.setdefault(topic, cls)
        if (known.__module__, known.__qualname__) != (cls.__module__, cls.__qualname__):
            raise TypeError(f"topic {topic} already belongs to {known.__qualname__}")
        # msgspec builds a struct's class twice (second time with slots); the later one is the real one.
        EVENTS[topic] = cls

    def begin(self) -> Any:
        """The state a thing has after its first event."""
        raise TypeError(f"{type(self).__qualname__} cannot be a first event")

    def apply(self, state: Any) -> None:
        """Change ``state`` to what it is after this event.  Never refuses."""


class Recorded(msgspec.Struct, frozen=True):
    """An event with its place: which aggregate, which version."""

    originator_id: UUID
    originator_version: int
    event: Event


class State(msgspec.Struct, kw_only=True):
    """All an aggregate knows.  ``STATE_VERSION`` rises when the meaning of the fields changes."""

    STATE_VERSION: ClassVar[int] = 1


S = TypeVar("S", bound=State)


class Aggregate(Generic[S]):
    """A thing with a history: a state that only its events change, and commands that may refuse."""

    TOPIC: ClassVar[str]
    STATE: ClassVar[type[State]]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.__dict__.get("TOPIC"):
            AGGREGATES[cls.TOPIC] = cls

    def __init__(self, id: UUID, version: int, state: S) -> None:
        self.id = id
        self.version = version
        self.state = state
        self._pending: list[Recorded] = []

    @classmethod
    def begin(cls, id: UUID, first: Event) -> Self:
        """A new thing whose history starts with ``first``."""
        thing = cls(id, 1, first.begin())
        thing._pending.append(Recorded(id, 1, first))
        return thing

    @classmethod
    def fold(cls, history: Iterable[Recorded], onto: Self | None = None) -> Self | None:
        """The thing its history makes it; continues from ``onto`` (a snapshot) when given."""
        thing = onto
        for recorded in history:
            if thing is None:
                thing = cls(recorded.originator_id, recorded.originator_version, recorded.event.begin())
            else:
                recorded.event.apply(thing.state)
                thing.version = recorded.originator_version
        return thing

    def trigger(self, event: Event) -> None:
        """Let ``event`` happen: it changes the state now and is recorded when the command is done."""
        event.apply(self.state)
        self.version += 1
        self._pending.append(Recorded(self.id, self.version, event))

    @property
    def pending(self) -> Sequence[Recorded]:
        """What has happened and is not recorded yet."""
        return tuple(self._pending)

    @property
    def has_pending(self) -> bool:
        return bool(self._pending)

    def collect_events(self) -> Sequence[Recorded]:
        """The events since the last collection; they are handed over once."""
        pending, self._pending = self._pending, []
        return pending


def kind_of(event: Event) -> type[Aggregate[Any]]:
    """The kind of thing an event happens to."""
    return AGGREGATES[event.TOPIC.rsplit(".", 1)[0]]
