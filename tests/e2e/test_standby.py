"""A service whose one process is killed goes on in another that stood by, and nobody's request is done twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import httpx
import pytest

from deploy.demo.client import Suite
from deploy.environment import Addresses
from deploy.places import ROOT
from tests.e2e.stage import Stage, texts
from tests.e2e.suite import RunningSuite
from tests.eventually import eventually_async
from tests.servers import PostgresServer
from tests.servers.ports import free_port
from tests.stores import postgres_databases

pytestmark = [pytest.mark.e2e, pytest.mark.anyio]

QUESTION = "evaluation.equal_access"
SECOND = """
import os, sys
from deploy.environment import Addresses, only_its_own, suite_environment
told = only_its_own("reporting", suite_environment(Addresses.chosen()))
arguments = ["--factory", "services.reporting.app:create", "--no-access-log", "--port", sys.argv[1]]
os.execve(sys.executable, [sys.executable, "-m", "uvicorn", *arguments], told)
"""


@contextmanager
def second_reporting(suite: RunningSuite) -> Iterator[Addresses]:
    """One more process of reporting beside the suite's own; the suite as it is seen through that one."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-c", SECOND, str(port)],
        cwd=ROOT,
        env=os.environ | suite.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield Addresses({**suite.addresses.ports, "reporting": port})
    finally:
        process.terminate()
        process.wait(60)


@contextmanager
def without_supervisor(suite: RunningSuite) -> Iterator[None]:
    """Nobody starts again what was killed."""
    os.kill(suite.supervisor(), signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(suite.supervisor(), signal.SIGCONT)


def is_holder(addresses: Addresses) -> bool | None:
    """Whether reporting says that it writes; None while it does not answer."""
    try:
        answer = httpx.get(f"{addresses.service('reporting')}/health/ready", timeout=30)
    except httpx.TransportError:
        return None
    holder = bool(answer.json()["checks"]["lease"]["holder"])
    assert answer.status_code == 200 or not holder
    return holder


async def test_the_standby_goes_on_where_the_killed_process_ended(
    postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory
) -> None:
    var, databases = tmp_path_factory.mktemp("standby"), postgres_databases(postgres)
    with RunningSuite(var, databases) as suite, second_reporting(suite) as through_second:
        async with suite.callers() as api, Suite(through_second, suite.issuer) as beside:
            stage = await Stage.set(api)
            report = await stage.report(api)
            path, key = f"/reports/{report}/answers/{QUESTION}", {"Idempotency-Key": str(uuid4())}
            asked: Any = {"json": {"text": "Én gang.", "base_version": 0}, "headers": key}
            await eventually_async(lambda: is_holder(through_second) is False)
            first = await stage.reporting(api, "lead").send("PUT", path, **asked)

            with without_supervisor(suite):
                suite.kill("reporting")
                await eventually_async(lambda: is_holder(through_second))
                lead = stage.reporting(beside, "lead")
                again = await lead.send("PUT", path, **asked)
                assert (again.status, again.body) == (first.status, first.body) == (200, first.body)
                await lead.put(path, {"text": "To ganger.", "base_version": 1})
            # The first comes back, and finds somebody else at work.
            await eventually_async(lambda: is_holder(suite.addresses) is False)
            shown = await stage.reporting(api, "lead").get(f"/reports/{report}/history")
            assert texts(shown, QUESTION) == {1: "Én gang.", 2: "To ganger."}
