"""Events are declared whole, once and for ever; a thing is what its history makes it."""

from __future__ import annotations

import types
from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import UUID, uuid4

import msgspec
import pytest

from shared.domain import (
    AGGREGATES,
    EVENTS,
    Acting,
    Aggregate,
    ChangedMeanwhile,
    Event,
    NotFound,
    Recorded,
    Refused,
    StaleVersion,
    State,
    identity,
)

pytestmark = pytest.mark.unit

NOON = datetime(2026, 1, 20, 12, 0, tzinfo=UTC)
SOMEBODY = Acting(subject=str(uuid4()), role="auditor")


class LampState(State):
    """On or off."""

    on: bool = False


class Lamp(Aggregate[LampState]):
    """Something with a history short enough to test with."""

    TOPIC = "test.Lamp"
    STATE = LampState

    class Made(Event, frozen=True, kw_only=True):
        """It exists."""

        TOPIC: ClassVar[str] = "test.Lamp.Made"

        def begin(self) -> LampState:
            return LampState()

    class Switched(Event, frozen=True, kw_only=True):
        """It was switched on or off."""

        TOPIC: ClassVar[str] = "test.Lamp.Switched"
        on: bool

        def apply(self, state: LampState) -> None:
            state.on = self.on


MADE = Lamp.Made(at=NOON, by=SOMEBODY)
SWITCHED = Lamp.Switched(at=NOON, by=SOMEBODY, on=True)


def test_an_event_without_a_topic_of_its_own_fails_at_import() -> None:
    with pytest.raises(TypeError, match="needs a TOPIC of its own"):

        class Nameless(Event, frozen=True, kw_only=True):
            pass


def test_a_kind_of_event_does_not_inherit_its_topic() -> None:
    with pytest.raises(TypeError, match="needs a TOPIC of its own"):

        class Dimmed(Lamp.Switched, frozen=True, kw_only=True):
            pass


def test_a_topic_belongs_to_one_event() -> None:
    with pytest.raises(TypeError, match="already belongs to"):

        class Broken(Event, frozen=True, kw_only=True):
            TOPIC: ClassVar[str] = "test.Lamp.Switched"

    assert EVENTS["test.Lamp.Switched"] is Lamp.Switched


def test_a_topic_belongs_to_one_event_also_among_namesakes_of_different_files() -> None:
    namesake = {"__module__": "elsewhere", "__qualname__": Lamp.Switched.__qualname__, "TOPIC": Lamp.Switched.TOPIC}
    with pytest.raises(TypeError, match="already belongs to"):
        types.new_class("Switched", (Event,), exec_body=lambda body: body.update(namesake))


def test_every_field_of_an_event_must_be_given() -> None:
    incomplete: dict[str, Any] = {"at": NOON, "by": SOMEBODY}
    with pytest.raises(TypeError, match="on"):
        Lamp.Switched(**incomplete)


def test_an_event_is_never_changed() -> None:
    with pytest.raises(AttributeError, match="immutable"):
        SWITCHED.on = False  # type: ignore[misc]  # what the type checker forbids too


def test_an_event_that_cannot_be_first_says_so() -> None:
    with pytest.raises(TypeError, match="cannot be a first event"):
        Lamp.begin(uuid4(), SWITCHED)


def test_a_thing_with_a_topic_is_known_by_it() -> None:
    assert AGGREGATES["test.Lamp"] is Lamp


def test_a_new_thing_has_its_first_event_to_record() -> None:
    lamp = Lamp.begin(uuid4(), MADE)
    assert lamp.version == 1
    assert lamp.pending == (Recorded(lamp.id, 1, MADE),)


def test_what_is_triggered_changes_the_state_now_and_is_handed_over_once() -> None:
    lamp = Lamp.begin(uuid4(), MADE)
    lamp.trigger(SWITCHED)
    assert (lamp.state.on, lamp.version, lamp.has_pending) == (True, 2, True)
    assert [r.originator_version for r in lamp.collect_events()] == [1, 2]
    assert (lamp.collect_events(), lamp.has_pending) == ([], False)


def test_a_thing_is_folded_from_its_history_and_on_from_an_earlier_state() -> None:
    lamp_id = uuid4()
    history = [Recorded(lamp_id, 1, MADE), Recorded(lamp_id, 2, SWITCHED)]
    first = Lamp.fold(history[:1])
    whole, continued = Lamp.fold(history), Lamp.fold(history[1:], first)
    assert whole is not None
    assert continued is not None
    assert (whole.version, whole.state) == (continued.version, continued.state) == (2, LampState(on=True))
    assert not whole.has_pending


def test_no_history_is_no_thing() -> None:
    assert Lamp.fold([]) is None


def test_what_is_unique_by_nature_has_the_same_id_everywhere() -> None:
    assert identity("unit", "L-HB7") == identity("unit", "L-HB7") != identity("unit", "L-HB8")
    assert identity("report", UUID(int=1), 2025) != identity("cycle", UUID(int=1), 2025)


@pytest.mark.parametrize("subject", ["service:reporting", "system:region-vest", "operator"])
def test_a_machine_that_acts_is_no_person(subject: str) -> None:
    assert Acting(subject=subject, role="system").person_id is None


def test_a_person_who_acts_is_known_by_id() -> None:
    person_id = uuid4()
    assert Acting(subject=str(person_id), role="auditor").person_id == person_id


def test_a_refusal_states_its_fact_its_code_and_what_is_known() -> None:
    refusal = StaleVersion("it moved", seen=1, current=2)
    assert (refusal.code, refusal.detail, refusal.facts) == ("stale_version", "it moved", {"seen": 1, "current": 2})
    assert isinstance(refusal, ChangedMeanwhile)


def test_refusals_have_codes_of_their_own() -> None:
    assert {Refused.code, NotFound.code, ChangedMeanwhile.code, StaleVersion.code} == {
        "refused",
        "not_found",
        "changed_meanwhile",
        "stale_version",
    }


def test_the_envelope_of_an_event_names_who_when_and_which_request() -> None:
    shown = msgspec.to_builtins(SWITCHED)
    assert set(shown) == {"at", "by", "command_id", "trace", "on"}
