"""A health trust (helseforetak): units are placed at it, and it belongs to one region."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from shared.domain import Acting, Aggregate, Event, Refused, State, identity


class TrustState(State, kw_only=True):
    """What is known of a trust."""

    code: str
    name: str
    region: str


class TrustAlreadyRegistered(Refused):
    """A trust of this code is in the register."""

    code = "trust_already_registered"


class Trust(Aggregate[TrustState]):
    """One trust; its code is unique and never changes."""

    TOPIC = "registry.Trust"
    STATE = TrustState

    # What can happen.

    class Registered(Event, kw_only=True, frozen=True):
        """The trust is in the register."""

        TOPIC: ClassVar[str] = "registry.Trust.Registered"
        code: str
        name: str
        region: str

        def begin(self) -> TrustState:
            return TrustState(code=self.code, name=self.name, region=self.region)

    # What may be asked.

    @staticmethod
    def id_of(code: str) -> UUID:
        return identity("trust", code)

    @classmethod
    def register(cls, *, code: str, name: str, region: str, by: Acting, at: datetime) -> Trust:
        return cls.begin(cls.id_of(code), cls.Registered(code=code, name=name, region=region, by=by, at=at))
