"""A service's store is put back from an older copy while the others went on: all notice, and all go on together."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from deploy.commands.rebuild import READ_MODELS
from deploy.demo.client import Suite
from deploy.health import ailing
from deploy.places import SERVICES
from shared.eventstore import EventStore
from shared.rebuild import compare
from tests.e2e.stage import Stage
from tests.e2e.suite import RunningSuite
from tests.eventually import eventually, eventually_async

pytestmark = [pytest.mark.e2e, pytest.mark.anyio]

HEARERS = ("reporting", "review", "notify")


@pytest.fixture
def own_suite(tmp_path: Path) -> Iterator[RunningSuite]:
    """A suite that nobody else looks at: its history is torn."""
    with RunningSuite(tmp_path / "suite") as running:
        yield running


async def erase(api: Suite, stage: Stage, person: str, approver: str) -> None:
    asked = {"reason": "Ba om det.", "legal_basis": "GDPR art. 17"}
    await stage.registry(api, "joint-desk").post(f"/persons/{person}/erasures", asked)
    await stage.registry(api, approver).post(f"/persons/{person}/erasures/approval", {"reason": "Etter ønske."})


async def stopped(api: Suite, service: str, part: str) -> bool:
    said = (await api.health(service))[part]["stopped_reason"]
    return "restored from an older backup" in said


def everybody_is_well(suite: RunningSuite) -> bool:
    return ailing({name: suite.addresses.service(name) for name in SERVICES}) == []


def is_as_rebuilt(suite: RunningSuite, service: str) -> bool:
    """Whether every read model is what follows from the log and from what was heard."""
    store = EventStore(suite.database(service), at_once=False)
    try:
        return compare(store, READ_MODELS[service]).equal
    finally:
        store.close()


async def cards(api: Suite, stage: Stage, person: str) -> dict[str, Any]:
    shown: dict[str, Any] = await stage.registry(api, "joint-desk").get(f"/persons/{person}")
    return shown


async def test_registry_is_put_back_while_the_others_went_on(own_suite: RunningSuite, tmp_path: Path) -> None:
    stage, suite = await set_stage_in(own_suite), own_suite
    async with suite.callers() as api:
        erased = await stage.person(api, "to-be-erased")
        copy = str(tmp_path / "registry.tar")
        suite.run("deploy.cli", "backup", "registry", copy)
        lost = await stage.person(api, "lost", role="service_desk", region="nord")
        await erase(api, stage, erased, "desk")
        for hearer in HEARERS:
            await api.knows(hearer, "registry")

        suite.run("deploy.cli", "stop", "registry")
        suite.run("deploy.cli", "restore", "registry", copy)
        suite.run("deploy.cli", "start", "registry")
        await eventually_async(lambda: stopped(api, "registry", "outbox"))
        for hearer in HEARERS:
            await eventually_async(partial(stopped, api, hearer, "inbox:registry"))
        assert (await cards(api, stage, erased))["card"]["erased"] is False, "the copy still knows who was erased"

        proposed = suite.run("deploy.cli", "epoch", "propose", "registry").stdout
        after = proposed.split("All agree up to ")[1].split(";")[0]
        opened = suite.run("deploy.cli", "epoch", "open", "registry", "--after", after, "--reason", "The disk broke")
        assert f"registry is in epoch 2 after {after}" in opened.stdout
        eventually(lambda: everybody_is_well(suite))

        found = json.loads(suite.run("deploy.cli", "lost", "registry", "--json").stdout)
        assert {row["subject"] for row in found["own"]} >= {lost, erased}
        assert all({each["contract"]["subject"] for each in found["heard"][h]["lost"]} >= {lost} for h in HEARERS)
        assert (await cards(api, stage, erased))["card"]["erased"] is True
        again = await stage.person(api, "after-all", role="service_desk", region="nord")
        for hearer in HEARERS:
            await api.knows(hearer, "registry")
        assert (await api.reporting(again).send("GET", "/cycles")).status == 200
        assert (await api.reporting(lost).send("GET", "/cycles")).code == "not_registered"
        assert all(is_as_rebuilt(suite, service) for service in SERVICES)


async def set_stage_in(suite: RunningSuite) -> Stage:
    async with suite.callers() as api:
        return await Stage.set(api)
