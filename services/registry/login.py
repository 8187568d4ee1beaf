"""A login of the national identity providers, known only by a keyed hash, belongs to at most one person."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from shared.domain import Acting, Aggregate, Event, Refused, State, identity


class LoginState(State, kw_only=True):
    """Whose login it is now (None when the link was undone), and whose it ever was."""

    login_hash: str
    person_id: UUID | None
    persons: list[UUID]


class LoginTaken(Refused):
    """The login is linked to a person already."""

    code = "login_taken"


class LoginNotLinked(Refused):
    """The login is not linked to this person."""

    code = "login_not_linked"


class Login(Aggregate[LoginState]):
    """One login; its hash is of issuer and national identity number, neither of which is kept."""

    TOPIC = "registry.Login"
    STATE = LoginState

    # What can happen.

    class Linked(Event, kw_only=True, frozen=True):
        """The login is a person's from now on."""

        TOPIC: ClassVar[str] = "registry.Login.Linked"
        login_hash: str
        person_id: UUID
        way: str

        def begin(self) -> LoginState:
            return LoginState(login_hash=self.login_hash, person_id=self.person_id, persons=[self.person_id])

        def apply(self, state: LoginState) -> None:
            state.person_id = self.person_id
            if self.person_id not in state.persons:
                state.persons.append(self.person_id)

    class Unlinked(Event, kw_only=True, frozen=True):
        """The link was undone; the person keeps what was done by it."""

        TOPIC: ClassVar[str] = "registry.Login.Unlinked"
        person_id: UUID
        reason: str

        def apply(self, state: LoginState) -> None:
            state.person_id = None

    # What may be asked.

    @staticmethod
    def id_of(login_hash: str) -> UUID:
        return identity("login", login_hash)

    @classmethod
    def first_linked(cls, login_hash: str, person_id: UUID, *, way: str, by: Acting, at: datetime) -> Login:
        linked = cls.Linked(login_hash=login_hash, person_id=person_id, way=way, by=by, at=at)
        return cls.begin(cls.id_of(login_hash), linked)

    def link(self, person_id: UUID, *, way: str, by: Acting, at: datetime) -> None:
        self._must_be_free()
        linked = self.Linked(login_hash=self.state.login_hash, person_id=person_id, way=way, by=by, at=at)
        self.trigger(linked)

    def unlink(self, person_id: UUID, *, reason: str, by: Acting, at: datetime) -> None:
        self._must_be_linked_to(person_id)
        self.trigger(self.Unlinked(person_id=person_id, reason=reason, by=by, at=at))

    # The rules.

    def _must_be_free(self) -> None:
        if self.state.person_id is not None:
            raise LoginTaken("this login is linked to a person already; the link can be undone first")

    def _must_be_linked_to(self, person_id: UUID) -> None:
        if self.state.person_id != person_id:
            raise LoginNotLinked("this login is not linked to this person")
