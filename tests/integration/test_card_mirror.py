"""The mirror of the cards, and the clock's rules, outlast a database that is away and what is no card at all."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import pytest
from eventsourcing.persistence import OperationalError, PersistenceError

from services.notify.application.concerning import CaughtUp
from services.notify.application.timing import Timing
from services.notify.views import queries
from shared.cards import BUCKET
from shared.desk import Unavailable
from shared.eventstore import Change
from shared.schedule import Due, Schedule
from tests.eventually import eventually_async
from tests.facts import made_up
from tests.integration.notify import Office, office
from tests.integration.talk import on_bus
from tests.servers import NatsServer
from tests.stores import Databases

pytestmark = [pytest.mark.integration, pytest.mark.anyio]
LEAD, LEADER = made_up("lead"), made_up("leader")
CARD = {"name": "Kari Eksempel", "email": "kari@example.org"}


@pytest.fixture
def at_work(databases: Databases) -> Iterator[Office]:
    with office(databases) as made:
        yield made


@asynccontextmanager
async def unbroken(run: Any) -> AsyncIterator[None]:
    """It runs while the block does, and ends only because it is cancelled."""
    task = asyncio.create_task(run)
    yield
    assert not task.done(), task.exception()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def name(at_work: Office, of: Any) -> str | None:
    return (queries.card(at_work.store.rows, of) or {}).get("name")


@pytest.mark.parametrize("fault", [PersistenceError(), Unavailable("away")], ids=["database", "desk"])
async def test_a_card_that_could_not_be_kept_is_asked_for_again(
    at_work: Office, broker: NatsServer, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    keep, faults = at_work.desk.keep, [fault, fault]

    async def keep_later(*changes: Change) -> None:
        if changes and faults:
            raise faults.pop()
        await keep(*changes)

    monkeypatch.setattr(at_work.desk, "keep", keep_later)
    async with on_bus(broker.url) as bus:
        await bus.up()
        bucket = bus.bucket(BUCKET)
        await bucket.ensure()
        await bucket.put(str(LEAD), json.dumps(CARD).encode())
        async with unbroken(at_work.cards.follow(bus)):
            await eventually_async(lambda: name(at_work, LEAD) == "Kari Eksempel")
    assert faults == []


@pytest.mark.parametrize(
    ("key", "value"), [("kari", b"{}"), (str(LEAD), b"no card"), (str(LEAD), b"[1]"), (str(LEAD), b"\xff")]
)
async def test_what_is_no_card_is_passed_over(at_work: Office, key: str, value: bytes) -> None:
    await at_work.card("lead")
    await at_work.cards.changed(key, value)
    await at_work.card("leader")
    await at_work.cards.complete(frozenset({key, str(LEAD), str(LEADER)}))
    assert (name(at_work, LEAD), name(at_work, LEADER)) == ("Lead Eksempel", "Leader Eksempel")


class Away(CaughtUp):
    """A database that does not answer the first time."""

    asked = 0

    async def now(self) -> bool:
        self.asked += 1
        if self.asked == 1:
            raise OperationalError
        return True


async def test_the_clock_goes_on_when_the_database_is_back(at_work: Office) -> None:
    caught_up = Away("registry", at_work.said["registry"], at_work.store)
    ticks = list[datetime]()

    def rule(now: datetime) -> list[Due]:
        ticks.append(now)
        return []

    schedule = Schedule(at_work.desk, at_work.clock, [rule])
    async with unbroken(Timing(schedule, [caught_up], every=0.01).run()):
        await eventually_async(lambda: bool(ticks))
