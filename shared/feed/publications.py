"""What a service tells the others: the part of its log that they hear, in the shape they rely on.

The same translation serves the bus and the feed, so both say the same with the same positions.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from shared.contracts import CloudEvent, Contract, envelope
from shared.domain import Event, Recorded
from shared.epochs.log import FIRST, Epoch, epoch_of
from shared.eventstore import EventStore

END = 2**62
"""A position behind every other."""


class Publications:
    """The part of our own log that others hear, translated by ``table``: which event is told, and how.

    What is told is decided by an event's class alone, so the positions told are the same however often and by
    whom they are read.  ``epochs`` tells where each of our epochs begins.
    """

    def __init__(
        self,
        store: EventStore,
        speaker: str,
        table: Mapping[type[Event], Callable[[Recorded], Contract]],
        epochs: Callable[[], Sequence[Epoch]] = lambda: (FIRST,),
    ) -> None:
        self.speaker = speaker
        self.epochs = epochs
        self._store = store
        self._tell = {event.TOPIC: tell for event, tell in table.items()}
        self._topics = tuple(self._tell)

    def read(self, after: int, limit: int) -> list[CloudEvent]:
        """Up to ``limit`` contracts that stand after position ``after``, each naming the one before it."""
        found = self._found(after, limit)
        return self._told(found, self.last_upto(after)) if found else []

    def following(self, told: int, limit: int) -> list[CloudEvent]:
        """The same after a position where a contract is known to stand, or 0: then that need not be looked for."""
        found = self._found(told, limit)
        return self._told(found, told) if found else []

    def _found(self, after: int, limit: int) -> list[tuple[int, Recorded]]:
        return self._store.log(after, limit, self._topics) if self._topics and limit > 0 else []

    def _told(self, found: Sequence[tuple[int, Recorded]], previous: int) -> list[CloudEvent]:
        """The epochs are read after what was found, so that those it belongs to are among them."""
        told, epochs = list[CloudEvent](), self.epochs()
        for position, recorded in found:
            told.append(self._envelope(position, previous, recorded, epoch_of(position, epochs)))
            previous = position
        return told

    def at(self, position: int) -> CloudEvent | None:
        """The contract at a position, or None when nothing was told there."""
        told = self.read(position - 1, 1)
        return told[0] if told and told[0].position == position else None

    def _envelope(self, position: int, previous: int, recorded: Recorded, epoch: int) -> CloudEvent:
        event = recorded.event
        return envelope(
            self._tell[event.TOPIC](recorded),
            position=position,
            previous=previous,
            subject=str(recorded.originator_id),
            time=event.at,
            traceparent=event.trace,
            epoch=epoch,
        )

    def head(self) -> int:
        """The position of the newest contract; 0 when nothing was told yet."""
        return self.last_upto(END)

    def last_upto(self, position: int) -> int:
        """The position of the last contract that stands at or before a position; 0 when there is none."""
        return self._store.position_before(position, self._topics) if self._topics else 0

    def count(self, after: int) -> int:
        """How many contracts stand after a position."""
        return self._store.count(after, self._topics) if self._topics else 0

    def committed_after(self, position: int) -> datetime | None:
        """When the first contract behind a position came into the log; None when there is none."""
        return self._store.committed_after(position, self._topics) if self._topics else None

    def last_by(self, moment: datetime) -> int:
        """The position of the last contract the log held at a moment; 0 when there was none.

        The log is in the order of commit, so it is found by halving.
        """

        def is_later(position: int) -> bool:
            at = self.committed_after(position)
            return at is None or at > moment

        return bisect_left(range(self.head()), True, key=is_later)
