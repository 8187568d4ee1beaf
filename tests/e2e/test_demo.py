"""The demo, played as a user plays it: what it tells is what the services say, and it can be played again."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from deploy.demo.client import Suite
from deploy.places import ROOT, SERVICES
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
        events = {name: (await api.health(name))["database"]["head"] for name in SERVICES}
    assert summary["units"] == len(units) == len(rows)
    assert summary["reports_submitted"] == sum(1 for row in rows if row["status"] == "submitted")
    assert summary["appointments"] == len(appointed)
    assert summary["events"] == events
    assert summary["conflicts"] == summary["redactions"] == 1
    assert summary["replay_equal"] is True


async def test_the_summary_tells_how_the_year_ended(played: RunningSuite) -> None:
    summary, people = _read(played, "summary.json"), _read(played, "people.json")
    year = summary["year"]
    async with played.callers() as api:
        secretary, ministry = api.review(people["secretary"]), api.review(people["ministry"])
        reviews = await secretary.listed("/reviews", year=str(year))
        points = await secretary.listed("/follow-ups")
        sent = (await ministry.get(f"/dossiers/{year}"))["sent"]
        states = await secretary.listed("/report-states", year=str(year))
    assert summary["reports_reviewed"] == sum(1 for row in reviews if row["completed_at"])
    assert summary["returned"] == sum(row["returns"] for row in reviews) == 1
    assert summary["follow_ups"] == sum(1 for point in points if point["year"] == year)
    assert summary["states"] == Counter(row["state"] for row in states)
    assert {point["level"] for point in points} == {"regional", "national"}
    assert (summary["dossier"]["sha256"], summary["dossier"]["sent_at"]) == (sent["sha256"], sent["at"])
    assert summary["dossier"]["presented_at"] <= summary["dossier"]["sent_at"]
    assert hashlib.sha256(_file(summary["dossier"]["bundle"])).hexdigest() == sent["sha256"]


async def test_the_mails_of_two_years_are_all_different_and_were_all_sent(played: RunningSuite) -> None:
    summary, people = _read(played, "summary.json"), _read(played, "people.json")
    async with played.callers() as api:
        names = [name for mail in await api.mail() for header, name in mail["headers"] if header == "Message-ID"]
        log = await api.notify(people["joint-desk"]).listed("/messages")
    sent = {row["message_id"] for row in log if row["status"] == "sent"}
    assert len(names) == len(set(names)) == len(sent) > summary["messages_sent"] > 0
    assert {row["status"] for row in log} <= {"sent", "not_sent"}


async def test_a_point_that_was_carried_stands_beside_the_next_years_form(played: RunningSuite) -> None:
    people, year = _read(played, "people.json"), _read(played, "summary.json")["year"]
    async with played.callers() as api:
        lead = api.review(people["lead-L-HB7"])
        found = await lead.listed("/follow-ups", year=str(year))
    assert [(point["year"], point["status"]) for point in found] == [(year - 1, "carried")]


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


def _file(name: str) -> bytes:
    return (ROOT / name).read_bytes()


def _read(suite: RunningSuite, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((suite.var / "demo" / name).read_text())
    return found


def test_it_refuses_a_suite_of_other_people(stage: object, suite: RunningSuite) -> None:
    told = suite.run("deploy.demo", check=False)
    assert told.returncode == 1
    assert "--fresh" in told.stderr
