"""Which of notify's events the others hear about: only that somebody cannot be reached."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import cast

from services.notify.message import AddressBounced
from shared.contracts import Contract, notify
from shared.domain import Event, Recorded


def _bounced(recorded: Recorded) -> Contract:
    event = cast(AddressBounced, recorded.event)
    return notify.AddressBouncedV1(person_id=event.receiver, message_id=recorded.originator_id)


PUBLISHED_EVENTS: Mapping[type[Event], Callable[[Recorded], Contract]] = {AddressBounced: _bounced}
"""Every event told to others; all others stay private."""
