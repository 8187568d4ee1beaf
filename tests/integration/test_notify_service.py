"""Notify as people and the other services meet it: what it hears, sends, shows, and lets be chosen and sent again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import select

from services.notify.app import READ_MODELS, build
from services.notify.message import MessageIsUnderWay
from services.notify.preferences import DutyCannotBeMuted
from services.notify.views.tables import MESSAGES
from shared.rebuild import compare
from tests.eventually import eventually_async
from tests.facts import made_up
from tests.integration.notify import cycle, granted, known_units, opened, registered, submitted
from tests.integration.notify_service import Service, notify, told
from tests.integration.registry import Client
from tests.servers import NatsServer
from tests.stores import Databases
from tests.tokens import Tokens

pytestmark = [pytest.mark.integration, pytest.mark.anyio]
PEOPLE = ("lead", "coordinator", "desk", "trust")


@pytest.fixture
async def service(databases: Databases, tokens: Tokens, broker: NatsServer) -> AsyncIterator[Service]:
    """A report is open, and its writers have been told so."""
    async with notify(databases, tokens, broker) as running:
        await running.cards(*PEOPLE)
        running.say(*known_units(), *map(registered, PEOPLE), *map(granted, PEOPLE), cycle(), opened())
        await sent(running, 2)
        yield running


async def sent(service: Service, number: int, **filters: str) -> list[dict[str, Any]]:
    """Wait until so many messages were sent; what the log says of them."""

    async def so_many() -> list[dict[str, Any]]:
        answer = await service.caller("desk").get("/messages", status="sent", **filters)
        items: list[dict[str, Any]] = answer.json().get("items", [])
        return items if len(items) == number else []

    found: list[dict[str, Any]] = await eventually_async(so_many)
    return found


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def choose(caller: Client, seen: int, **choice: Any) -> Any:
    body = {"language": "nb", "digest": False, "muted": [], **choice}
    return await caller.send("PUT", "/me/preferences", json=body, seen=seen)


async def test_what_is_said_on_the_bus_becomes_mail_that_can_be_seen(service: Service) -> None:
    page = (await service.http.get("/dev/mail")).text
    assert page.count("Skjemaet for årsrapporten 2025 for Nasjonal behandlingstjeneste L-1 er åpnet") == 2
    assert "lead@example.org" in page

    async def is_well() -> bool:
        report: dict[str, Any] = (await service.http.get("/health")).json()
        return not report["degraded"]

    await eventually_async(is_well)


async def test_the_log_is_read_by_any_desk_and_tells_to_whom_when_and_what(service: Service) -> None:
    items = await sent(service, 1, person_id=str(made_up("lead")))
    (item,) = items
    assert (item["name"], item["email"], item["occasion"]) == ("Lead Eksempel", "lead@example.org", "form_sent")
    assert item["allowed_operations"] == ["resend"]
    desk = service.caller("desk")
    by_unit = (await desk.get("/messages", unit_id=item["unit_id"], occasion="form_sent")).json()["items"]
    assert len(by_unit) == 2
    first = (await desk.get("/messages", limit=1)).json()
    second = (await desk.get("/messages", limit=1, cursor=first["next"])).json()
    assert {first["items"][0]["message_id"], second["items"][0]["message_id"]} == {
        row["message_id"] for row in by_unit
    }
    history = (await desk.get(f"/messages/{item['message_id']}/history")).json()
    assert [fact["event"].rsplit(".", 1)[1] for fact in history] == ["Intended", "Attempted", "Sent"]
    assert history[1]["data"]["address"] == "lead@example.org"


async def test_everybody_reads_what_they_got_and_no_more(service: Service) -> None:
    lead, coordinator = service.caller("lead"), service.caller("coordinator")
    (own,) = (await lead.get("/messages", person_id=lead.person_id)).json()["items"]
    assert own["allowed_operations"] == []
    assert (await lead.get(f"/messages/{own['message_id']}")).status_code == 200
    assert code(await lead.get("/messages")) == (403, "not_allowed")
    assert code(await coordinator.get(f"/messages/{own['message_id']}")) == (404, "not_found")
    assert code(await lead.get(f"/messages/{uuid4()}")) == (404, "not_found")
    assert code(await service.caller(uuid4()).get("/messages")) == (403, "not_registered")


async def test_a_desk_has_a_message_sent_again(service: Service) -> None:
    (item,) = await sent(service, 1, person_id=str(made_up("lead")))
    path = f"/messages/{item['message_id']}/resendings"
    assert code(await service.caller("lead").post(path)) == (403, "not_allowed")
    desk = service.caller("desk")
    without_key = await service.http.post(path, headers=dict(desk.headers))
    assert code(without_key) == (428, "idempotency_key_missing")
    again = [await desk.post(path, Idempotency_Key="once more") for _ in range(2)]
    assert [answer.json()["edition"] for answer in again] == [2, 2]

    async def came_twice() -> bool:
        return (await service.http.get("/dev/mail")).text.count(item["message_id"]) == 2

    await eventually_async(came_twice)
    assert code(await desk.post(f"/messages/{uuid4()}/resendings")) == (404, "not_found")


async def test_what_goes_on_by_itself_is_not_sent_again(service: Service) -> None:
    service.say(registered("leader"), granted("leader"))

    async def waits() -> list[dict[str, Any]]:
        answer = await service.caller("desk").get("/messages", person_id=str(made_up("leader")))
        return [item for item in answer.json()["items"] if item["status"] == "retrying"]

    (item,) = await eventually_async(waits)
    assert (item["reason"], item["allowed_operations"]) == ("no_address", [])
    refused = await service.caller("desk").post(f"/messages/{item['message_id']}/resendings")
    assert code(refused) == (409, MessageIsUnderWay.code)


async def test_preferences_are_chosen_by_oneself_on_what_was_seen(service: Service) -> None:
    lead = service.caller("lead")
    before = await lead.get("/me/preferences")
    assert (before.headers["etag"], before.json()["language"], before.json()["muted"]) == ('"0"', "nb", [])
    assert (await lead.get("/me/preferences/history")).json() == []
    chosen = await choose(lead, 0, language="nn", muted=["reminder"])
    assert (chosen.status_code, chosen.headers["etag"]) == (200, '"1"')
    assert code(await choose(lead, 0, language="en")) == (412, "stale_version")
    assert (await lead.get("/me/preferences")).json()["language"] == "nn"
    (choice,) = (await lead.get("/me/preferences/history")).json()
    assert choice["by"]["subject"] == lead.person_id
    service.say(submitted())
    await sent(service, 4)
    assert "Kvitteringa og rapporten slik han vart levert" in (await service.http.get("/dev/mail")).text


async def test_a_duty_is_not_turned_off(service: Service) -> None:
    refused = await choose(service.caller("lead"), 0, muted=["reminder", "form_sent"])
    assert code(refused) == (409, DutyCannotBeMuted.code)
    assert refused.json()["errors"] == [{"code": "duty", "pointer": "/muted", "detail": "form_sent"}]
    malformed = await choose(service.caller("lead"), 0, language="da", muted=["nothing"])
    assert {error["pointer"] for error in malformed.json()["errors"]} == {"/language", "/muted/0"}


async def test_every_occasion_can_be_read_beforehand_in_three_languages(service: Service) -> None:
    lead = service.caller("lead")
    occasions = (await lead.get("/occasions")).json()
    assert {"occasion": "form_sent", "duty": True} in occasions
    for each in occasions:
        shown = (await lead.get(f"/occasions/{each['occasion']}/preview")).json()
        assert list(shown) == ["nb", "nn", "en"]
        assert len({letter["text"] for letter in shown.values()}) == 3
    assert (await lead.get("/occasions/nothing/preview")).status_code == 422
    assert (await service.caller(uuid4()).get("/occasions")).status_code == 403


async def test_the_feed_is_for_services(service: Service) -> None:
    assert (await service.caller("service:reporting").get("/feed")).text == ""
    assert (await service.caller("lead").get("/feed")).status_code == 403


async def test_the_read_models_are_made_again_from_what_is_recorded_and_heard(service: Service) -> None:
    service.say(submitted())
    await sent(service, 4)
    store = service.app.state.notify.store
    found = compare(store, READ_MODELS)
    assert found.equal, found.differences
    assert found.rows["messages"] == len(store.rows(select(MESSAGES))) == 4


async def test_the_sink_and_its_page_are_refused_in_production(databases: Databases, tokens: Tokens) -> None:
    with pytest.raises(ValueError, match="NOTIFY_SMTP_SINK delivers nothing"):
        told(databases, tokens, "nats://127.0.0.1:9", environment="production")


async def test_a_password_is_not_shown_on_the_way(databases: Databases, tokens: Tokens) -> None:
    with pytest.raises(ValueError, match="would show the password"):
        told(databases, tokens, "nats://127.0.0.1:9", smtp_username="aarring")


async def test_without_a_sink_there_is_no_page(databases: Databases, tokens: Tokens) -> None:
    app = build(told(databases, tokens, "nats://127.0.0.1:9", smtp_sink=False))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://notify") as http:
        assert (await http.get("/dev/mail")).status_code == 404
