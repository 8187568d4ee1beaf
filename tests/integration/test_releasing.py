"""The operator sees what a service could not take in, and has it taken in again: once, in order, and on record."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.review.app import READ_MODELS
from shared.contracts import registry
from shared.rebuild import compare
from tests.integration.reporting import Caller
from tests.integration.review import Service, review
from tests.poison import poisoned
from tests.stores import Databases
from tests.tokens import Tokens

pytestmark = [pytest.mark.integration, pytest.mark.anyio]

FAULT = "IntegrityError"


@pytest.fixture
async def service(databases: Databases, tokens: Tokens) -> AsyncIterator[Service]:
    async with review(databases, tokens) as running:
        yield running


@pytest.fixture
def operator(service: Service) -> Caller:
    return service.caller("operator")


@pytest.fixture
def url(service: Service) -> str:
    return service.parts.store.url.render_as_string(hide_password=False)


async def renamed(service: Service, unit_id: UUID, name: str) -> None:
    said = registry.UnitRenamedV1(unit_id=unit_id, name_nb=name, name_en=None, valid_from=date(2026, 1, 1))
    await service.registry.tell(said, subject=unit_id)


async def parked(operator: Caller, **wanted: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await operator.shown("/parked", **wanted))["items"]
    return items


async def release(operator: Caller, subject: object = None, key: str | None = None) -> dict[str, Any]:
    named = {} if subject is None else {"subject": str(subject)}
    body = {"speaker": "registry", **named}
    return await operator.done("POST", "/parked/releases", body, Idempotency_Key=key or str(uuid4()))


async def test_what_waits_is_listed_with_its_fault_and_with_what_waits_behind_it(
    service: Service, operator: Caller, url: str
) -> None:
    with poisoned(url, "units", "code", "L-7"):
        unit = await service.unit("L-7")
        await renamed(service, unit, "Nytt navn")
        await service.unit("L-8")
    first, second = await parked(operator)
    assert (first["subject"], first["type"], first["speaker"]) == (
        str(unit),
        "registry.unit.registered.v1",
        "registry",
    )
    assert (first["waits_for"], first["behind"], second["waits_for"], second["behind"]) == (
        None,
        1,
        first["position"],
        0,
    )
    assert first["error"].startswith(FAULT)
    assert "L-7" not in str(first | second)
    assert second["error"] == ""
    assert first["since"] <= second["since"]


async def test_a_release_takes_everything_in_and_the_views_are_as_if_rebuilt(
    service: Service, operator: Caller, url: str
) -> None:
    with poisoned(url, "units", "code", "L-7"):
        unit = await service.unit("L-7")
        await renamed(service, unit, "Nytt navn")
    before = compare(service.parts.store, READ_MODELS)
    assert before.equal, before.differences
    assert await release(operator, unit) == {"handled": 2, "broken": []}
    assert await parked(operator) == []
    after = compare(service.parts.store, READ_MODELS)
    assert after.equal, after.differences
    assert after.rows["units"] == before.rows["units"] + 1


async def test_releasing_twice_changes_nothing(service: Service, operator: Caller, url: str) -> None:
    with poisoned(url, "units", "code", "L-7"):
        unit = await service.unit("L-7")
    key = str(uuid4())
    first = await release(operator, unit, key)
    assert await release(operator, unit, key) == first == {"handled": 1, "broken": []}
    body = {"speaker": "registry", "subject": str(unit)}
    again = await operator.send("POST", "/parked/releases", json=body)
    assert (again.status_code, again.json()["code"]) == (404, "not_found")
    other = await operator.send("POST", "/parked/releases", json={"speaker": "reporting"}, Idempotency_Key=key)
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")
    assert len((await operator.shown("/parked/releases"))["items"]) == 1


async def test_what_breaks_again_stays_parked_and_is_named(service: Service, operator: Caller, url: str) -> None:
    with poisoned(url, "units", "code", "L-7"):
        unit = await service.unit("L-7")
        await renamed(service, unit, "Nytt navn")
        first, _ = await parked(operator)
        done = await release(operator, unit)
        assert (done["handled"], [(each["subject"], each["position"]) for each in done["broken"]]) == (
            0,
            [(str(unit), first["position"])],
        )
        assert done["broken"][0]["error"].startswith(FAULT)
        assert len(await parked(operator)) == 2
    await release(operator)
    kept = (await operator.shown("/parked/releases"))["items"]
    assert [(each["released_by"], each["result"]) for each in kept] == [
        ("operator", "broken"),
        ("operator", "handled"),
        ("operator", "handled"),
    ]


async def test_lists_come_page_by_page_and_can_be_narrowed(service: Service, operator: Caller, url: str) -> None:
    with poisoned(url, "units", "kind", "national_treatment_service"):
        units = [await service.unit(f"L-{number}") for number in range(3)]
    assert [each["subject"] for each in await parked(operator)] == list(map(str, units))
    page = await operator.shown("/parked", limit=2)
    rest = await operator.shown("/parked", limit=2, cursor=page["next"])
    assert [each["subject"] for each in page["items"] + rest["items"]] == list(map(str, units))
    assert rest["next"] is None
    assert [each["subject"] for each in await parked(operator, subject=str(units[1]))] == [str(units[1])]
    assert len(await parked(operator, speaker="registry")) == 3
    assert await parked(operator, speaker="reporting") == []
    assert await release(operator) == {"handled": 3, "broken": []}
    page = await operator.shown("/parked/releases", limit=2)
    rest = await operator.shown("/parked/releases", limit=2, cursor=page["next"])
    assert [each["subject"] for each in page["items"] + rest["items"]] == list(map(str, units))


async def test_only_the_operator_may_see_or_release(service: Service) -> None:
    for subject in (service.auditor.person_id, "service:reporting"):
        caller = service.caller(subject)
        body = {"speaker": "registry"}
        for answer in (
            await caller.get("/parked"),
            await caller.get("/parked/releases"),
            await caller.send("POST", "/parked/releases", json=body),
        ):
            assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


@pytest.mark.parametrize("speaker", ["registry", "weather"])
async def test_there_must_be_something_to_release(operator: Caller, speaker: str) -> None:
    answer = await operator.send("POST", "/parked/releases", json={"speaker": speaker})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
