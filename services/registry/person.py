"""A person known to the registry; the name and how to reach them are sealed, and can be erased for good."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

import msgspec

from shared.domain import Acting, Aggregate, Event, Refused, Sealed, State

INVITATION_DAYS = 14


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """How to name and reach a person, each field sealed under ``person:<id>``; the employer is not secret."""

    name: Sealed
    email: Sealed | None = None
    phone: Sealed | None = None
    trust: str | None = None


class Invitation(msgspec.Struct, frozen=True):
    """A personal code, known here by its hash, that binds a login once until it expires."""

    code_hash: str
    expires: datetime


class Status(StrEnum):
    ACTIVE = "active"
    ERASURE_ASKED = "erasure_asked"
    ERASED = "erased"


class PersonState(State, kw_only=True):
    """What is known of a person; ``card`` stays when erased, but nobody can read it."""

    card: Card
    status: Status = Status.ACTIVE
    invitation: Invitation | None = None
    erasure_asked_by: str | None = None


class PersonErased(Refused):
    """The person's data are gone; nothing new can be kept about them."""

    code = "person_erased"


class InvitationNotValid(Refused):
    """The code was never given, was used, was replaced by a newer one, or has expired."""

    code = "invitation_not_valid"


class ErasureNotAsked(Refused):
    """Nobody has asked for this erasure."""

    code = "erasure_not_asked"


class ErasureAlreadyAsked(Refused):
    """The erasure waits for somebody else's approval."""

    code = "erasure_already_asked"


class TwoPersonsNeeded(Refused):
    """Whoever asked for the erasure cannot approve it."""

    code = "two_persons_needed"


class Person(Aggregate[PersonState]):
    """One person, who is not a role and may hold many."""

    TOPIC = "registry.Person"
    STATE = PersonState

    # What can happen.

    class Registered(Event, kw_only=True, frozen=True):
        """The person is known."""

        TOPIC: ClassVar[str] = "registry.Person.Registered"
        card: Card

        def begin(self) -> PersonState:
            return PersonState(card=self.card)

    class CardChanged(Event, kw_only=True, frozen=True):
        """Name, address, telephone or employer are others now."""

        TOPIC: ClassVar[str] = "registry.Person.CardChanged"
        card: Card

        def apply(self, state: PersonState) -> None:
            state.card = self.card

    class Invited(Event, kw_only=True, frozen=True):
        """A code was made that binds one login; an earlier one no longer counts."""

        TOPIC: ClassVar[str] = "registry.Person.Invited"
        code_hash: str
        expires: datetime

        def apply(self, state: PersonState) -> None:
            state.invitation = Invitation(self.code_hash, self.expires)

    class InvitationUsed(Event, kw_only=True, frozen=True):
        """The code has bound a login and binds no other."""

        TOPIC: ClassVar[str] = "registry.Person.InvitationUsed"
        login_hash: str

        def apply(self, state: PersonState) -> None:
            state.invitation = None

    class InvitationWithdrawn(Event, kw_only=True, frozen=True):
        """The person has a login by other means; a code that is still under way binds none."""

        TOPIC: ClassVar[str] = "registry.Person.InvitationWithdrawn"

        def apply(self, state: PersonState) -> None:
            state.invitation = None

    class ErasureAsked(Event, kw_only=True, frozen=True):
        """Somebody wants the person's name and contact data gone."""

        TOPIC: ClassVar[str] = "registry.Person.ErasureAsked"
        reason: Sealed
        legal_basis: str

        def apply(self, state: PersonState) -> None:
            state.status = Status.ERASURE_ASKED
            state.erasure_asked_by = self.by.subject

    class ErasureDeclined(Event, kw_only=True, frozen=True):
        """The data stay."""

        TOPIC: ClassVar[str] = "registry.Person.ErasureDeclined"
        reason: Sealed

        def apply(self, state: PersonState) -> None:
            state.status = Status.ACTIVE
            state.erasure_asked_by = None

    class Erased(Event, kw_only=True, frozen=True):
        """A second person approved: all keys of the person are destroyed; the roles held stay known."""

        TOPIC: ClassVar[str] = "registry.Person.Erased"
        key_subject: str
        asked_by: str

        def apply(self, state: PersonState) -> None:
            state.status = Status.ERASED
            state.invitation = None

    # What may be asked.

    @classmethod
    def register(cls, id: UUID, *, card: Card, by: Acting, at: datetime) -> Person:
        return cls.begin(id, cls.Registered(card=card, by=by, at=at))

    def change_card(self, card: Card, *, by: Acting, at: datetime) -> None:
        self.must_be_active()
        self.trigger(self.CardChanged(card=card, by=by, at=at))

    def invite(self, code_hash: str, *, by: Acting, at: datetime) -> None:
        self.must_be_active()
        expires = at + timedelta(days=INVITATION_DAYS)
        self.trigger(self.Invited(code_hash=code_hash, expires=expires, by=by, at=at))

    def use_invitation(self, code_hash: str, login_hash: str, *, by: Acting, at: datetime) -> None:
        self.must_be_active()
        self._must_be_invited_by(code_hash, at)
        self.trigger(self.InvitationUsed(login_hash=login_hash, by=by, at=at))

    def withdraw_invitation(self, *, by: Acting, at: datetime) -> None:
        """An invitation that was not used counts no more; nothing happens when there is none."""
        if self.state.invitation is not None:
            self.trigger(self.InvitationWithdrawn(by=by, at=at))

    def ask_erasure(self, reason: Sealed, legal_basis: str, *, by: Acting, at: datetime) -> None:
        self.must_be_active()
        self._must_not_wait_for_erasure()
        self.trigger(self.ErasureAsked(reason=reason, legal_basis=legal_basis, by=by, at=at))

    def decline_erasure(self, reason: Sealed, *, by: Acting, at: datetime) -> None:
        self.must_wait_for_erasure()
        self.trigger(self.ErasureDeclined(reason=reason, by=by, at=at))

    def approve_erasure(self, *, by: Acting, at: datetime) -> None:
        self.must_wait_for_erasure()
        self._must_be_another_than_asked(by)
        asked_by = self.state.erasure_asked_by or ""
        self.trigger(self.Erased(key_subject=key_subject(self.id), asked_by=asked_by, by=by, at=at))

    def erase_again(self, *, by: Acting, at: datetime) -> None:
        """The erasure was lost when a copy was put back: it is done again, and needs nobody's approval twice."""
        if self.state.status is not Status.ERASED:
            asked_by = self.state.erasure_asked_by or by.subject
            self.trigger(self.Erased(key_subject=key_subject(self.id), asked_by=asked_by, by=by, at=at))

    # The rules.

    def must_be_active(self) -> None:
        if self.state.status is Status.ERASED:
            raise PersonErased("the person's data have been erased")

    def must_wait_for_erasure(self) -> None:
        self.must_be_active()
        if self.state.status is not Status.ERASURE_ASKED:
            raise ErasureNotAsked("nobody has asked for this erasure")

    def _must_not_wait_for_erasure(self) -> None:
        if self.state.status is Status.ERASURE_ASKED:
            raise ErasureAlreadyAsked("the erasure waits for somebody else's approval")

    def _must_be_another_than_asked(self, by: Acting) -> None:
        if by.subject == self.state.erasure_asked_by:
            raise TwoPersonsNeeded("another person must approve the erasure")

    def _must_be_invited_by(self, code_hash: str, at: datetime) -> None:
        invitation = self.state.invitation
        if invitation is None or invitation.code_hash != code_hash or at > invitation.expires:
            raise InvitationNotValid("this invitation does not count any more; the service desk can send a new one")


def key_subject(person_id: UUID) -> str:
    """What the person's keys belong to in the vault."""
    return f"person:{person_id}"
