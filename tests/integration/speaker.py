"""A service that says what a test wants said: a store, publications, a feed and a relay as every service has them."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx
from fastapi import FastAPI

from shared.bus import Bus
from shared.contracts import PUBLISHED, Contract
from shared.domain import Acting, Event, Recorded, identity
from shared.eventstore import EventStore, Work
from shared.feed import FeedClient, Publications, feed_router
from shared.outbox import Outbox

TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
SPEAKING = Acting(subject="service:speaker", role="service")
SUBJECTS = ("report_id", "review_id", "assignment_id", "appointment_id", "person_id", "unit_id")
"""Whose id makes a contract's subject: the first of these that it has."""


class Uttered(Event, frozen=True, kw_only=True):
    """Whatever is to be told, in the words it is told in."""

    TOPIC = "speaker.Subject.Uttered"
    name: str
    data: dict[str, Any]


def contract_of(recorded: Recorded) -> Contract:
    assert isinstance(recorded.event, Uttered)
    return PUBLISHED[recorded.event.name].model_validate(recorded.event.data)


class Speaker:
    """One service as the others hear it."""

    def __init__(self, url: str, name: str) -> None:
        self.name, self.store, self._recorded = name, EventStore(url, []), asyncio.Event()
        self.publications = Publications(self.store, name, {Uttered: contract_of})
        self._versions: Counter[UUID] = Counter()
        app = FastAPI()
        app.include_router(feed_router(self.publications, lambda: None))
        http = httpx.AsyncClient(transport=httpx.ASGITransport(app))
        self.feed = FeedClient(f"http://{name}", lambda: "let-me-in", http)

    def say(self, contract: Contract, at: datetime) -> None:
        data = contract.model_dump(mode="json")
        named = next((UUID(data[name]) for name in SUBJECTS if data.get(name)), None)
        subject = named or identity("subject", self.name)
        self._versions[subject] += 1
        uttered = Uttered(at=at, by=SPEAKING, trace=TRACE, name=contract.NAME, data=data)
        recorded = Recorded(subject, self._versions[subject], uttered)
        self.store.record([Work(self.store.stored([recorded]))])
        self._recorded.set()

    def outbox(self, bus: Bus) -> Outbox:
        return Outbox(bus, self.publications, self._recorded)
