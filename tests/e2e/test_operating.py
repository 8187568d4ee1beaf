"""What the operator does with a running suite: look at it, stop one service, copy its store, put it back."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import httpx
import pytest
import yaml  # type: ignore[import-untyped]  # it ships no types
from prometheus_client.core import Metric
from prometheus_client.parser import text_string_to_metric_families

from deploy.demo.client import Suite
from deploy.health import health
from deploy.places import ROOT, SERVICES
from shared.figures import FIGURES
from tests.e2e.stage import Stage, heads
from tests.e2e.suite import RunningSuite
from tests.eventually import eventually_async

pytestmark = [pytest.mark.e2e, pytest.mark.anyio]

ALARMS = yaml.safe_load((ROOT / "deploy/prometheus/alarms.yml").read_text())["groups"][0]["rules"]
OF_PROMETHEUS = {"up"}
WORDS = re.compile(r"[a-z_]{2,}(?=\{|\[| |$|\))")
OPERATORS = {"max", "sum", "by", "increase", "service"}


async def test_a_service_is_copied_while_it_runs_and_put_back_while_it_does_not(
    api: Suite, stage: Stage, suite: RunningSuite, tmp_path: Path
) -> None:
    await eventually_async(lambda: everybody_is_well(suite))
    suite.run("deploy.cli", "status")
    copy = str(tmp_path / "registry.tar")
    suite.run("deploy.cli", "backup", "registry", copy)
    refused = suite.run("deploy.cli", "restore", "registry", copy, check=False)
    assert refused.returncode == 1
    assert "registry is running; stop it first: aarring stop registry" in refused.stderr

    before = await heads(api)
    suite.run("deploy.cli", "stop", "registry")
    try:
        seen = suite.run("deploy.cli", "status", check=False)
        assert seen.returncode == 1
        assert "registry does not answer" in seen.stdout
        done = suite.run("deploy.cli", "restore", "registry", copy)
        assert f"put back: log up to position {before['registry']}" in done.stdout
    finally:
        suite.run("deploy.cli", "start", "registry")
    assert await heads(api) == before
    await stage.person(api, "after-the-restore")
    await api.reporting_knows()
    await eventually_async(lambda: everybody_is_well(suite))


async def test_a_service_without_its_broker_is_ready_and_says_that_it_is_degraded(suite: RunningSuite) -> None:
    registry = suite.addresses.service("registry")
    suite.kill("nats")

    def is_degraded() -> bool:
        assert httpx.get(f"{registry}/health/ready", trust_env=False).status_code == 200
        return "bus" in httpx.get(f"{registry}/health", trust_env=False).json()["degraded"]

    await eventually_async(is_degraded)
    await eventually_async(lambda: everybody_is_well(suite))


def test_every_metric_an_alarm_names_exists_and_says_what_it_is(suite: RunningSuite) -> None:
    families = [family for name in SERVICES for family in _metrics(suite, name)]
    names = {sample.name for family in families for sample in family.samples}
    for alarm in ALARMS:
        named = set(WORDS.findall(alarm["expr"].partition(" and ")[0])) - OPERATORS
        assert named, alarm["alert"]
        assert named - names <= OF_PROMETHEUS, alarm["alert"]
    told = {figure.text for figure in FIGURES.values()}
    ours = {family.name: family.documentation for family in families if family.name.startswith("aarring_")}
    assert {name for name, text in ours.items() if text not in told} == {"aarring_ready", "aarring_part_ok"}


def test_a_number_that_health_tells_is_a_metric_too(suite: RunningSuite) -> None:
    for name in SERVICES:
        checks = httpx.get(f"{suite.addresses.service(name)}/health", trust_env=False).json()["checks"]
        numbers = {
            f"{part.partition(':')[0]}_{figure}"
            for part, said in checks.items()
            for figure, value in said.items()
            if figure != "ok" and isinstance(value, int | float)
        }
        assert numbers - set(FIGURES) == set()


def everybody_is_well(suite: RunningSuite) -> bool:
    reports = [health(suite.addresses.service(name)) for name in SERVICES]
    return all(report and report["ready"] and not report["degraded"] for report in reports)


def _metrics(suite: RunningSuite, service: str) -> Iterable[Metric]:
    answer = httpx.get(f"{suite.addresses.service(service)}/metrics", trust_env=False)
    return text_string_to_metric_families(answer.text)
