"""What happened in notify, for samples of what it tells: a message whose address bounced."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from services.notify.message import About, AddressBounced, Attempted, Intended, Message
from services.notify.occasion import Occasion
from shared.access import system
from shared.domain import Event
from tests.facts import REPORT, UNIT, YEAR, fact, made_up, sealed

_RECEIVER = made_up("lead")
_FACT = "reporting:3"
_MESSAGE = Message.identify(_FACT, "form_sent", _RECEIVER)
_BY = system("notify")

EXAMPLES: Sequence[tuple[UUID, Event]] = (
    (
        _MESSAGE,
        fact(
            Intended,
            by=_BY,
            fact=_FACT,
            rule="form_sent",
            occasion=Occasion.FORM_SENT,
            receiver=_RECEIVER,
            duty=True,
            about=About(unit_id=UNIT, report_id=REPORT, year=YEAR),
        ),
    ),
    (_MESSAGE, fact(Attempted, by=_BY, number=1, address=sealed("lead@example.org"), language="nb")),
    (_MESSAGE, fact(AddressBounced, by=_BY, number=1, receiver=_RECEIVER, code=550, reply=sealed("no such user"))),
)
"""One message, from its intention to a refusal for good."""
