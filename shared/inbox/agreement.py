"""Whether a speaker still stands by what was heard from it: its log must hold, where it was heard, the same event."""

from __future__ import annotations

import asyncio
from typing import Any

from sqlalchemy import func, select

from shared.contracts import CloudEvent
from shared.eventstore import EventStore
from shared.feed import Feed, FeedFault, Told
from shared.inbox.heard import heard, live


class SpeakerLostItsPast(RuntimeError):
    """The speaker no longer knows what was heard from it: it was restored from an older backup."""


def last_heard(store: EventStore, speaker: str) -> CloudEvent | None:
    """The newest contract that was heard of a speaker and is not known to be lost."""
    return _nth(store, speaker, 0, newest_first=True)


async def must_agree(store: EventStore, feed: Feed, last: CloudEvent | None, told: Told) -> None:
    """Raise :class:`SpeakerLostItsPast` unless what ``told`` says of the position of ``last`` is what was heard."""
    if last is None or last.is_same_as(told.event):
        return
    try:
        upto = f"agrees up to {await last_agreed(store, feed, last.speaker)}"
    except FeedFault:
        upto = "does not say up to where it agrees"
    raise SpeakerLostItsPast(
        f"{last.speaker} does not know {last.id}, which was heard, but {upto}; it was restored from an older backup"
    )


async def last_agreed(store: EventStore, feed: Feed, speaker: str) -> int:
    """The last position on which speaker and hearer agree; histories that have parted never meet again."""
    query = select(func.count().label("n")).select_from(live(speaker).subquery())
    low, high = 0, int((await asyncio.to_thread(store.rows, query))[0]["n"])
    agreed = 0
    while low < high:
        middle = (low + high) // 2
        event = await asyncio.to_thread(_nth, store, speaker, middle)
        if event is not None and event.is_same_as((await feed.at(event.position)).event):
            low, agreed = middle + 1, event.position
        else:
            high = middle
    return agreed


def _nth(store: EventStore, speaker: str, number: int, newest_first: bool = False) -> CloudEvent | None:
    order: Any = heard.c.position.desc() if newest_first else heard.c.position
    found = store.rows(live(speaker).order_by(order).limit(1).offset(number))
    return CloudEvent.model_validate_json(found[0]["body"]) if found else None
