"""What the registry tells: its feed, its stream, and the bucket of persons."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from shared.access import NotAllowed
from shared.bus import Bus
from tests.eventually import eventually_async
from tests.integration.registry import registry
from tests.servers import NatsServer
from tests.stores import Databases
from tests.tokens import Tokens

pytestmark = [pytest.mark.integration, pytest.mark.anyio]


@asynccontextmanager
async def listening(server: NatsServer) -> AsyncIterator[Bus]:
    bus = Bus()
    await bus.connect(server.url, "listener")
    await bus.up()
    try:
        yield bus
    finally:
        await bus.close()


async def test_the_feed_is_for_services_and_holds_no_names(databases: Databases, tokens: Tokens) -> None:
    async with registry(databases, tokens) as service:
        await service.unit()
        await service.person("Ragnhild Unik")
        told = await service.caller("service:reporting").get("/feed")
        refused = await service.desk.get("/feed")
    lines = [json.loads(line) for line in told.text.splitlines()]
    assert (refused.status_code, refused.json()["code"]) == (403, NotAllowed.code)
    assert [line["previous"] for line in lines] == [0, *(line["position"] for line in lines[:-1])]
    assert "registry.unit.registered.v1" in {line["type"] for line in lines}
    assert "Unik" not in told.text


async def test_cards_are_in_the_bucket_until_they_are_erased(
    databases: Databases, tokens: Tokens, nats_server: NatsServer
) -> None:
    async with registry(databases, tokens, nats_url=nats_server.url) as service, listening(nats_server) as bus:
        bucket = bus.bucket("persons")
        person = await service.person("Ragnhild Unik", email="ragnhild@unik.example")

        async def card() -> dict[str, str] | None:
            found = await bucket.get(person.person_id)
            return json.loads(found) if found else None

        async def is_well() -> bool:
            report: dict[str, Any] = (await service.http.get("/health")).json()
            return not report["degraded"]

        async def is_gone() -> bool:
            return await card() is None

        await eventually_async(is_well)
        assert await eventually_async(card) == {
            "name": "Ragnhild Unik",
            "email": "ragnhild@unik.example",
            "phone": None,
        }
        other = await service.holder("service_desk", region="vest")
        path = f"/persons/{person.person_id}/erasures"
        await service.desk.made(path, {"reason": "ba om det", "legal_basis": "GDPR art. 17"})
        await other.made(f"{path}/approval", {"reason": "riktig"})
        await eventually_async(is_gone)


async def test_a_bucket_with_other_contents_is_mended_at_the_start(
    databases: Databases, tokens: Tokens, nats_server: NatsServer
) -> None:
    async with listening(nats_server) as bus:
        bucket = bus.bucket("persons")
        await bucket.ensure()
        await bucket.put("somebody-else", b"{}")
        async with registry(databases, tokens, nats_url=nats_server.url) as service:

            async def holds_its_own() -> bool:
                return await bucket.keys() == [service.desk.person_id]

            await eventually_async(holds_its_own)
