"""What routes are made of: the service's use cases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import Depends, Request

from services.notify.application.choosing import Choosing
from services.notify.application.log import Log
from shared.asked import Calling
from shared.clock import Clock
from shared.eventstore import EventStore
from shared.registry_facts import person_of


@dataclass(frozen=True)
class Notify:
    """The parts of the service that routes use."""

    store: EventStore
    clock: Clock
    log: Log
    choosing: Choosing
    portal: str

    def today(self) -> date:
        """Today in Oslo, when rights are asked for."""
        return self.clock.today()


async def notify_of(request: Request) -> Notify:
    """The service's parts, put together in its composition root."""
    notify: Notify = request.app.state.notify
    return notify


Parts = Annotated[Notify, Depends(notify_of)]


def registered(parts: Parts, caller: Calling) -> None:
    """Any registered person."""
    person_of(parts.store.rows, caller)
