"""The demo, played as a user plays it: what it tells is what the services say, and it can be played again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from deploy.demo.client import Suite
from tests.e2e.suite import RunningSuite

pytestmark = [pytest.mark.e2e, pytest.mark.anyio]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSuite]:
    """A suite in which the demo was played twice; the demo starts it by itself."""
    suite = RunningSuite(tmp_path_factory.mktemp("demo"))
    try:
        suite.run("deploy.demo")
        suite.run("deploy.demo")
        yield suite
    finally:
        suite.run("deploy.cli", "down")


async def test_the_summary_is_what_the_services_say(played: RunningSuite) -> None:
    summary = _read(played, "summary.json")
    people = _read(played, "people.json")
    async with played.callers() as api:
        desk = people["joint-desk"]
        rows = await api.reporting(desk).listed("/reports", year=str(summary["year"]))
        units = await api.registry(desk).listed("/units", status="active")
        appointed = await api.registry(desk).listed("/appointments", step="appointed")
        events = {name: (await api.health(name))["database"]["head"] for name in ("registry", "reporting")}
    assert summary["units"] == len(units) == len(rows)
    assert summary["reports_submitted"] == sum(1 for row in rows if row["status"] == "submitted")
    assert summary["appointments"] == len(appointed)
    assert summary["events"] == events
    assert summary["conflicts"] == summary["redactions"] == 1
    assert summary["replay_equal"] is True


async def test_every_unit_ends_in_a_definite_state_every_year(played: RunningSuite) -> None:
    desk = _read(played, "people.json")["joint-desk"]
    async with played.callers() as api:
        years = [cycle["year"] for cycle in await api.reporting(desk).get("/cycles")]
        rows = await api.reporting(desk).listed("/reports")
    assert len(years) == 2
    assert {row["status"] for row in rows} == {"submitted", "exempted"}
    assert {row["timing"] for row in rows if row["timing"]} == {"in_time", "in_time_by_extension", "in_grace", "late"}


async def test_its_people_can_be_spoken_for_by_name(played: RunningSuite) -> None:
    token = played.run("deploy.cli", "token", "--as", "lead-L-HB7", "--for", "reporting").stdout.strip()
    async with played.callers() as api:
        reports = await _as(api, token, "/reports")
    assert {row["unit_code"] for row in reports["items"]} >= {"L-HB7"}


async def _as(api: Suite, token: str, path: str) -> Any:
    bearer = {"Authorization": f"Bearer {token}"}
    return (await api.reporting("operator").send("GET", path, headers=bearer)).body


def _read(suite: RunningSuite, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((suite.var / "demo" / name).read_text())
    return found


def test_it_refuses_a_suite_of_other_people(stage: object, suite: RunningSuite) -> None:
    told = suite.run("deploy.demo", check=False)
    assert told.returncode == 1
    assert "--fresh" in told.stderr
