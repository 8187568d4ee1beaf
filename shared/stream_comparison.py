"""Our stream beside the log it is a copy of: the same contracts, in the same order, saying the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from shared.bus import Kept
from shared.contracts import CloudEvent
from shared.stream_copy import contract_in

Read = Callable[[int, int], Sequence[CloudEvent]]
"""Gives up to so many contracts of the log after a position."""


class Fault(StrEnum):
    """What can be wrong at a place of the stream."""

    MISSING = "missing"
    ALTERED = "altered"
    FOREIGN = "foreign"
    OUT_OF_ORDER = "out_of_order"


@dataclass(frozen=True)
class Break:
    """Where the stream first differs from the log: at message ``seq``, behind the contract at ``position``."""

    fault: Fault
    seq: int
    position: int

    def __str__(self) -> str:
        return f"{self.fault} at message {self.seq}, after position {self.position}"


class Comparison:
    """The stream beside the log, page by page; ``position`` is how far they are known to be the same."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self.position = 0
        self.seq = 0

    def take(self, messages: Sequence[Kept]) -> Break | None:
        """Compare the next messages of the stream."""
        told = self._read(self.position, len(messages))
        for n, message in enumerate(messages):
            expected = told[n] if n < len(told) else None
            if fault := self._fault(message, expected):
                return Break(fault, message.seq, self.position)
            self.position, self.seq = told[n].position, message.seq
        return None

    def go_on_at(self, message: Kept) -> None:
        """What stood before ``message`` is no longer in the stream, and need not be."""
        event = contract_in(message)
        self.position = event.position - 1 if event else self.position

    def _fault(self, message: Kept, expected: CloudEvent | None) -> Fault | None:
        said = contract_in(message)
        if said is None:
            return Fault.FOREIGN
        if said.position <= self.position:
            return Fault.OUT_OF_ORDER
        if expected is None or said.position < expected.position:
            return Fault.FOREIGN
        if said.position > expected.position:
            return Fault.MISSING
        return None if _is_copy(message, said, expected) else Fault.ALTERED


def _is_copy(message: Kept, said: CloudEvent, expected: CloudEvent) -> bool:
    place = {"Nats-Msg-Id": said.id, "Position": str(said.position), "Previous": str(said.previous)}
    return (
        place.items() <= message.headers.items()
        and message.subject == expected.nats_subject
        and said.model_copy(update={"data": expected.data}) == expected
        and _says_the_same(said.data, expected.data)
    )


def _says_the_same(said: Any, expected: Any) -> bool:
    """Whether two versions of the software may have told the same: within a version fields are only added."""
    if isinstance(said, dict) and isinstance(expected, dict):
        return (said.keys() <= expected.keys() or said.keys() >= expected.keys()) and all(
            _says_the_same(said[field], expected[field]) for field in said.keys() & expected.keys()
        )
    if isinstance(said, list) and isinstance(expected, list):
        return len(said) == len(expected) and all(map(_says_the_same, said, expected))
    return bool(said == expected)
