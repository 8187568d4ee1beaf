"""An event is stored as JSON a person can read, and is the same event again many years later."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import uuid4

import msgspec
import pytest
from eventsourcing.persistence import StoredEvent

from shared.domain import Acting, Aggregate, Event, Recorded, Sealed, State
from shared.eventstore.mapper import EventMapper, UnknownTopic, from_snapshot, to_snapshot

pytestmark = pytest.mark.unit

NOON = datetime(2026, 1, 20, 12, 0, 0, 123456, tzinfo=UTC)
SOMEBODY = Acting(subject=str(uuid4()), role="auditor", assignment_id=uuid4())


class NoteState(State):
    """What was noted."""

    STATE_VERSION: ClassVar[int] = 3
    text: str
    seen_by: set[str] = msgspec.field(default_factory=set)


class Note(Aggregate[NoteState]):
    """Something written down."""

    TOPIC = "test.Note"
    STATE = NoteState

    class Written(Event, frozen=True, kw_only=True):
        """It was written down; since its third version with what belongs to it."""

        TOPIC: ClassVar[str] = "test.Note.Written"
        class_version: ClassVar[int] = 3
        text: str
        extra: dict[str, Any]
        proof: Sealed | None = None

        @staticmethod
        def upcast_v1_v2(fields: dict[str, Any]) -> None:
            """The text was called a body."""
            fields["text"] = fields.pop("body")

        @staticmethod
        def upcast_v2_v3(fields: dict[str, Any]) -> None:
            """Nothing belonged to it."""
            fields["extra"] = {}

        def begin(self) -> NoteState:
            return NoteState(text=self.text)


MAPPER = EventMapper()


def stored(state: dict[str, Any], topic: str = "test.Note.Written") -> StoredEvent:
    """What a log may hold."""
    envelope = {"at": "2024-01-01T00:00:00Z", "by": {"subject": "operator", "role": "operator"}}
    return StoredEvent(uuid4(), 1, topic, json.dumps({**state, **envelope}).encode())


def written(text: str, **extra: Any) -> Recorded:
    event = Note.Written(at=NOON, by=SOMEBODY, text=text, extra=extra, proof=Sealed("s", 1, b"\x00\xff", 2))
    return Recorded(uuid4(), 1, event)


def test_an_event_is_stored_as_json_with_its_class_version_first() -> None:
    bytes_ = MAPPER.to_stored_event(written("blåbær")).state
    assert bytes_.startswith(b'{"v":3,')
    assert "blåbær" in bytes_.decode()
    assert json.loads(bytes_)["at"] == "2026-01-20T12:00:00.123456Z"


def test_what_is_read_is_what_happened() -> None:
    recorded = written("text", number=1, list=["a", None])
    assert MAPPER.to_domain_event(MAPPER.to_stored_event(recorded)) == recorded


@pytest.mark.parametrize(
    "state",
    [
        {"v": 1, "body": "old"},
        {"v": 2, "text": "old"},
        {"v": 3, "text": "old", "extra": {}},
    ],
)
def test_an_event_of_an_older_version_is_brought_up_to_date(state: dict[str, Any]) -> None:
    event = MAPPER.to_domain_event(stored(state)).event
    assert isinstance(event, Note.Written)
    assert (event.text, event.extra, event.proof) == ("old", {}, None)


def test_a_topic_nobody_declared_is_refused_and_imports_nothing() -> None:
    with pytest.raises(UnknownTopic, match="antigravity:open"):
        MAPPER.to_domain_event(stored({"v": 1}, topic="antigravity:open"))


def test_client_json_that_looks_like_a_transcoding_is_only_a_value() -> None:
    mischief = {"_type_": "uuid_hex", "_data_": "0"}
    recorded = written('{"_type_": "datetime_iso", "_data_": ""}', **mischief)
    assert MAPPER.to_domain_event(MAPPER.to_stored_event(recorded)) == recorded


def test_a_field_the_event_lost_is_passed_over() -> None:
    event = MAPPER.to_domain_event(stored({"v": 3, "text": "old", "extra": {}, "colour": "red"})).event
    assert isinstance(event, Note.Written)


def test_bytes_that_are_no_such_event_are_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        MAPPER.to_domain_event(stored({"v": 3, "text": 7, "extra": {}}))


def test_events_go_to_bytes_whole() -> None:
    with pytest.raises(TypeError):
        MAPPER.transcoder.encode("a part")
    with pytest.raises(TypeError):
        MAPPER.transcoder.decode(b"a part")


def test_a_snapshot_holds_the_state_at_a_version() -> None:
    note = Note(uuid4(), 7, NoteState(text="kept", seen_by={"a", "b"}))
    again = from_snapshot(Note, to_snapshot(note))
    assert again is not None
    assert (again.id, again.version, again.state) == (note.id, 7, note.state)


def test_a_snapshot_of_another_version_of_the_state_is_discarded() -> None:
    snapshot = to_snapshot(Note(uuid4(), 7, NoteState(text="kept")))
    older = StoredEvent(
        snapshot.originator_id, 7, snapshot.topic, snapshot.state.replace(b'"state_version":3', b'"state_version":2')
    )
    assert from_snapshot(Note, older) is None
