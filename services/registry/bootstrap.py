"""The first person of an empty registry is named once by whoever runs it, and everybody can see that it was so."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from shared.domain import Acting, Aggregate, Event, Refused, State, identity


class BootstrapState(State, kw_only=True):
    """Whom the operator named."""

    person_id: UUID
    assignment_id: UUID


class AlreadyBootstrapped(Refused):
    """The registry has people in it: they grant further roles."""

    code = "already_bootstrapped"


class Bootstrap(Aggregate[BootstrapState]):
    """The one beginning a registry has."""

    TOPIC = "registry.Bootstrap"
    STATE = BootstrapState
    ID: ClassVar[UUID] = identity("bootstrap")

    class Done(Event, kw_only=True, frozen=True):
        """The operator named the first person of the joint service desk."""

        TOPIC: ClassVar[str] = "registry.Bootstrap.Done"
        person_id: UUID
        assignment_id: UUID

        def begin(self) -> BootstrapState:
            return BootstrapState(person_id=self.person_id, assignment_id=self.assignment_id)

    @classmethod
    def do(cls, *, person_id: UUID, assignment_id: UUID, by: Acting, at: datetime) -> Bootstrap:
        return cls.begin(cls.ID, cls.Done(person_id=person_id, assignment_id=assignment_id, by=by, at=at))
