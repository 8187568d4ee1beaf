"""How a person wants to be told: in which language, at once or gathered once a day, and of what not at all."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

import msgspec

from services.notify.occasion import Occasion, is_duty
from shared.domain import Acting, Aggregate, Event, Refused, State, identity


class Language(StrEnum):
    """The written languages of the messages."""

    BOKMAL = "nb"
    NYNORSK = "nn"
    ENGLISH = "en"


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """What one person has chosen; this is what holds for whoever has not chosen anything."""

    language: Language = Language.BOKMAL
    digest: bool = False
    muted: tuple[Occasion, ...] = ()


class PreferencesState(State):
    """The choice in force."""

    person_id: UUID
    choice: Choice


class DutyCannotBeMuted(Refused):
    """Some things everybody concerned must be told."""

    code = "duty_cannot_be_muted"


class Preferences(Aggregate[PreferencesState]):
    """What one person has chosen, and when."""

    TOPIC = "notify.Preferences"
    STATE = PreferencesState

    # What can happen, and what it changes.

    class Chosen(Event, frozen=True, kw_only=True):
        """The person chose how to be told from now on."""

        TOPIC: ClassVar[str] = "notify.Preferences.Chosen"
        person_id: UUID
        choice: Choice

        def begin(self) -> PreferencesState:
            return PreferencesState(person_id=self.person_id, choice=self.choice)

        def apply(self, state: PreferencesState) -> None:
            state.choice = self.choice

    # What may be asked of it.

    @staticmethod
    def identify(person_id: UUID) -> UUID:
        """A person has one set of preferences."""
        return identity("preferences", person_id)

    @classmethod
    def first(cls, person_id: UUID, choice: Choice, *, by: Acting, at: datetime) -> Preferences:
        """The first choice somebody makes."""
        _must_leave_duties(choice)
        return cls.begin(cls.identify(person_id), cls.Chosen(at=at, by=by, person_id=person_id, choice=choice))

    def choose(self, choice: Choice, *, by: Acting, at: datetime) -> None:
        """Another choice; the same again changes nothing."""
        _must_leave_duties(choice)
        if choice != self.state.choice:
            self.trigger(self.Chosen(at=at, by=by, person_id=self.state.person_id, choice=choice))


# The rules.


def _must_leave_duties(choice: Choice) -> None:
    duties = [occasion for occasion in choice.muted if is_duty(occasion)]
    if duties:
        raise DutyCannotBeMuted(
            "some of these are duties, which nobody can turn off",
            errors=[{"code": "duty", "pointer": "/muted", "detail": occasion.value} for occasion in duties],
        )
