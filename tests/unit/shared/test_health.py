"""What a service says of itself: ready or not, degraded in what, and in figures that Prometheus can read."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from prometheus_client.parser import text_string_to_metric_families

from shared.health import Check, Health, health_router
from shared.loops import TOLERATED, Breaks, running
from tests.eventually import eventually_async

pytestmark = [pytest.mark.unit, pytest.mark.anyio]

INBOX = {"tracked": 7, "gaps": 2, "lag_seconds": 1.5, "fault": "", "stopped": False}
WELL: Mapping[str, Check] = {
    "database": lambda: {"head": 7},
    "desk": lambda: {"waiting": 0},
    "bus": lambda: {"ok": True, "connections": 1},
    "inbox:registry": lambda: INBOX,
    "inbox:review": lambda: {**INBOX, "tracked": 3},
}


def asked(checks: Mapping[str, Check]) -> httpx.AsyncClient:
    app = FastAPI()
    app.include_router(health_router(Health("reporting", checks, "1.0")))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://reporting")


async def test_a_service_whose_parts_are_well_is_ready() -> None:
    async with asked(WELL) as service:
        assert (await service.get("/health/ready")).status_code == 200
        report = (await service.get("/health")).json()
    assert (report["ready"], report["degraded"]) == (True, [])
    assert report["checks"]["database"] == {"ok": True, "head": 7}


async def test_without_its_bus_a_service_is_degraded_and_goes_on() -> None:
    async with asked({**WELL, "bus": lambda: {"ok": False}}) as service:
        ready = await service.get("/health/ready")
        report = (await service.get("/health")).json()
    assert (ready.status_code, ready.json()["ready"]) == (200, True)
    assert (report["ready"], report["degraded"]) == (True, ["bus"])


@pytest.mark.parametrize("part", ["database", "desk", "lease", "vault"])
async def test_without_a_vital_part_it_is_not_ready(part: str) -> None:
    async with asked({**WELL, part: lambda: {"ok": False}}) as service:
        assert (await service.get("/health/ready")).status_code == 503
        everything = await service.get("/health")
    assert (everything.status_code, everything.json()["ready"]) == (200, False)


async def test_a_part_that_breaks_when_asked_is_ill() -> None:
    def broken() -> Mapping[str, Any]:
        raise ConnectionRefusedError("no")

    async with asked({**WELL, "database": broken}) as service:
        said = (await service.get("/health/ready")).json()["checks"]["database"]
    assert said == {"ok": False, "fault": "ConnectionRefusedError"}


async def test_readiness_asks_only_what_is_vital() -> None:
    def slow() -> Mapping[str, Any]:
        raise AssertionError("nobody waits for this one")

    async with asked({**WELL, "inbox:registry": slow}) as service:
        assert set((await service.get("/health/ready")).json()["checks"]) == {"database", "desk"}


async def test_every_figure_has_its_name_its_kind_and_its_labels() -> None:
    async with asked(WELL) as service:
        text = (await service.get("/metrics")).text
    found = {family.name: family for family in text_string_to_metric_families(text)}
    tracked = {tuple(s.labels.items()): s.value for s in found["aarring_inbox_tracked"].samples}
    assert tracked == {
        (("hearer", "reporting"), ("speaker", "registry")): 7.0,
        (("hearer", "reporting"), ("speaker", "review")): 3.0,
    }
    assert found["aarring_inbox_gaps"].type == "counter"
    assert {s.name for s in found["aarring_inbox_gaps"].samples} == {"aarring_inbox_gaps_total"}
    assert found["aarring_inbox_lag_seconds"].documentation == "How long the hearer has been behind"
    assert [s.value for s in found["aarring_inbox_stopped"].samples] == [0.0, 0.0]
    assert "aarring_inbox_fault" not in found
    assert {s.labels["part"]: s.value for s in found["aarring_part_ok"].samples} == dict.fromkeys(WELL, 1.0)
    assert text.count("# TYPE aarring_inbox_tracked ") == 1


@pytest.mark.breaks_loops
async def test_a_loop_that_breaks_again_and_again_is_seen() -> None:
    breaks, runs = Breaks(), 0

    async def stumbles() -> None:
        nonlocal runs
        runs += 1
        if runs <= TOLERATED + 1:
            raise ZeroDivisionError
        await asyncio.Event().wait()

    async def works() -> None:
        await asyncio.Event().wait()

    async with running(breaks.watching({"outbox": stumbles, "cards": works})):
        await eventually_async(lambda: runs > TOLERATED + 1)
        said = {name: check() for name, check in breaks.checks().items()}
    assert said["loop:outbox"] == {"ok": False, "breaks": TOLERATED + 1, "fault": "ZeroDivisionError"}
    assert said["loop:cards"] == {"ok": True, "breaks": 0, "fault": ""}


@pytest.mark.breaks_loops
async def test_one_mishap_of_a_loop_is_counted_and_forgiven() -> None:
    breaks, runs = Breaks(), 0

    async def stumbles_once() -> None:
        nonlocal runs
        runs += 1
        if runs == 1:
            raise ZeroDivisionError
        await asyncio.Event().wait()

    async with running(breaks.watching({"outbox": stumbles_once})):
        await eventually_async(lambda: runs == 2)
    assert breaks.checks()["loop:outbox"]() == {"ok": True, "breaks": 1, "fault": "ZeroDivisionError"}
