"""Who has a report open, and where: told to those who follow it, forgotten after a moment, and recorded nowhere."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.reporting.application.presence import MOST_PERSONS, MOST_TABS, Presence
from tests.integration.draft import ACCESS, OVERALL, Draft, drafted
from tests.integration.followed import Followers, followers
from tests.integration.reporting import Caller, MovableClock, Service, reporting
from tests.stores import Databases
from tests.tokens import Tokens

pytestmark = [pytest.mark.integration, pytest.mark.anyio]


@pytest.fixture
async def service(databases: Databases, tokens: Tokens) -> AsyncIterator[Service]:
    async with reporting(databases, tokens) as running:
        yield running


@pytest.fixture
async def draft(service: Service) -> Draft:
    return await drafted(service)


@pytest.fixture
async def open_to(service: Service) -> AsyncIterator[Followers]:
    async with followers(service.app) as reading:
        yield reading


async def here(
    draft: Draft, by: Caller, tab: UUID, place: str = "evaluation", question: str | None = None
) -> list[dict[str, Any]]:
    """Somebody is at a place; who is there."""
    body = {"tab": str(tab), "place": place, "question_id": question}
    answer = await by.http.put(f"{draft.path}/presence", json=body, headers=dict(by.headers))
    assert answer.status_code == 200, answer.text
    assert answer.json()["expires_in"] == 40
    found: list[dict[str, Any]] = answer.json()["people"]
    return found


async def gone(draft: Draft, by: Caller, tab: UUID) -> list[dict[str, Any]]:
    answer = await by.http.delete(f"{draft.path}/presence", params={"tab": str(tab)}, headers=dict(by.headers))
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["people"]
    return found


async def test_others_are_told_who_comes_where_they_go_and_that_they_left(draft: Draft, open_to: Followers) -> None:
    tab = uuid4()
    async with open_to.reading(draft, draft.leader) as stream:
        assert (await stream.told("presence"))["people"] == []
        await here(draft, draft.lead, tab, question=ACCESS)
        assert (await stream.told("presence"))["people"] == [
            {
                "person_id": draft.lead.person_id,
                "name": "Ragnhild Leder",
                "role": "professional_lead",
                "you": False,
                "place": "evaluation",
                "question_id": ACCESS,
                "since": "2025-12-10T09:00:00Z",
                "tabs": 1,
            }
        ]
        await here(draft, draft.lead, tab, place="activity")
        (moved,) = (await stream.told("presence"))["people"]
        assert (moved["place"], moved["question_id"]) == ("activity", None)
        assert await gone(draft, draft.lead, tab) == []
        assert (await stream.told("presence"))["people"] == []


async def test_two_tabs_are_one_person_who_is_where_they_were_last(draft: Draft, open_to: Followers) -> None:
    first, second = uuid4(), uuid4()
    async with open_to.reading(draft, draft.lead) as stream:
        await stream.told("presence")
        await here(draft, draft.lead, first, question=ACCESS)
        (alone,) = (await stream.told("presence"))["people"]
        assert (alone["you"], alone["tabs"], alone["question_id"]) == (True, 1, ACCESS)
        await here(draft, draft.lead, second, place="activity")
        (twin,) = (await stream.told("presence"))["people"]
        assert (twin["tabs"], twin["place"]) == (2, "activity")
        await gone(draft, draft.lead, second)
        (left,) = (await stream.told("presence"))["people"]
        assert (left["tabs"], left["question_id"]) == (1, ACCESS)


async def test_who_falls_silent_is_gone_after_a_moment(draft: Draft, open_to: Followers) -> None:
    silent, speaking = uuid4(), uuid4()
    await here(draft, draft.lead, silent)
    await here(draft, draft.leader, speaking)
    async with open_to.reading(draft, draft.user) as stream:
        assert len((await stream.told("presence"))["people"]) == 2
        draft.service.clock.move(seconds=30)
        assert len(await here(draft, draft.leader, speaking)) == 2
        draft.service.clock.move(seconds=15)
        (left,) = (await stream.told("presence"))["people"]
        assert left["person_id"] == draft.leader.person_id
        draft.service.clock.move(seconds=60)
        assert (await stream.told("presence"))["people"] == []


async def test_it_is_recorded_nowhere(draft: Draft) -> None:
    before = await draft.facts()
    assert len(await here(draft, draft.lead, uuid4())) == 1
    assert await draft.facts() == before


async def test_only_who_may_read_the_report_is_there(draft: Draft) -> None:
    stranger = await draft.service.holder("professional_lead", unit_id=await draft.service.unit("L-2"))
    body = {"tab": str(uuid4()), "place": "evaluation"}
    for sent, by, expected in (
        (body, stranger, (404, "not_found")),
        (body | {"question_id": "evaluation.unknown"}, draft.lead, (404, "question_not_in_template")),
        (body | {"place": "<script>"}, draft.lead, (422, "malformed")),
        ({"place": "evaluation"}, draft.lead, (422, "malformed")),
    ):
        answer = await by.put(f"{draft.path}/presence", sent)
        assert (answer.status_code, answer.json()["code"]) == expected
    left = await stranger.http.delete(
        f"{draft.path}/presence", params={"tab": str(uuid4())}, headers=dict(stranger.headers)
    )
    assert left.status_code == 404
    assert await here(draft, draft.leader, uuid4(), question=OVERALL)


async def test_names_are_told_as_elsewhere(draft: Draft) -> None:
    office = await draft.service.holder("trust_office", "Ola Kontor", trust="ht-vest")
    await here(draft, draft.lead, uuid4())
    people = await here(draft, office, uuid4())
    assert {p["name"] for p in people} == {None, "Ola Kontor"}
    seen = await here(draft, draft.leader, uuid4())
    assert {p["name"] for p in seen} == {"Ragnhild Leder", None, "Kari Eksempel"}


async def test_however_many_come_only_so_many_are_kept() -> None:
    presence, report_id = Presence(MovableClock()), uuid4()
    said: dict[str, Any] = {"role": "professional_lead", "place": "evaluation", "question_id": None}
    for _ in range(MOST_TABS + 5):
        presence.say(report_id, UUID(int=1), uuid4(), **said)
    (one,) = presence.people(report_id)
    assert one.tabs == MOST_TABS
    for number in range(2, MOST_PERSONS + 3):
        presence.say(report_id, UUID(int=number), uuid4(), **said)
    there = {each.person_id for each in presence.people(report_id)}
    assert len(there) == MOST_PERSONS
    assert UUID(int=1) not in there
