"""What every service says of the parts it has in common with the others: database, bus, desk, outbox, inboxes."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from shared.bus import Bus
from shared.desk import Desk
from shared.desk.desk import WAITING
from shared.eventstore import EventStore
from shared.health import VITAL, Check
from shared.inbox import Inbox
from shared.lease import Lease
from shared.outbox import Outbox
from shared.stream_audit import StreamAudit
from shared.vault import Vault

_ALWAYS_USED = {*VITAL, "bus", "loop:lease"}
STUCK = 30.0
"""Seconds after which a command that still waits shows that the writer does not write."""


LEAST_FREE = 32 << 20
"""Bytes on the disk of a SQLite file below which it is nearly full; a PostgreSQL server watches its own."""


def checks_of(
    store: EventStore,
    vault: Vault,
    bus: Bus,
    desk: Desk,
    outbox: Outbox,
    audit: StreamAudit,
    inboxes: Iterable[Inbox] = (),
) -> Mapping[str, Check]:
    """A check for each part; a service adds those of its own."""
    on_disk = {"disk": partial(_disk, store)} if store.url.get_backend_name() == "sqlite" else {}
    return {
        **on_disk,
        "database": partial(_database, store),
        "vault": partial(_vault, vault),
        "bus": lambda: {"ok": bus.is_up, "connections": bus.connections},
        "desk": partial(_desk, desk),
        "outbox": partial(_outbox, outbox),
        "audit": audit.check,
        **{f"inbox:{inbox.speaker}": partial(_inbox, inbox) for inbox in inboxes},
    }


def while_writing(lease: Lease, checks: Mapping[str, Check]) -> Mapping[str, Check]:
    """The same checks, of which a process that stands by answers only those of parts it uses."""
    return {
        name: check if name in _ALWAYS_USED else partial(_while_writing, lease, check)
        for name, check in checks.items()
    }


def _while_writing(lease: Lease, check: Check) -> Mapping[str, Any]:
    return check() if lease.is_held else {}


def _database(store: EventStore) -> dict[str, Any]:
    store.ping()
    return {"head": store.head()}


def _disk(store: EventStore) -> dict[str, Any]:
    free = shutil.disk_usage(Path(store.url.database or "").absolute().parent).free
    return {"ok": free > LEAST_FREE, "free_bytes": free}


def _vault(vault: Vault) -> dict[str, Any]:
    vault.ping()
    return {}


def _desk(desk: Desk) -> dict[str, Any]:
    waiting, longest = len(desk.waiting), desk.waiting.longest
    return {
        "ok": waiting < WAITING and longest < STUCK,
        "waiting": waiting,
        "longest_wait_seconds": longest,
        "turned_away": desk.waiting.turned_away,
    }


def _outbox(outbox: Outbox) -> dict[str, Any]:
    figures = {**vars(outbox.status()), "oldest_unpublished_seconds": outbox.oldest_unpublished()}
    return _with_state(figures, not figures["fault"])


def _inbox(inbox: Inbox) -> dict[str, Any]:
    figures = dict(vars(inbox.status()))
    return _with_state(figures, not figures["fault"] and not figures["parked"])


def _with_state(figures: dict[str, Any], well: bool) -> dict[str, Any]:
    """The figures, and whether the part stands still until a person acts."""
    stopped = bool(figures["stopped_reason"])
    return {"ok": well and not stopped, "stopped": stopped, **figures}
