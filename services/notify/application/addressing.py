"""Whether a message may go out, where to and in which language, and what stands in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.notify.application.reminding import is_done
from services.notify.letter import Contents, Line, subject
from services.notify.message import About, Message, Reason
from services.notify.occasion import Occasion
from services.notify.preferences import Choice, Language, Preferences
from services.notify.views import queries
from shared import registry_facts
from shared.eventstore import EventStore
from shared.read_rows import Rows


@dataclass(frozen=True)
class Ready:
    """It may be sent."""

    address: str
    language: Language


@dataclass(frozen=True)
class Withhold:
    """It must not be sent."""

    reason: Reason


class WithoutAddress:
    """It cannot be sent yet."""


class Addressing:
    """Decides by what is known at the moment of sending."""

    def __init__(self, store: EventStore, portal: str, trial: frozenset[str]) -> None:
        self._store, self._portal, self._trial = store, portal.rstrip("/"), trial

    def decide(self, message: Message) -> Ready | Withhold | WithoutAddress:
        """What is to become of a message now."""
        state, rows = message.state, self._store.rows
        if registry_facts.is_erased(rows, state.receiver):
            return Withhold(Reason.ERASED)
        choice = self.choice(state.receiver)
        if not state.duty and state.occasion in choice.muted:
            return Withhold(Reason.MUTED)
        if is_done(rows, state):
            return Withhold(Reason.DONE_MEANWHILE)
        address: str | None = (queries.card(rows, state.receiver) or {}).get("email")
        if address is None:
            return WithoutAddress()
        if self._trial and address.lower() not in self._trial:
            return Withhold(Reason.TRIAL)
        return Ready(address, choice.language)

    def choice(self, person_id: UUID) -> Choice:
        """What a person has chosen, or what holds for everybody else."""
        preferences = self._store.load(Preferences, Preferences.identify(person_id))
        return preferences.state.choice if preferences else Choice()

    def contents(self, message: Message, language: Language) -> Contents:
        """What the letter is made of."""
        about = message.state.about
        return Contents(
            occasion=message.state.occasion,
            unit=_unit_name(self._store.rows, about.unit_id, language),
            year=about.year,
            deadline=about.deadline,
            link=self._link(message.state.occasion, about),
            preferences=f"{self._portal}/me/preferences",
            lines=tuple(self._lines(about, language)),
        )

    def _lines(self, about: About, language: Language) -> list[Line]:
        gathered = (self._store.load(Message, message_id) for message_id in about.messages)
        contents = (self.contents(message, language) for message in gathered if message)
        return [Line(subject(each, language), each.link) for each in contents]

    def _link(self, occasion: Occasion, about: About) -> str:
        make = _PLACES.get(occasion, _report)
        return self._portal + make(about)


def _report(about: About) -> str:
    return f"/reports/{about.report_id}" if about.report_id else "/"


def _unit(about: About) -> str:
    return f"/units/{about.unit_id}/group" if about.unit_id else "/"


def _person(about: About) -> str:
    return f"/persons/{about.person_id}" if about.person_id else "/"


_PLACES: dict[Occasion, Callable[[About], str]] = {
    Occasion.PROPOSAL_RECEIVED: _unit,
    Occasion.APPOINTED: _unit,
    Occasion.DECLINED: _unit,
    Occasion.APPOINTMENT_INFORMATION: _unit,
    Occasion.ADDRESS_BOUNCED: _person,
}


def _unit_name(rows: Rows, unit_id: UUID | None, language: Language) -> str | None:
    known: dict[str, Any] | None = registry_facts.unit(rows, unit_id) if unit_id else None
    if known is None:
        return None
    name: str = (known["name_en"] if language is Language.ENGLISH else None) or known["name_nb"]
    return name
