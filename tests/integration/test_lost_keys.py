"""A lost key is told as such by every service: nobody decided that the text should go, and nothing breaks."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import text

from services.registry.cards import Cards
from shared.vault import Vault
from tests.eventually import eventually_async
from tests.integration.notify import cycle, granted, known_units, opened, registered
from tests.integration.notify_service import notify
from tests.integration.registry import Service as Registry
from tests.integration.registry import registry
from tests.integration.review import review
from tests.servers import NatsServer
from tests.stores import Databases
from tests.tokens import Tokens

pytestmark = [pytest.mark.integration, pytest.mark.anyio]
PEOPLE = ("lead", "coordinator", "desk", "trust")


def lose(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    """The keys are gone from their database, and nobody remembers them any more."""
    with vault._engine.begin() as connection:
        connection.execute(text("DELETE FROM keys"))
    now = time.monotonic()
    monkeypatch.setattr("shared.remembered.monotonic", lambda: now + 61)


@pytest.fixture
async def service(databases: Databases, tokens: Tokens) -> AsyncIterator[Registry]:
    async with registry(databases, tokens) as running:
        yield running


async def test_a_card_is_shown_without_what_cannot_be_read(
    service: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = await service.person("Ragnhild Unik")
    lose(service.app.state.parts.vault, monkeypatch)
    card = (await service.desk.get(f"/persons/{person.person_id}")).json()["card"]
    assert (card["name"], card["unreadable"], card["erased"]) == (None, True, False)
    facts = (await service.desk.get(f"/persons/{person.person_id}/history")).json()
    assert facts[0]["data"]["card"]["name"] == {"unreadable": True}
    listed = (await service.desk.get("/persons")).json()["items"]
    assert {item["card"]["unreadable"] for item in listed} == {True}


async def test_what_others_were_told_of_somebody_stays(
    databases: Databases, tokens: Tokens, nats_server: NatsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with registry(databases, tokens, nats_url=nats_server.url) as service:
        parts = service.app.state.parts
        await parts.bus.up()
        bucket, person = parts.bus.bucket("persons"), await service.person("Ragnhild Unik")

        async def told() -> bytes | None:
            found: bytes | None = await bucket.get(person.person_id)
            return found

        assert json.loads(await eventually_async(told))["name"] == "Ragnhild Unik"
        lose(parts.vault, monkeypatch)
        await Cards(parts.bus, parts.store, parts.vault).rebuild()
        assert await told() is not None


async def test_a_judgement_is_shown_without_what_cannot_be_read(
    databases: Databases, tokens: Tokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with review(databases, tokens) as service:
        judged = await service.submitted("L-1", "vest")
        await judged.assess("vest")
        lose(service.parts.vault, monkeypatch)
        shown = (await judged.shown())["parts"]["vest"]["assessments"]["results"]["text"]
        assert shown.items() >= {"text": None, "unreadable": True}.items()
        assert "removed" not in shown


async def test_a_message_is_shown_without_what_cannot_be_read(
    databases: Databases, tokens: Tokens, broker: NatsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with notify(databases, tokens, broker) as service:
        await service.cards(*PEOPLE)
        service.say(*known_units(), *map(registered, PEOPLE), *map(granted, PEOPLE), cycle(), opened())
        desk = service.caller("desk")

        async def sent() -> list[dict[str, Any]]:
            answer = await desk.get("/messages", status="sent")
            items: list[dict[str, Any]] = answer.json().get("items", [])
            return items

        path = f"/messages/{(await eventually_async(sent))[0]['message_id']}/history"
        lose(service.app.state.parts.vault, monkeypatch)
        assert (await desk.get(path)).json()[1]["data"]["address"] == {"unreadable": True}
