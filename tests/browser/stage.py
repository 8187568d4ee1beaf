"""The people and units of the stories, as in those without a browser, with a login for everybody who comes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, TypeVar

from deploy.demo.client import Suite
from tests.e2e.stage import Stage
from tests.e2e.suite import RunningSuite

T = TypeVar("T")
BEGINS = datetime(2027, 1, 15, 9, 0, tzinfo=UTC)
"""When the stories are told, so that the same dates stand on the pages whenever that is."""
YEAR = 2026
"""The year reported on."""


class Behind:
    """What the services know, asked and told through their own APIs, past the pages."""

    def __init__(self, suite: RunningSuite) -> None:
        self.suite = suite
        self.stage = self.ask(lambda api: Stage.set(api, BEGINS, YEAR))
        self._logins: dict[str, dict[str, str]] = {}

    def ask(self, work: Callable[[Suite], Awaitable[T]]) -> T:
        """What ``work`` gives, with callers of the services; in a thread of its own: the browser has this one."""

        async def working() -> T:
            async with self.suite.callers() as api:
                return await work(api)

        with ThreadPoolExecutor(1) as thread:
            return thread.submit(asyncio.run, working()).result()

    async def report_with_a_member(self, api: Suite) -> str:
        """A new report whose group has a leader, and somebody for Helse Nord; nobody for the users."""
        report = await self.stage.report(api)
        unit = (await self.stage.reporting(api, "lead").get(f"/reports/{report}"))["unit"]["unit_id"]
        seat: dict[str, Any] = {"unit_id": unit, "region": "nord", "seat": "region_nord", "imported": True}
        await self.stage.person(api, "member", role="group_member", **seat)
        await api.reporting_knows()
        return report

    def number(self, name: str) -> str:
        """The number somebody of the stage logs in with; no real person's, since 80 is added to the month."""
        return self._login(name)["pid"]

    def name(self, name: str) -> str:
        """What somebody of the stage is called on the pages."""
        return self._login(name)["name"]

    def _login(self, name: str) -> dict[str, str]:
        person = self.stage.people[name]
        if person not in self._logins:
            self._logins[person] = self.ask(lambda api: self._link(api, person))
            people = self.suite.var / "examples/people.json"
            people.parent.mkdir(exist_ok=True)
            new = people.with_suffix(".new")
            new.write_text(json.dumps(list(self._logins.values())))
            new.replace(people)
        return self._logins[person]

    async def _link(self, api: Suite, person: str) -> dict[str, str]:
        desk, count = self.stage.registry(api, "joint-desk"), len(self._logins)
        pid = f"{1 + count % 28:02}{81 + count % 12}{count:07}"
        login = {"issuer": self.suite.addresses.service("identity"), "national_id": pid}
        await desk.post(f"/persons/{person}/logins", login)
        return {"name": (await desk.get(f"/persons/{person}"))["card"]["name"], "pid": pid}


def begin(suite: RunningSuite) -> None:
    """Let the suite's clock stand at the beginning of the stories when it starts."""
    suite.var.mkdir(parents=True, exist_ok=True)
    (suite.var / "clock").write_text(f"{(BEGINS - datetime.now(UTC)).total_seconds():.0f}\n")
