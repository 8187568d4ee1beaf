"""What was said and what was heard: the same contracts, in the same order, in an unbroken chain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from sqlalchemy import select

from deploy.environment import ASKS
from deploy.places import SERVICES
from services.notify import publish as notify
from services.registry import publish as registry
from services.reporting import publish as reporting
from services.review import publish as review
from shared.bus import Bus
from shared.contracts import CloudEvent
from shared.eventstore import EventStore
from shared.inbox.heard import heard, parked
from tests.chaos.ledger import Ledger

PAGE = 1000
SPOKEN = {
    "registry": registry.PUBLISHED,
    "reporting": reporting.PUBLISHED_EVENTS,
    "review": review.PUBLISHED_EVENTS,
    "notify": notify.PUBLISHED_EVENTS,
}
"""Which events of each service the others hear about."""


async def what_is_wrong(ledger: Ledger, bus: Bus, stores: Mapping[str, EventStore]) -> list[str]:
    """Everything about saying and hearing that is not as it was promised."""
    wrong: list[str] = []
    feeds = {speaker: await _feed(ledger, speaker) for speaker in SERVICES}
    for speaker, feed in feeds.items():
        told = [position for position, _ in _log(stores[speaker], speaker)]
        wrong += _compared(f"the feed of {speaker}", [event.position for event in feed], told)
        wrong += _broken(f"the feed of {speaker}", feed)
        stream = await _stream(bus, speaker)
        wrong += _compared(f"the stream of {speaker}", [event.position for event in stream], told)
        wrong += _broken(f"the stream of {speaker}", stream)
    for hearer, speakers in ASKS.items():
        wrong += _heard_twice(stores[hearer], hearer)
        for speaker in speakers:
            wrong += _misheard(stores[hearer], hearer, speaker, feeds[speaker])
    return wrong


async def _feed(ledger: Ledger, speaker: str) -> list[CloudEvent]:
    feed: list[CloudEvent] = []
    while True:
        after = str(feed[-1].position if feed else 0)
        page = await ledger.shown(speaker, f"service:{speaker}", "/feed", after=after, limit=str(PAGE))
        lines = [CloudEvent.model_validate_json(line) for line in page.split(b"\n") if line]
        if not lines:
            return feed
        feed += lines


def _log(store: EventStore, speaker: str) -> list[tuple[int, object]]:
    topics = sorted({event.TOPIC for event in SPOKEN[speaker]})
    log: list[tuple[int, object]] = []
    while page := store.log(log[-1][0] if log else 0, PAGE, topics):
        log += page
    return log


async def _stream(bus: Bus, speaker: str) -> list[CloudEvent]:
    """What somebody who begins today would be sent."""
    name, subjects = speaker.upper(), f"ev.{speaker}.>"
    stream: list[CloudEvent] = []
    seq = (await bus.state(name)).first_seq
    while kept := await bus.get(name, seq, subjects):
        stream.append(CloudEvent.model_validate_json(kept.data))
        seq = kept.seq + 1
    return stream


def _misheard(store: EventStore, hearer: str, speaker: str, feed: Sequence[CloudEvent]) -> list[str]:
    what = f"what {hearer} heard of {speaker}"
    rows = store.rows(select(heard).where(heard.c.speaker == speaker).order_by(heard.c.turn))
    wrong = _compared(what, [row["position"] for row in rows], [event.position for event in feed])
    said = {event.position: event for event in feed}
    bodies = {row["position"]: CloudEvent.model_validate_json(row["body"]) for row in rows}
    changed = [position for position, event in bodies.items() if said.get(position) != event]
    wrong += [f"{what} differs from what was said at {changed[:10]}"] if changed else []
    wrong += [f"{what} at {row['position']} came to nothing: {row['note']}" for row in rows if row["note"]]
    wrong += [f"{what} is parked: {len(waiting)}" for waiting in [store.rows(select(parked))] if waiting]
    if store.tracked(speaker) != (feed[-1].position if feed else 0):
        wrong.append(f"{hearer} has tracked {speaker} to {store.tracked(speaker)}, not to its head")
    return wrong


def _heard_twice(store: EventStore, hearer: str) -> list[str]:
    """Who takes in a contract again gives it another turn, and its first one is missing."""
    turns = [row["turn"] for row in store.rows(select(heard.c.turn).order_by(heard.c.turn))]
    missing = sorted(set(range(1, len(turns) + 1)) - set(turns))
    return [f"{hearer} has taken in something again: nothing has the turns {missing[:10]}"] if missing else []


def _broken(what: str, events: Iterable[CloudEvent]) -> list[str]:
    """Where the chain of positions does not hold."""
    before, wrong = 0, []
    for event in events:
        if event.previous != before:
            wrong.append(f"{what}: {event.position} follows {before} but names {event.previous}")
        before = event.position
    return wrong


def _compared(what: str, found: Sequence[int], expected: Sequence[int]) -> list[str]:
    if list(found) == list(expected):
        return []
    differences = {
        "missing": sorted(set(expected) - set(found)),
        "strange": sorted(set(found) - set(expected)),
        "doubled": sorted(position for position, times in Counter(found).items() if times > 1),
        "out of order": [after for before, after in pairwise(found) if after < before],
    }
    told = ", ".join(f"{name} {positions[:10]}" for name, positions in differences.items() if positions)
    return [f"{what} is not the speaker's log ({len(found)} of {len(expected)}): {told}"]
