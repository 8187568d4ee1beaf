"""Every fact of a thing as it can be shown, and the thing as it was at a version or a moment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from shared.domain import Aggregate, NotFound, Sealed, State
from shared.eventstore import EventStore

A = TypeVar("A", bound=Aggregate[Any])
_ENVELOPE = {"at", "by", "command_id", "trace"}


def history(store: EventStore, thing_id: UUID, reveal: Callable[[Sealed], Any]) -> list[dict[str, Any]]:
    """Everything that happened to a thing, oldest first, with who, when, what and which request caused it.

    ``reveal`` says what may be shown of a sealed text: the text, or what is known without it.
    """
    facts = store.facts(thing_id)
    if not facts:
        raise NotFound(f"nothing is recorded of {thing_id}")
    return [
        {
            "position": fact.position,
            "version": fact.recorded.originator_version,
            "event": fact.recorded.event.TOPIC,
            "at": fact.recorded.event.at,
            "recorded_at": fact.created_at,
            "by": msgspec.to_builtins(fact.recorded.event.by),
            "command_id": fact.recorded.event.command_id,
            "trace": fact.recorded.event.trace,
            "data": _shown(fact.recorded.event, reveal),
        }
        for fact in facts
    ]


def state_at(
    store: EventStore,
    cls: type[A],
    thing_id: UUID,
    *,
    version: int | None = None,
    moment: datetime | None = None,
) -> A:
    """The thing as it is, as it was at ``version``, or as it was known at ``moment``."""
    if moment is not None:
        at_moment = store.version_at(thing_id, moment)
        version = at_moment if version is None else min(version, at_moment)
    thing = store.load(cls, thing_id, version) if version != 0 else None
    if thing is None or thing.version < (version or 0):
        raise NotFound(f"there is no {cls.__name__.lower()} {thing_id} at that point")
    return thing


def difference(store: EventStore, cls: type[A], thing_id: UUID, first: int, last: int) -> dict[str, tuple[Any, Any]]:
    """What became otherwise in a thing between two of its versions: each place with what stood there and stands now.

    A place is a field of the state, or ``field.key`` where the field keeps many things by a key; None stands where
    nothing did.  Both states are made from the snapshot nearest to them: what happened in between is not read.
    """
    before, after = (_places(state_at(store, cls, thing_id, version=version).state) for version in (first, last))
    pairs = {place: (before.get(place), after.get(place)) for place in before | after}
    return {place: (old, new) for place, (old, new) in pairs.items() if old != new}


def _places(state: State) -> dict[str, Any]:
    places: dict[str, Any] = {}
    for name in state.__struct_fields__:
        value = getattr(state, name)
        places |= {f"{name}.{key}": item for key, item in value.items()} if isinstance(value, dict) else {name: value}
    return places


def _shown(event: Any, reveal: Callable[[Sealed], Any]) -> dict[str, Any]:
    fields = (name for name in event.__struct_fields__ if name not in _ENVELOPE)
    return {name: revealed(getattr(event, name), reveal) for name in fields}


def revealed(value: Any, reveal: Callable[[Sealed], Any]) -> Any:
    """``value`` as JSON can hold it, its sealed texts given through ``reveal``."""
    if isinstance(value, Sealed):
        return reveal(value)
    if isinstance(value, msgspec.Struct):
        return {name: revealed(getattr(value, name), reveal) for name in value.__struct_fields__}
    if isinstance(value, dict):
        return {str(key): revealed(item, reveal) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [revealed(item, reveal) for item in value]
    return msgspec.to_builtins(value)
