"""Keeps each person's current card in the ``persons`` bucket, from which the other services mirror it.

The bucket holds nothing of its own.  With every new connection it is compared with the log and mended, so it can
be wiped at any time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

import structlog
from eventsourcing.persistence import PersistenceError

from services.registry.person import Person, Status
from services.registry.views import lookups
from services.registry.views.cards import Shown, shown
from shared.bus import BackOff, Bus, BusFault
from shared.cards import BUCKET
from shared.eventstore import EventStore
from shared.vault import Vault

log = structlog.get_logger()
_STREAM = f"KV_{BUCKET}"
_PAGE = 500
_POLL = 0.2
_CHECK = 10.0
_TOPICS = (Person.Registered.TOPIC, Person.CardChanged.TOPIC, Person.Erased.TOPIC)


Step = Callable[[], Awaitable[object]]


class Cards:
    """The one writer of the bucket.  ``until_agreed`` returns once our log is known to be what others have heard: a
    copy that was put back may still hold the card of somebody who was erased.
    """

    def __init__(self, bus: Bus, store: EventStore, vault: Vault, until_agreed: Step | None = None) -> None:
        self._bus, self._store, self._vault, self._until_agreed = bus, store, vault, until_agreed
        self._bucket = bus.bucket(BUCKET)
        self.position = 0
        self.fault = ""

    def status(self) -> dict[str, object]:
        """How far the bucket has come, for the health page."""
        return {"ok": not self.fault, "position": self.position, "fault": self.fault}

    async def run(self) -> None:
        """Keep the bucket until cancelled; a lost connection or bucket starts it over."""
        back_off = BackOff()
        while True:
            await self._bus.up()
            try:
                await self._session(back_off)
            except (BusFault, PersistenceError) as fault:
                self.fault = type(fault).__name__
                log.warning("cards_session_ended", fault=self.fault)
                await back_off.wait()

    async def rebuild(self) -> int:
        """Bring the whole bucket to what is known now; how many cards it holds."""
        await self._bucket.ensure()
        living = await asyncio.to_thread(lookups.persons_living, self._store)
        for key in set(await self._bucket.keys()) - set(map(str, living)):
            await self._bucket.delete(key)
        for person_id in living:
            await self._tell(person_id)
        return len(living)

    async def _session(self, back_off: BackOff) -> None:
        connection = self._bus.connections
        if self._until_agreed:
            await self._until_agreed()
        self.position = await asyncio.to_thread(self._store.head)
        held = await self.rebuild()
        self.fault, checked = "", _now()
        back_off.reset()
        while self._bus.connections == connection:
            facts = await asyncio.to_thread(self._store.log, self.position, _PAGE, _TOPICS)
            for position, recorded in facts:
                await self._tell(recorded.originator_id)
                self.position, held = position, held + 1
            if not facts:
                await asyncio.sleep(_POLL)
            if _now() - checked > _CHECK:
                await self._must_hold(held)
                checked = _now()

    async def _tell(self, person_id: UUID) -> None:
        card = await asyncio.to_thread(self._card, person_id)
        key = str(person_id)
        if card is None or card.erased:
            await self._bucket.delete(key)
        elif card.unreadable:
            return  # nobody erased it: what was told of it before stands
        elif await self._bucket.get(key) != (told := _told(card)):
            await self._bucket.put(key, told)

    def _card(self, person_id: UUID) -> Shown | None:
        person = self._store.load(Person, person_id)
        if person is None or person.state.status is Status.ERASED:
            return None
        return shown(self._vault, person.state.card)

    async def _must_hold(self, held: int) -> None:
        """A bucket that was lost under an open connection says nothing of it: look."""
        if held and (await self._bus.state(_STREAM)).messages == 0:
            raise BusFault(f"bucket {BUCKET} is empty")


def _told(card: Shown) -> bytes:
    return card.model_dump_json(include={"name", "email", "phone"}).encode()


def _now() -> float:
    return asyncio.get_running_loop().time()
