"""The truth of a service: its log of events, in SQLite or PostgreSQL by URL."""

from eventsourcing.persistence import Tracking

from shared.eventstore.store import EventStore, Fact, StoreInUse
from shared.eventstore.work import Change, Drop, Outcome, Put, Receipt, StoreUnavailable, Verdict, Work

__all__ = [
    "Change",
    "Drop",
    "EventStore",
    "Fact",
    "Outcome",
    "Put",
    "Receipt",
    "StoreInUse",
    "StoreUnavailable",
    "Tracking",
    "Verdict",
    "Work",
]
