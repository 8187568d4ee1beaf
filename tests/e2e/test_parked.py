"""A service cannot take in what another said: the operator sees it everywhere, mends the reason and releases it."""

from __future__ import annotations

import asyncio
import json
import re

import httpx
import pytest
from typer.testing import CliRunner

from deploy import operator
from deploy.commands import parked
from deploy.demo.client import Suite
from deploy.places import Unable
from tests.e2e.stage import TREATMENT, Stage
from tests.e2e.suite import RunningSuite
from tests.eventually import eventually, eventually_async
from tests.poison import poisoned

pytestmark = [pytest.mark.e2e, pytest.mark.anyio]

CODE = "E2E-POISON"
PARKED_FIGURE = r'aarring_inbox_parked\{.*speaker="registry".*\} 2\.0'


async def test_what_cannot_be_taken_in_is_seen_and_released(api: Suite, stage: Stage, suite: RunningSuite) -> None:
    with poisoned(f"sqlite:///{suite.var}/data/review.db", "units", "code", CODE):
        unit = await _registered_and_renamed(api, stage)
        await api.knows("review", "registry")
        first, second = json.loads(await _said(suite, "review", "--json"))
        assert (first["service"], first["subject"], first["behind"]) == ("review", unit, 1)
        assert first["error"].startswith("IntegrityError")
        assert second["waits_for"] == first["position"]
        assert unit in await _said(suite, "review")
        assert await _inbox(api) == (False, 2)
        assert any(re.fullmatch(PARKED_FIGURE, line) for line in _metrics(suite).splitlines())
        with pytest.raises(Unable, match=f"registry:{first['position']}: IntegrityError"):
            await _said(suite, "release", "review", "registry", unit)
        killed = suite.kill("review")
        eventually(lambda: suite.pid("review") != killed)
        await eventually_async(lambda: _is_parked(api, 2))

    assert await _said(suite, "release", "review", "registry", "--all") == "review: 2 taken in\n"
    assert await _inbox(api) == (True, 0)
    assert (await asyncio.to_thread(suite.run, "deploy.cli", "parked")).stdout == "Nothing is parked.\n"
    done = json.loads(await _said(suite, "releases", "review", "--subject", unit, "--json"))
    assert [(each["released_by"], each["result"]) for each in done] == [
        ("operator", "broken"),
        ("operator", "handled"),
        ("operator", "handled"),
    ]


async def _registered_and_renamed(api: Suite, stage: Stage) -> str:
    desk = stage.registry(api, "joint-desk")
    body = {"code": CODE, "kind": TREATMENT, "name_nb": "Eksempel", "trusts": ["ht-vest"]}
    on = f"{stage.year}-01-01"
    made = await desk.post("/units", body | {"active_from": on})
    decision = {"authority": "ministry", "on": on, "reference": "24/1", "valid_from": on}
    await desk.change(
        f"/units/{made['unit_id']}/names", {"name_nb": "Nytt navn", "decision": decision}, made["version"]
    )
    return str(made["unit_id"])


async def _said(suite: RunningSuite, *words: str) -> str:
    """What `aarring parked …` prints; whatever it cannot do it raises."""
    told = {operator.TOKEN: suite.issuer.mint("operator", "review"), "AARRING_REVIEW_URL": _review(suite)}
    done = await asyncio.to_thread(CliRunner(env=told).invoke, parked.app, words, catch_exceptions=False)
    return done.output


def _review(suite: RunningSuite) -> str:
    return suite.addresses.service("review")


async def _inbox(api: Suite) -> tuple[bool, int]:
    """Whether review is well in what it hears of the registry, and how much of it is parked."""
    found = (await api.health("review"))["inbox:registry"]
    return found["ok"], found["parked"]


async def _is_parked(api: Suite, number: int) -> bool:
    try:
        return await _inbox(api) == (False, number)
    except (httpx.HTTPError, KeyError):
        return False


def _metrics(suite: RunningSuite) -> str:
    return httpx.get(f"{_review(suite)}/metrics").text
