"""How an event becomes bytes a person can read, and an event again many years later."""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from eventsourcing.persistence import Mapper, StoredEvent, Transcoder

from shared.domain import EVENTS, Aggregate, Event, Recorded

_encode = msgspec.json.Encoder().encode
SNAPSHOT = "#state"
A = TypeVar("A", bound=Aggregate[Any])


class UnknownTopic(LookupError):
    """The log holds an event of a kind this version of the service does not know."""


class _NoTranscoder(Transcoder):
    """The library asks for a transcoder; msgspec goes from event to bytes in one step, without one."""

    def encode(self, obj: Any) -> bytes:
        raise TypeError("events are encoded whole")

    def decode(self, data: bytes) -> Any:
        raise TypeError("events are decoded whole")


@cache
def _decoder(event: type[Event]) -> msgspec.json.Decoder[Event]:
    return msgspec.json.Decoder(event)


@cache
def _version_mark(version: int) -> bytes:
    return b'{"v":%d,' % version


class EventMapper(Mapper[UUID]):
    """Maps recorded events to the library's stored events as JSON, ``{"v": class version, …fields}``.

    Topics are looked up among the declared events only; a stored topic never makes Python import anything.
    An event of an older class version is brought up to date by its ``upcast_v<n>_v<n+1>(fields)`` methods.
    """

    def __init__(self) -> None:
        super().__init__(transcoder=_NoTranscoder())

    def to_stored_event(self, domain_event: Recorded) -> StoredEvent:  # type: ignore[override]
        event = domain_event.event
        state = _version_mark(event.class_version) + _encode(event)[1:]
        return StoredEvent(domain_event.originator_id, domain_event.originator_version, event.TOPIC, state)

    def to_domain_event(self, stored_event: StoredEvent) -> Recorded:
        event = event_of(stored_event.topic, stored_event.state)
        return Recorded(uuid_of(stored_event), stored_event.originator_version, event)


def event_of(topic: str, state: bytes) -> Event:
    """The event that was stored as ``state``, brought up to date."""
    try:
        declared = EVENTS[topic]
    except KeyError:
        raise UnknownTopic(topic) from None
    if state.startswith(_version_mark(declared.class_version)):
        return _decoder(declared).decode(state)
    return _upcast(declared, msgspec.json.decode(state))


def uuid_of(stored: StoredEvent) -> UUID:
    """The aggregate's id; the library also knows text ids, which no store of ours holds."""
    if not isinstance(stored.originator_id, UUID):
        raise TypeError(f"{stored.originator_id!r} is not a UUID")
    return stored.originator_id


def _upcast(declared: type[Event], fields: dict[str, Any]) -> Event:
    for version in range(fields.pop("v"), declared.class_version):
        getattr(declared, f"upcast_v{version}_v{version + 1}")(fields)
    return msgspec.convert(fields, declared)


def to_snapshot(aggregate: Aggregate[Any]) -> StoredEvent:
    """The aggregate's state as stored bytes, marked with the state's version."""
    body = {"state_version": aggregate.STATE.STATE_VERSION, "state": aggregate.state}
    return StoredEvent(aggregate.id, aggregate.version, aggregate.TOPIC + SNAPSHOT, _encode(body))


def from_snapshot(cls: type[A], stored: StoredEvent) -> A | None:
    """The aggregate a snapshot holds, or None when it was taken of another version of the state."""
    body = msgspec.json.decode(stored.state, type=dict[str, msgspec.Raw])
    if msgspec.json.decode(body["state_version"]) != cls.STATE.STATE_VERSION:
        return None
    return cls(uuid_of(stored), stored.originator_version, msgspec.json.decode(body["state"], type=cls.STATE))
