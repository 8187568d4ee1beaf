"""What happened in notify, for samples of what it tells: a message whose address bounced."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from services.notify.message import AddressBounced, Message
from shared.access import system
from shared.domain import Event
from tests.facts import fact, made_up, sealed

_RECEIVER = made_up("lead")
_FACT = "reporting:3"
_MESSAGE = Message.identify(_FACT, "form_sent", _RECEIVER)
_BY = system("notify")

EXAMPLES: Sequence[tuple[UUID, Event]] = (
    (_MESSAGE, fact(AddressBounced, by=_BY, number=1, receiver=_RECEIVER, code=550, reply=sealed("no such user"))),
)
"""What notify tells of a message."""
