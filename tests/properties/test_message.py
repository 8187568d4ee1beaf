"""Whatever is asked of a message, in any order: replay equals live, a refusal changes nothing, nothing is doubled."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.notify.message import Attempted, Message, OutcomeLost, Postponed, Reason, ResendAsked, Sent, Status
from services.notify.message.message import MOST_LOST
from services.notify.occasion import Occasion
from shared.domain import Event, Refused
from shared.eventstore.mapper import EventMapper, from_snapshot, to_snapshot
from tests.facts import DESK, NOON, made_up
from tests.unit.notify.facts import ADDRESS, REPLY, SYSTEM, intended

pytestmark = pytest.mark.property
Ask = Callable[[Message], None]
MAPPER = EventMapper()
MANY = settings(max_examples=400, deadline=None, derandomize=bool(os.environ.get("CI")))
moments = st.sampled_from([NOON + timedelta(days=days, hours=hours) for days in (0, 1, 4, 20) for hours in (0, 5)])
occasions = st.sampled_from([Occasion.FORM_SENT, Occasion.REMINDER])
behind = st.sampled_from([0, 0, 0, 1, -1])


@st.composite
def asks(draw: st.DrawFn) -> Ask:
    at, off = draw(moments), draw(behind)
    every: list[Ask] = [
        lambda m: m.attempt(ADDRESS, "nb", by=SYSTEM, at=at),
        lambda m: m.attempt(ADDRESS, "nn", by=SYSTEM, at=at),
        lambda m: m.sent(m.state.attempts - off, by=SYSTEM, at=at),
        lambda m: m.bounced(m.state.attempts - off, 550, REPLY, by=SYSTEM, at=at),
        lambda m: m.rejected(m.state.attempts - off, 554, REPLY, by=SYSTEM, at=at),
        lambda m: m.failed(m.state.attempts - off, Reason.SERVER_AWAY, by=SYSTEM, at=at),
        lambda m: m.lost(m.state.attempts - off, Reason.INTERRUPTED, by=SYSTEM, at=at),
        lambda m: m.without_address(by=SYSTEM, at=at),
        lambda m: m.withhold(Reason.MUTED, by=SYSTEM, at=at),
        lambda m: m.gather(made_up("digest"), by=SYSTEM, at=at),
        lambda m: m.resend(by=DESK, at=at),
    ]
    return draw(st.sampled_from(every))


lives = st.tuples(occasions, st.lists(asks(), max_size=30))


def lived(occasion: Occasion, asked: list[Ask]) -> tuple[Message, list[Event]]:
    """The message after all that was asked, and what happened to it."""
    message = Message.begin(Message.identify("a:1", "rule", made_up("lead")), intended(occasion))
    for ask in asked:
        before = to_snapshot(message)
        try:
            ask(message)
        except Refused:
            assert to_snapshot(message) == before, "a refused command has changed something"
    return message, [recorded.event for recorded in message.pending]


@MANY
@given(lives)
def test_what_is_replayed_is_what_is_live(life: tuple[Occasion, list[Ask]]) -> None:
    message, _ = lived(*life)
    stored = [MAPPER.to_domain_event(MAPPER.to_stored_event(recorded)) for recorded in message.pending]
    replayed = Message.fold(stored)
    assert replayed is not None
    assert (replayed.state, replayed.version) == (message.state, message.version)
    half = Message.fold(stored[: len(stored) // 2 + 1])
    assert half is not None
    onto = from_snapshot(Message, to_snapshot(half))
    assert onto is not None
    rest = Message.fold(stored[len(stored) // 2 + 1 :], onto)
    assert rest is not None
    assert rest.state == message.state


@MANY
@given(lives)
def test_nothing_is_sent_again_unless_a_person_asks_or_a_duty_is_uncertain(life: tuple[Occasion, list[Ask]]) -> None:
    _, happened = lived(*life)
    may_be_there = False
    for event in happened:
        match event:
            case ResendAsked():
                may_be_there = False
            case Sent():
                may_be_there = True
            case OutcomeLost():
                may_be_there = event.again_at is None
            case Postponed():
                # Also of an attempt that was taken for lost: it has become known that nothing of it was sent.
                may_be_there = False
            case Attempted():
                assert not may_be_there


@MANY
@given(lives)
def test_an_uncertain_duty_is_not_tried_for_ever(life: tuple[Occasion, list[Ask]]) -> None:
    message, _ = lived(*life)
    if message.state.lost >= MOST_LOST:
        assert message.state.due_at is None or message.state.status is not Status.UNCERTAIN


@MANY
@given(lives)
def test_a_message_is_due_exactly_while_it_goes_on_by_itself(life: tuple[Occasion, list[Ask]]) -> None:
    message, _ = lived(*life)
    state = message.state
    if state.status in (Status.INTENDED, Status.RETRYING):
        assert state.due_at is not None
    if state.status in (Status.ATTEMPTED, Status.SENT, Status.BOUNCED, Status.REJECTED, Status.NOT_SENT):
        assert state.due_at is None
