"""The message bus the services talk over: one connection, its streams, and the buckets of current values."""

from shared.bus.bucket import Bucket
from shared.bus.connection import Bus
from shared.bus.faults import BackOff, BusFault, Fenced, NoSuchThing, Unsuitable
from shared.bus.halving import place_of_first
from shared.bus.publisher import Pipeline
from shared.bus.pull import Pull
from shared.bus.stream import Kept, StreamState, delivered

__all__ = [
    "BackOff",
    "Bucket",
    "Bus",
    "BusFault",
    "Fenced",
    "Kept",
    "NoSuchThing",
    "Pipeline",
    "Pull",
    "StreamState",
    "Unsuitable",
    "delivered",
    "place_of_first",
]
