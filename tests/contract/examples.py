"""One event of each kind that is told to others, and what is really sent of it: the services' own tables at work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from deploy.docs.language import TOLD
from shared.contracts import CloudEvent
from shared.domain import Event, Recorded
from shared.eventstore import EventStore, Work
from shared.feed import Publications
from tests.contract import notify_examples, registry_examples, reporting_examples, review_examples

EXAMPLES: Mapping[str, Sequence[tuple[UUID, Event]]] = {
    "registry": registry_examples.EXAMPLES,
    "reporting": reporting_examples.EXAMPLES,
    "review": review_examples.EXAMPLES,
    "notify": notify_examples.EXAMPLES,
}
"""Events in the order they could have happened, each with the thing it happened to."""

TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def sent() -> list[CloudEvent]:
    """What all services say of their examples, recorded and read back as the outbox and the feed do."""
    with TemporaryDirectory() as folder:
        return [event for speaker in TOLD for event in _sent_by(speaker, Path(folder))]


def _sent_by(speaker: str, folder: Path) -> list[CloudEvent]:
    store = EventStore(f"sqlite:///{folder}/{speaker}.db")
    try:
        store.record([Work(store.stored(_recorded(EXAMPLES[speaker])))])
        return Publications(store, speaker, TOLD[speaker]).read(0, 1_000)
    finally:
        store.close()


def _recorded(examples: Sequence[tuple[UUID, Event]]) -> list[Recorded]:
    """The events as the desk would have recorded them: in a row, caused by a traced request, a minute apart."""
    versions: dict[UUID, int] = {}
    recorded = []
    for minute, (id, event) in enumerate(examples):
        versions[id] = versions.get(id, 0) + 1
        recorded.append(Recorded(id, versions[id], _moved(event, minute)))
    return recorded


def _moved(event: Event, minutes: int) -> Event:
    fields = {name: getattr(event, name) for name in event.__struct_fields__}
    return type(event)(**{**fields, "at": event.at + timedelta(minutes=minutes), "trace": TRACE})
