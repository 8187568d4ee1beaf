"""The truth of a service: its log of events, in SQLite or PostgreSQL by URL."""

from eventsourcing.persistence import Tracking

from shared.eventstore.faults import unavailable
from shared.eventstore.postgres_database import PATIENCE
from shared.eventstore.store import EventStore, Fact
from shared.eventstore.work import Change, Drop, Outcome, Put, Receipt, StoreFull, StoreUnavailable, Verdict, Work
from shared.eventstore.writers_lock import WritersLock

__all__ = [
    "PATIENCE",
    "Change",
    "Drop",
    "EventStore",
    "Fact",
    "Outcome",
    "Put",
    "Receipt",
    "StoreFull",
    "StoreUnavailable",
    "Tracking",
    "Verdict",
    "Work",
    "WritersLock",
    "unavailable",
]
