"""What every service says of the parts it has in common with the others: database, bus, desk, outbox, inboxes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from functools import partial
from typing import Any

from shared.bus import Bus
from shared.desk import Desk
from shared.eventstore import EventStore
from shared.health import Check
from shared.inbox import Inbox
from shared.outbox import Outbox


def checks_of(
    store: EventStore, bus: Bus, desk: Desk, outbox: Outbox, inboxes: Iterable[Inbox] = ()
) -> Mapping[str, Check]:
    """A check for each part; a service adds those of its own."""
    return {
        "database": partial(_database, store),
        "bus": lambda: {"ok": bus.is_up, "connections": bus.connections},
        "desk": lambda: {"waiting": desk.waiting},
        "outbox": partial(_outbox, outbox),
        **{f"inbox:{inbox.speaker}": partial(_inbox, inbox) for inbox in inboxes},
    }


def _database(store: EventStore) -> dict[str, Any]:
    store.ping()
    return {"head": store.head()}


def _outbox(outbox: Outbox) -> dict[str, Any]:
    status = outbox.status()
    return {"ok": not status.stopped_reason and not status.fault, **asdict(status)}


def _inbox(inbox: Inbox) -> dict[str, Any]:
    status = inbox.status()
    return {"ok": not status.stopped_reason and not status.fault and not status.parked, **asdict(status)}
