"""What was heard and then lost by its speaker, what we did because of it, and what of its new word had no effect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from shared.contracts import CloudEvent
from shared.domain import identity
from shared.eventstore import EventStore
from shared.inbox.heard import IS_LOST, LOST, PARKED, heard, own_log
from shared.read_rows import Rows


@dataclass(frozen=True)
class Caused:
    """An event of our own that followed something lost; it stands."""

    position: int
    topic: str
    thing: UUID


@dataclass(frozen=True)
class Lost:
    """One lost contract; ``note`` says why our things could not follow, or what had come of it before."""

    event: CloudEvent
    note: str
    caused: tuple[Caused, ...]


def lost_of(store: EventStore, speaker: str | None = None, followers: Sequence[str] = ()) -> list[Lost]:
    """Everything lost of one speaker or all; ``followers`` are those of ours that act on what was heard in turn."""
    query = select(heard).where(IS_LOST).order_by(heard.c.turn)
    rows = store.rows(query if speaker is None else query.where(heard.c.speaker == speaker))
    kept = [(CloudEvent.model_validate_json(row["body"]), row) for row in rows]
    causes: dict[UUID, str] = {}
    for event, row in kept:
        causes[identity("heard", event.lineage, event.position)] = event.id
        causes |= {identity("heard", follower, row["turn"]): event.id for follower in followers}
    caused = _caused(store, causes, min((row["own_position"] for row in rows), default=0))
    return [Lost(event, row["note"].removeprefix(LOST), tuple(caused.get(event.id, ()))) for event, row in kept]


def without_effect(store: EventStore, speaker: str | None = None) -> list[tuple[CloudEvent, str]]:
    """What a speaker said since a new epoch and nothing came of, with the reason: a person may have to act."""
    noted = (heard.c.epoch > 1) & (heard.c.note != "") & ~IS_LOST & ~heard.c.note.startswith(PARKED)
    query = select(heard).where(noted).order_by(heard.c.turn)
    rows = store.rows(query if speaker is None else query.where(heard.c.speaker == speaker))
    return [(CloudEvent.model_validate_json(row["body"]), row["note"]) for row in rows]


def first_told(rows: Rows, event: CloudEvent) -> str:
    """The id under which a fact was told first.

    Where a speaker in a later epoch says word for word again what it had lost, that is the same fact: each time it
    says so stands for one of the lost, in their order.
    """
    if event.epoch_number == 1:
        return event.id
    same = (heard.c.speaker == event.speaker) & (heard.c.type == event.type) & (heard.c.subject == event.subject)
    said = [
        (CloudEvent.model_validate_json(row["body"]), row["note"].startswith(LOST))
        for row in rows(select(heard).where(same).order_by(heard.c.turn))
    ]
    alike = [(other, is_lost) for other, is_lost in said if other.data == event.data]
    lost = [other.id for other, is_lost in alike if is_lost and other.epoch_number < event.epoch_number]
    again = [other.id for other, is_lost in alike if not is_lost and other.epoch_number == event.epoch_number]
    return dict(zip(again, lost, strict=False)).get(event.id, event.id)


def irrevocable_after(store: EventStore, speaker: str, position: int) -> list[CloudEvent]:
    """What was heard of a speaker after a position and may never be taken back, lost or not."""
    query = select(heard).where(heard.c.speaker == speaker, heard.c.position > position).order_by(heard.c.turn)
    events = [CloudEvent.model_validate_json(row["body"]) for row in store.rows(query)]
    return [event for event in events if (contract := event.contract()) is not None and contract.IRREVOCABLE]


def _caused(store: EventStore, causes: dict[UUID, str], after: int) -> dict[str, list[Caused]]:
    found: dict[str, list[Caused]] = {}
    for position, recorded in own_log(store, after) if causes else ():
        if because := causes.get(recorded.event.command_id):
            caused = Caused(position, recorded.event.TOPIC, recorded.originator_id)
            found.setdefault(because, []).append(caused)
    return found
