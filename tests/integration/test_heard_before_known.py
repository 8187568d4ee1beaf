"""What a service heard before it knew the words is taken in by a version that does: once, and in its place."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

import pytest
from sqlalchemy import select

from shared.contracts import PUBLISHED, CloudEvent, Contract
from shared.desk import UnitOfWork
from shared.domain import Recorded
from shared.eventstore import Change, Put
from shared.inbox import Hearing, Views, heard_by
from shared.inbox.heard import parked
from shared.inbox.parked import Released
from shared.rebuild import ReadModels, compare
from tests.eventually import eventually_async
from tests.integration.talk import (
    VIEWS,
    HearingService,
    LetterWrittenV1,
    Shelving,
    Speaking,
    Written,
    at_work,
    letters,
    on_bus,
    written,
)
from tests.servers import NatsServer
from tests.stores import Databases

pytestmark = [pytest.mark.integration, pytest.mark.anyio]
NEW = ("new", "torn", "full", "newer")


class LetterScribbledV1(LetterWrittenV1):
    NAME: ClassVar[str] = "speaking.letter.scribbled.v1"


def told(recorded: Recorded) -> Contract:
    """Some letters are told of in words that an older version does not know."""
    contract = written(recorded)
    assert isinstance(recorded.event, Written)
    is_new = recorded.event.text in NEW
    return LetterScribbledV1.model_validate(contract.model_dump()) if is_new else contract


def rows(contract: Contract) -> Iterable[Change]:
    assert isinstance(contract, LetterWrittenV1)
    return [Put(letters, {"subject": "the last", "count": 1, "text": contract.text})]


def fold(unit: UnitOfWork, event: CloudEvent, contract: Contract) -> None:
    unit.change(*rows(contract))


LAST_LETTER = Views([VIEWS], rows)
MODELS = ReadModels([VIEWS], lambda _: (), rows, of_others=[VIEWS])


@pytest.fixture
def speaking(databases: Databases, language: None) -> Iterable[Speaking]:
    service = Speaking(databases("speaking"), tell=told)
    yield service
    service.close()


def version(hearing: HearingService, policy: Shelving | None = None) -> Hearing:
    return Hearing(hearing.desk, "speaking", policy or Shelving(), fold, views=LAST_LETTER)


async def heard_by_the_old(speaking: Speaking, hearing: HearingService, *texts: str) -> None:
    speaking.write("bills", *texts)
    await version(hearing).take(speaking.publications.read(0, 100), after=0)


def upgrade(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PUBLISHED, LetterScribbledV1.NAME, LetterScribbledV1)


def notes(hearing: HearingService) -> list[str]:
    """What is noted of each letter, in the order they were written."""
    kept = sorted(heard_by(hearing.store), key=lambda one: one.event.position)
    return [one.note.partition(":")[0] for one in kept]


def last(hearing: HearingService) -> str:
    (row,) = hearing.store.rows(select(letters))
    return str(row["text"])


async def test_what_was_not_known_is_noted_as_such_and_leaves_no_rows(
    speaking: Speaking, hearing: HearingService, monkeypatch: pytest.MonkeyPatch
) -> None:
    await heard_by_the_old(speaking, hearing, "one", "new")
    assert notes(hearing) == ["", "unknown"]
    upgrade(monkeypatch)
    assert compare(hearing.store, MODELS).equal
    assert last(hearing) == "one"


async def test_what_is_known_now_is_taken_in_once_and_below_what_followed_it(
    speaking: Speaking, hearing: HearingService, monkeypatch: pytest.MonkeyPatch
) -> None:
    await heard_by_the_old(speaking, hearing, "one", "new", "three", "newer", "five")
    upgrade(monkeypatch)
    for _ in range(2):
        await version(hearing).unknown.take_in()
        assert hearing.shelf("bills") == ["one", "three", "five", "new", "newer"]
        assert notes(hearing) == [""] * 5
        assert last(hearing) == "five"
        assert compare(hearing.store, MODELS).equal
    positions = [one.event.position for one in heard_by(hearing.store)]
    assert positions == sorted(positions)


async def test_what_is_not_known_yet_goes_on_waiting(speaking: Speaking, hearing: HearingService) -> None:
    await heard_by_the_old(speaking, hearing, "new", "two")
    await version(hearing).unknown.take_in()
    assert notes(hearing) == ["unknown", ""]


async def test_what_is_refused_then_is_noted_and_what_breaks_is_parked_with_what_follows(
    speaking: Speaking, hearing: HearingService, monkeypatch: pytest.MonkeyPatch
) -> None:
    await heard_by_the_old(speaking, hearing, "full", "torn", "new", "four")
    upgrade(monkeypatch)
    shelving = Shelving()
    later = version(hearing, shelving)
    await later.unknown.take_in()
    assert notes(hearing) == ["shelf_is_full", "parked", "parked", ""]
    assert hearing.shelf("bills") == ["four"]
    assert len(hearing.store.rows(select(parked))) == 2
    shelving.torn_can_be_read = True
    assert await later.parked.release("operator") == Released(2)
    assert hearing.shelf("bills") == ["four", "torn", "new"]


async def test_a_reader_takes_it_in_before_it_hears_on(
    broker: NatsServer, speaking: Speaking, hearing: HearingService, monkeypatch: pytest.MonkeyPatch
) -> None:
    await heard_by_the_old(speaking, hearing, "one", "new")
    upgrade(monkeypatch)
    speaking.write("bills", "three")
    async with on_bus(broker.url) as bus:
        outbox = speaking.outbox(bus)
        inbox = hearing.inbox(bus, speaking.feed, Shelving(), fold, views=LAST_LETTER)
        async with at_work(outbox.run, inbox.run):
            await eventually_async(lambda: hearing.store.tracked("speaking") == speaking.publications.head())
    assert hearing.shelf("bills") == ["one", "new", "three"]
    assert notes(hearing) == ["", "", ""]
