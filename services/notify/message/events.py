"""What can happen to a message."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from services.notify.message.state import About, MessageState, Reason, Status
from services.notify.occasion import Occasion
from shared.domain import Event, Sealed

# Addresses and what servers reply hold personal data: sealed under the receiver's key, gone with it.


class Intended(Event, frozen=True, kw_only=True):
    """A rule says that this person is to be told of this fact."""

    TOPIC: ClassVar[str] = "notify.Message.Intended"
    fact: str
    rule: str
    occasion: Occasion
    receiver: UUID
    duty: bool
    about: About

    def begin(self) -> MessageState:
        return MessageState(
            fact=self.fact,
            rule=self.rule,
            occasion=self.occasion,
            receiver=self.receiver,
            duty=self.duty,
            about=self.about,
            intended_at=self.at,
            since=self.at,
            due_at=self.at,
        )


class Attempted(Event, frozen=True, kw_only=True):
    """Sending begins; without an outcome after this nobody knows whether it arrived."""

    TOPIC: ClassVar[str] = "notify.Message.Attempted"
    number: int
    address: Sealed
    language: str

    def apply(self, state: MessageState) -> None:
        state.status, state.reason = Status.ATTEMPTED, None
        state.attempts = self.number
        state.due_at = None


class Sent(Event, frozen=True, kw_only=True):
    """The mail server has taken charge of it."""

    TOPIC: ClassVar[str] = "notify.Message.Sent"
    number: int

    def apply(self, state: MessageState) -> None:
        _settle(state, Status.SENT, None, self.at)


class AddressBounced(Event, frozen=True, kw_only=True):
    """The address refused it for good."""

    TOPIC: ClassVar[str] = "notify.Message.AddressBounced"
    number: int
    receiver: UUID
    code: int
    reply: Sealed

    def apply(self, state: MessageState) -> None:
        _settle(state, Status.BOUNCED, None, self.at)


class Rejected(Event, frozen=True, kw_only=True):
    """The mail server refused it for good, for another reason than the address."""

    TOPIC: ClassVar[str] = "notify.Message.Rejected"
    number: int
    code: int
    reply: Sealed

    def apply(self, state: MessageState) -> None:
        _settle(state, Status.REJECTED, None, self.at)


class Postponed(Event, frozen=True, kw_only=True):
    """It could not be sent, and nothing of it was: it is tried again.  ``code`` is the server's, if it said one."""

    TOPIC: ClassVar[str] = "notify.Message.Postponed"
    reason: Reason
    until: datetime
    code: int | None = None
    reply: Sealed | None = None

    def apply(self, state: MessageState) -> None:
        state.status, state.reason = Status.RETRYING, self.reason
        state.due_at = self.until
        state.postponed += 1


class OutcomeLost(Event, frozen=True, kw_only=True):
    """The connection, or we, went away after the text was on its way.

    It may have arrived.  ``again_at`` is when a duty is sent again with the same Message-ID; others wait.
    """

    TOPIC: ClassVar[str] = "notify.Message.OutcomeLost"
    number: int
    reason: Reason
    again_at: datetime | None

    def apply(self, state: MessageState) -> None:
        state.status, state.reason = Status.UNCERTAIN, self.reason
        state.due_at = self.again_at
        state.lost += 1


class Withheld(Event, frozen=True, kw_only=True):
    """It was not sent, deliberately, and why."""

    TOPIC: ClassVar[str] = "notify.Message.Withheld"
    reason: Reason

    def apply(self, state: MessageState) -> None:
        _settle(state, Status.NOT_SENT, self.reason, self.at)


class Gathered(Event, frozen=True, kw_only=True):
    """It became a line of the receiver's digest."""

    TOPIC: ClassVar[str] = "notify.Message.Gathered"
    into: UUID

    def apply(self, state: MessageState) -> None:
        _settle(state, Status.GATHERED, None, self.at)
        state.gathered_into = self.into


class ResendAsked(Event, frozen=True, kw_only=True):
    """A person wants it sent (again).

    One that certainly was sent gets a new ``edition``, and with it a new Message-ID; else the same stands, so that
    a mail system that already has it recognises it.
    """

    TOPIC: ClassVar[str] = "notify.Message.ResendAsked"
    edition: int

    def apply(self, state: MessageState) -> None:
        state.status, state.reason, state.settled_at = Status.INTENDED, None, None
        state.edition, state.asked_again = self.edition, True
        state.since = state.due_at = self.at
        state.lost = state.postponed = 0
        state.gathered_into = None


def _settle(state: MessageState, status: Status, reason: Reason | None, at: datetime) -> None:
    state.status, state.reason, state.settled_at = status, reason, at
    state.due_at = None
    state.lost = 0
