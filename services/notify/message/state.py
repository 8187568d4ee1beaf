"""All that is known of a message: about what, to whom, and how far it has come."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from services.notify.occasion import Occasion
from shared.domain import State


class Status(StrEnum):
    """Where a message stands.  ``attempted`` is being sent; the last five are ends a person may reopen."""

    INTENDED = "intended"
    ATTEMPTED = "attempted"
    RETRYING = "retrying"
    UNCERTAIN = "uncertain"
    SENT = "sent"
    BOUNCED = "bounced"
    REJECTED = "rejected"
    NOT_SENT = "not_sent"
    GATHERED = "gathered"


class Reason(StrEnum):
    """Why a message is not sent, or not yet."""

    NO_ADDRESS = "no_address"
    SERVER_AWAY = "server_away"
    SERVER_SAID_LATER = "server_said_later"
    CONNECTION_LOST = "connection_lost"
    INTERRUPTED = "interrupted"
    ERASED = "erased"
    MUTED = "muted"
    DONE_MEANWHILE = "done_meanwhile"
    TRIAL = "trial"
    TOO_OLD = "too_old"
    GIVEN_UP = "given_up"


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What a message is about, by ids and dates alone; texts are made of it when it is sent."""

    unit_id: UUID | None = None
    report_id: UUID | None = None
    year: int | None = None
    person_id: UUID | None = None
    deadline: datetime | None = None
    messages: tuple[UUID, ...] = ()


class MessageState(State):
    """One message."""

    fact: str
    rule: str
    occasion: Occasion
    receiver: UUID
    duty: bool
    about: About
    intended_at: datetime
    since: datetime
    """When it was intended or last asked for again: patience is counted from here."""
    status: Status = Status.INTENDED
    reason: Reason | None = None
    attempts: int = 0
    lost: int = 0
    """Attempts in a row of which nobody knows how they ended."""
    postponed: int = 0
    due_at: datetime | None = None
    """When it may be tried next; None when it waits for a person or has ended."""
    edition: int = 1
    asked_again: bool = False
    """A person wants it sent: it goes by itself, and no longer waits for a digest."""
    settled_at: datetime | None = None
    gathered_into: UUID | None = None
