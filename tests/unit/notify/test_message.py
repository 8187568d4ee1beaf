"""A message goes from its intention to a definite end, and each step is possible only where it belongs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from services.notify.message import (
    AddressBounced,
    Attempted,
    Gathered,
    Intended,
    Message,
    MessageIsUnderWay,
    NotAttempted,
    NotToBeSent,
    OutcomeLost,
    Postponed,
    Reason,
    Rejected,
    ResendAsked,
    Sent,
    Withheld,
)
from services.notify.message.message import (
    FIRST_PAUSE,
    LONGEST_PAUSE,
    MOST_LOST,
    PATIENCE_WITH_CARD,
    PATIENCE_WITH_SERVER,
    pause,
)
from services.notify.occasion import Occasion
from shared.domain import Event
from tests.facts import DESK, NOON, fact, made_up
from tests.spec import given, when_begun
from tests.unit.notify.facts import ADDRESS, LATER, LEAD, REPLY, SYSTEM, attempted, duty, intended, other

pytestmark = pytest.mark.unit
WHO: dict[str, Any] = {"by": SYSTEM, "at": NOON}


def happened(kind: type[Event], **fields: Any) -> Event:
    return fact(kind, by=SYSTEM, **fields)


SENT = happened(Sent, number=1)
BOUNCED = happened(AddressBounced, number=1, receiver=LEAD, code=550, reply=REPLY)
REJECTED = happened(Rejected, number=1, code=554, reply=REPLY)
WITHHELD = happened(Withheld, reason=Reason.MUTED)
GATHERED = happened(Gathered, into=made_up("digest"))
WAITING = happened(Postponed, reason=Reason.SERVER_AWAY, until=LATER)


def lost(number: int = 1, again: bool = True) -> Event:
    return happened(OutcomeLost, number=number, reason=Reason.CONNECTION_LOST, again_at=LATER if again else None)


ENDS = {
    "sent": (duty, attempted(), SENT),
    "bounced": (duty, attempted(), BOUNCED),
    "rejected": (duty, attempted(), REJECTED),
    "withheld": (duty, WITHHELD),
    "gathered": (other, GATHERED),
    "uncertain": (other, attempted(), lost(again=False)),
}
GOING_ON = {
    "intended": (duty,),
    "attempted": (duty, attempted()),
    "retrying": (duty, attempted(), WAITING),
    "uncertain duty": (duty, attempted(), lost()),
}


@pytest.fixture(params=ENDS)
def ended(request: pytest.FixtureRequest) -> tuple[Event, ...]:
    return ENDS[request.param]


@pytest.fixture(params=GOING_ON)
def going_on(request: pytest.FixtureRequest) -> tuple[Event, ...]:
    return GOING_ON[request.param]


def test_the_same_fact_rule_and_receiver_are_the_same_message() -> None:
    assert Message.identify("a:1", "rule", LEAD) == Message.identify("a:1", "rule", LEAD)
    others = [("a:2", "rule", LEAD), ("a:1", "other", LEAD), ("a:1", "rule", made_up("somebody"))]
    assert Message.identify("a:1", "rule", LEAD) not in [Message.identify(*other) for other in others]


def test_somebody_is_to_be_told() -> None:
    wanted = duty
    when_begun(
        lambda: Message.intend(wanted.fact, wanted.rule, Occasion.FORM_SENT, LEAD, wanted.about, by=SYSTEM, at=NOON)
    ).then(duty)


def test_sending_begins_before_it_is_done() -> None:
    given(Message, duty).when(lambda m: m.attempt(ADDRESS, "nb", **WHO)).then(attempted())


def test_after_a_postponement_it_is_the_next_attempt() -> None:
    given(Message, duty, attempted(), WAITING).when(lambda m: m.attempt(ADDRESS, "nb", **WHO)).then(attempted(2))


def test_an_ended_message_is_not_sent_by_itself(ended: tuple[Event, ...]) -> None:
    given(Message, *ended).when(lambda m: m.attempt(ADDRESS, "nb", **WHO)).then_refused(NotToBeSent)
    given(Message, *ended).when(lambda m: m.withhold(Reason.MUTED, **WHO)).then_refused(NotToBeSent)
    given(Message, *ended).when(lambda m: m.without_address(**WHO)).then_refused(NotToBeSent)
    given(Message, *ended).when(lambda m: m.gather(made_up("digest"), **WHO)).then_refused(NotToBeSent)


def test_what_is_being_sent_is_not_sent_beside_it() -> None:
    given(Message, duty, attempted()).when(lambda m: m.attempt(ADDRESS, "nb", **WHO)).then_refused(NotToBeSent)


def test_the_server_took_it() -> None:
    given(Message, duty, attempted()).when(lambda m: m.sent(1, **WHO)).then(SENT)


def test_the_address_refused_it() -> None:
    given(Message, duty, attempted()).when(lambda m: m.bounced(1, 550, REPLY, **WHO)).then(BOUNCED)


def test_the_server_refused_it() -> None:
    given(Message, duty, attempted()).when(lambda m: m.rejected(1, 554, REPLY, **WHO)).then(REJECTED)


@pytest.mark.parametrize("number", [0, 2])
def test_an_outcome_of_another_attempt_is_none(number: int) -> None:
    message = (duty, attempted())
    given(Message, *message).when(lambda m: m.sent(number, **WHO)).then_refused(NotAttempted)
    given(Message, *message).when(lambda m: m.bounced(number, 550, REPLY, **WHO)).then_refused(NotAttempted)
    given(Message, *message).when(lambda m: m.rejected(number, 554, REPLY, **WHO)).then_refused(NotAttempted)
    given(Message, *message).when(lambda m: m.failed(number, Reason.SERVER_AWAY, **WHO)).then_refused(NotAttempted)
    given(Message, *message).when(lambda m: m.lost(number, Reason.INTERRUPTED, **WHO)).then_refused(NotAttempted)


def test_without_an_attempt_there_is_no_outcome() -> None:
    given(Message, duty).when(lambda m: m.sent(0, **WHO)).then_refused(NotAttempted)
    given(Message, duty).when(lambda m: m.lost(0, Reason.INTERRUPTED, **WHO)).then_refused(NotAttempted)


def test_an_outcome_that_is_learnt_late_still_counts() -> None:
    given(Message, duty, attempted(), lost()).when(lambda m: m.sent(1, **WHO)).then(SENT)


def test_an_outcome_is_lost_once() -> None:
    given(Message, duty, attempted(), lost()).when(lambda m: m.lost(1, Reason.INTERRUPTED, **WHO)).then_refused(
        NotAttempted
    )


def test_a_duty_with_a_lost_outcome_is_sent_again() -> None:
    again = happened(OutcomeLost, number=1, reason=Reason.CONNECTION_LOST, again_at=NOON + FIRST_PAUSE)
    given(Message, duty, attempted()).when(lambda m: m.lost(1, Reason.CONNECTION_LOST, **WHO)).then(again)


def test_another_waits_for_a_person() -> None:
    given(Message, other, attempted()).when(lambda m: m.lost(1, Reason.CONNECTION_LOST, **WHO)).then(
        lost(again=False)
    )


def test_a_duty_is_sent_again_only_so_often() -> None:
    before: list[Event] = [duty]
    for number in range(1, MOST_LOST):
        before += [attempted(number), lost(number)]
    given(Message, *before, attempted(MOST_LOST)).when(
        lambda m: m.lost(MOST_LOST, Reason.CONNECTION_LOST, **WHO)
    ).then(lost(MOST_LOST, again=False))


def test_what_failed_is_tried_later() -> None:
    until = NOON + FIRST_PAUSE
    later = happened(Postponed, reason=Reason.SERVER_SAID_LATER, until=until, code=451, reply=REPLY)
    given(Message, duty, attempted()).when(
        lambda m: m.failed(1, Reason.SERVER_SAID_LATER, code=451, reply=REPLY, **WHO)
    ).then(later)


def test_what_failed_for_days_is_given_up() -> None:
    at = NOON + PATIENCE_WITH_SERVER
    given(Message, duty, attempted()).when(lambda m: m.failed(1, Reason.SERVER_AWAY, by=SYSTEM, at=at)).then(
        fact(Withheld, by=SYSTEM, at=at, reason=Reason.GIVEN_UP)
    )


def test_a_missing_address_is_waited_for_and_given_up_in_the_end() -> None:
    waits = happened(Postponed, reason=Reason.NO_ADDRESS, until=NOON + FIRST_PAUSE)
    given(Message, duty).when(lambda m: m.without_address(**WHO)).then(waits)
    at = NOON + PATIENCE_WITH_CARD
    given(Message, duty).when(lambda m: m.without_address(by=SYSTEM, at=at)).then(
        fact(Withheld, by=SYSTEM, at=at, reason=Reason.NO_ADDRESS)
    )


def test_pauses_grow_up_to_a_limit() -> None:
    pauses = [pause(times) for times in range(40)]
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (FIRST_PAUSE, LONGEST_PAUSE)


def test_an_ended_message_may_be_sent_again_by_a_person(ended: tuple[Event, ...]) -> None:
    was_sent = ended[-1] == SENT
    given(Message, *ended).when(lambda m: m.resend(by=DESK, at=LATER)).then(
        fact(ResendAsked, by=DESK, at=LATER, edition=2 if was_sent else 1)
    )


def test_what_goes_on_is_not_sent_again(going_on: tuple[Event, ...]) -> None:
    given(Message, *going_on).when(lambda m: m.resend(by=DESK, at=LATER)).then_refused(MessageIsUnderWay)


def test_patience_begins_anew_when_a_person_asks() -> None:
    asked = fact(ResendAsked, by=DESK, at=NOON + timedelta(days=30), edition=1)
    at = asked.at + timedelta(hours=1)
    given(Message, duty, attempted(), WAITING, WITHHELD, asked, attempted(2)).when(
        lambda m: m.failed(2, Reason.SERVER_AWAY, by=SYSTEM, at=at)
    ).then(fact(Postponed, by=SYSTEM, at=at, reason=Reason.SERVER_AWAY, until=at + FIRST_PAUSE))


def test_a_message_becomes_part_of_a_digest() -> None:
    given(Message, other).when(lambda m: m.gather(made_up("digest"), **WHO)).then(GATHERED)


def test_no_event_holds_an_address_or_a_reply_that_can_be_read() -> None:
    sealed_fields = {
        (kind, name)
        for kind in (Attempted, AddressBounced, Rejected, Postponed, Intended)
        for name, note in kind.__annotations__.items()
        if name in ("address", "reply", "email") and "Sealed" not in str(note)
    }
    assert sealed_fields == set()
    assert intended().receiver == LEAD
