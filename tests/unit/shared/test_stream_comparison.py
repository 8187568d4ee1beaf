"""The stream is the log's copy when it says the same, in the same order: whatever else it says is found."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from shared.bus import Kept
from shared.contracts import CloudEvent
from shared.stream_comparison import Break, Comparison, Fault

pytestmark = pytest.mark.unit

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
POSITIONS = (2, 3, 7, 11)
"""With holes, as in a log that holds more than others are told."""


def told(position: int, data: dict[str, Any] | None = None) -> CloudEvent:
    previous = max((earlier for earlier in POSITIONS if earlier < position), default=0)
    return CloudEvent(
        id=f"speaking:{position}",
        source="/speaking",
        type="speaking.letter.written.v1",
        subject="letter",
        time=NOON,
        dataschema="/schemas/speaking.letter.written.v1.json",
        position=position,
        previous=previous,
        data=data or {"text": str(position), "lines": [{"no": 1}]},
    )


def read(after: int, limit: int) -> list[CloudEvent]:
    return [told(position) for position in POSITIONS if position > after][:limit]


def message(seq: int, event: CloudEvent, **headers: str) -> Kept:
    place = {"Nats-Msg-Id": event.id, "Position": str(event.position), "Previous": str(event.previous)}
    return Kept(seq, event.nats_subject, place | headers, event.model_dump_json().encode())


def stream(*positions: int) -> list[Kept]:
    return [message(seq, told(position)) for seq, position in enumerate(positions, start=1)]


def found(*messages: Kept) -> Break | None:
    return Comparison(read).take(messages)


def test_a_copy_is_a_copy_however_many_are_compared_at_once() -> None:
    comparison = Comparison(read)
    assert [comparison.take([each]) for each in stream(*POSITIONS)] == [None] * 4
    assert (comparison.position, comparison.seq) == (11, 4)
    assert found(*stream(*POSITIONS)) is None


def test_a_contract_that_is_not_there_is_missing() -> None:
    assert found(*stream(2, 7, 11)) == Break(Fault.MISSING, seq=2, position=2)


def test_what_the_log_does_not_hold_is_foreign() -> None:
    assert found(*stream(2, 3, 5, 7)) == Break(Fault.FOREIGN, seq=3, position=3)
    assert found(*stream(2, 3, 7, 11, 12)) == Break(Fault.FOREIGN, seq=5, position=11)


def test_what_is_no_contract_is_foreign() -> None:
    assert found(Kept(1, "ev.speaking.letter.written.v1", {}, b"not ours")) == Break(Fault.FOREIGN, 1, 0)


def test_what_stands_a_second_time_is_out_of_order() -> None:
    assert found(*stream(2, 3, 2, 3, 7)) == Break(Fault.OUT_OF_ORDER, seq=3, position=3)


@pytest.mark.parametrize(
    "altered",
    [
        message(1, told(2, {"text": "another", "lines": [{"no": 1}]})),
        message(1, told(2, {"text": "2", "lines": [{"no": 2}]})),
        message(1, told(2, {"text": "2", "lines": []})),
        message(1, told(2, {"texu": "2", "lines": [{"no": 1}]})),
        message(1, told(2).model_copy(update={"subject": "another"})),
        message(1, told(2), Position="3"),
        message(1, told(2), Previous="1"),
        Kept(1, "ev.speaking.elsewhere", message(1, told(2)).headers, message(1, told(2)).data),
    ],
)
def test_what_says_something_else_is_altered(altered: Kept) -> None:
    assert found(altered) == Break(Fault.ALTERED, seq=1, position=0)


@pytest.mark.parametrize("data", [{"text": "2"}, {"text": "2", "lines": [{"no": 1, "more": 2}], "new": 3}])
def test_what_another_version_of_the_software_told_is_the_same(data: dict[str, Any]) -> None:
    """Fields are only added: a stream is not made anew for each version that adds one."""
    assert found(message(1, told(2, data))) is None


def test_what_was_trimmed_at_the_old_end_need_not_be_there() -> None:
    comparison, late = Comparison(read), stream(7, 11)
    assert comparison.take(late) == Break(Fault.MISSING, seq=1, position=0)
    comparison.go_on_at(late[0])
    assert comparison.take(late) is None
    assert comparison.position == 11
