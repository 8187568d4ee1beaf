"""What may be asked of a message, and how patient it is."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from services.notify.message import events
from services.notify.message.refusals import MessageIsUnderWay, NotAttempted, NotToBeSent
from services.notify.message.state import About, MessageState, Reason, Status
from services.notify.occasion import Occasion, is_duty
from shared.domain import Acting, Aggregate, Sealed, identity

FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=4)
PATIENCE_WITH_SERVER = timedelta(days=3)
PATIENCE_WITH_CARD = timedelta(days=14)
MOST_LOST = 3
"""So many attempts without a known outcome are enough, also for a duty: then a person decides."""
OPEN = frozenset({Status.INTENDED, Status.ATTEMPTED, Status.RETRYING})


class Message(Aggregate[MessageState]):
    """One message to one person about one fact."""

    TOPIC = "notify.Message"
    STATE = MessageState

    # What may be asked of it.

    @staticmethod
    def identify(fact: str, rule: str, receiver: UUID) -> UUID:
        """A rule tells a person of a fact once."""
        return identity("message", fact, rule, receiver)

    @classmethod
    def intend(
        cls, fact: str, rule: str, occasion: Occasion, receiver: UUID, about: About, *, by: Acting, at: datetime
    ) -> Message:
        """Somebody is to be told."""
        intended = events.Intended(
            at=at,
            by=by,
            fact=fact,
            rule=rule,
            occasion=occasion,
            receiver=receiver,
            duty=is_duty(occasion),
            about=about,
        )
        return cls.begin(cls.identify(fact, rule, receiver), intended)

    def attempt(self, address: Sealed, language: str, *, by: Acting, at: datetime) -> None:
        """Begin to send it."""
        self._must_be_to_be_sent()
        number = self.state.attempts + 1
        self.trigger(events.Attempted(at=at, by=by, number=number, address=address, language=language))

    def sent(self, number: int, *, by: Acting, at: datetime) -> None:
        """The server took it."""
        self._must_be_attempted(number)
        self.trigger(events.Sent(at=at, by=by, number=number))

    def bounced(self, number: int, code: int, reply: Sealed, *, by: Acting, at: datetime) -> None:
        """The address refused it for good."""
        self._must_be_attempted(number)
        receiver = self.state.receiver
        bounce = events.AddressBounced(at=at, by=by, number=number, receiver=receiver, code=code, reply=reply)
        self.trigger(bounce)

    def rejected(self, number: int, code: int, reply: Sealed, *, by: Acting, at: datetime) -> None:
        """The server refused it for good."""
        self._must_be_attempted(number)
        self.trigger(events.Rejected(at=at, by=by, number=number, code=code, reply=reply))

    def failed(
        self,
        number: int,
        reason: Reason,
        *,
        by: Acting,
        at: datetime,
        code: int | None = None,
        reply: Sealed | None = None,
    ) -> None:
        """Nothing was sent: later, or not at all when the server has said so for too long."""
        self._must_be_attempted(number)
        self._postpone(reason, PATIENCE_WITH_SERVER, Reason.GIVEN_UP, by=by, at=at, code=code, reply=reply)

    def without_address(self, *, by: Acting, at: datetime) -> None:
        """Nobody knows yet where to send it."""
        self._must_be_to_be_sent()
        self._postpone(Reason.NO_ADDRESS, PATIENCE_WITH_CARD, Reason.NO_ADDRESS, by=by, at=at)

    def lost(self, number: int, reason: Reason, *, by: Acting, at: datetime) -> None:
        """Nobody knows how the attempt ended: a duty is sent again, as often as is sensible."""
        if self.state.status is not Status.ATTEMPTED:
            raise NotAttempted("nothing is being sent")
        self._must_be_attempted(number)
        again = self.state.duty and self.state.lost + 1 < MOST_LOST
        again_at = at + pause(self.state.lost) if again else None
        self.trigger(events.OutcomeLost(at=at, by=by, number=number, reason=reason, again_at=again_at))

    def withhold(self, reason: Reason, *, by: Acting, at: datetime) -> None:
        """Do not send it."""
        self._must_be_to_be_sent()
        self.trigger(events.Withheld(at=at, by=by, reason=reason))

    def gather(self, into: UUID, *, by: Acting, at: datetime) -> None:
        """Make it part of a digest."""
        self._must_be_to_be_sent()
        self.trigger(events.Gathered(at=at, by=by, into=into))

    def resend(self, *, by: Acting, at: datetime) -> None:
        """Send it again, or after all."""
        self.must_have_ended()
        edition = self.state.edition + (self.state.status is Status.SENT)
        self.trigger(events.ResendAsked(at=at, by=by, edition=edition))

    # The rules.

    def must_have_ended(self) -> None:
        """Refuse while it goes on by itself."""
        if self.state.status in OPEN or self.state.due_at is not None:
            raise MessageIsUnderWay(f"the message is {self.state.status}", status=self.state.status)

    def _must_be_to_be_sent(self) -> None:
        if self.state.due_at is None:
            raise NotToBeSent(f"the message is {self.state.status}", status=self.state.status)

    def _must_be_attempted(self, number: int) -> None:
        # An outcome may become known after the attempt was taken for lost, as long as no other has begun.
        if self.state.status not in (Status.ATTEMPTED, Status.UNCERTAIN) or self.state.attempts != number:
            raise NotAttempted(f"attempt {number} is not the one under way", attempts=self.state.attempts)

    def _postpone(
        self,
        reason: Reason,
        patience: timedelta,
        last: Reason,
        *,
        by: Acting,
        at: datetime,
        code: int | None = None,
        reply: Sealed | None = None,
    ) -> None:
        if at - self.state.since >= patience:
            self.trigger(events.Withheld(at=at, by=by, reason=last))
            return
        until = at + pause(self.state.postponed)
        self.trigger(events.Postponed(at=at, by=by, reason=reason, until=until, code=code, reply=reply))


def pause(times: int) -> timedelta:
    """How long to wait after having waited so many times before."""
    return min(FIRST_PAUSE * (1 << min(times, 10)), LONGEST_PAUSE)
