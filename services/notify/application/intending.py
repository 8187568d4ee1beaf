"""Writing down whom a rule wants to tell, once for each fact, rule and receiver, before anything is sent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.notify.message import About, Message, Reason
from services.notify.occasion import Occasion
from shared.access import system
from shared.desk import UnitOfWork

SYSTEM = system("notify")
STALE = timedelta(days=14)
"""A fact that was heard so late is no news: that it was not told is recorded, and a person may have it sent."""


@dataclass(frozen=True)
class Intention:
    """Somebody to be told of something that happened at an instant."""

    fact: str
    rule: str
    occasion: Occasion
    receiver: UUID
    about: About
    happened_at: datetime


def intend(unit: UnitOfWork, intentions: Iterable[Intention], at: datetime) -> list[str]:
    """Record what was not recorded before; the ids of the new messages."""
    new = []
    for wanted in intentions:
        message_id = Message.identify(wanted.fact, wanted.rule, wanted.receiver)
        if unit.find(Message, message_id):
            continue
        message = Message.intend(
            wanted.fact, wanted.rule, wanted.occasion, wanted.receiver, wanted.about, by=SYSTEM, at=at
        )
        if at - wanted.happened_at > STALE:
            message.withhold(Reason.TOO_OLD, by=SYSTEM, at=at)
        unit.add(message)
        new.append(str(message_id))
    return new
