"""One suite for all stories, with a stage set in it, and callers of it for each test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from deploy.demo.client import Suite
from tests.e2e.stage import Stage
from tests.e2e.suite import RunningSuite


@pytest.fixture(scope="package")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSuite]:
    """A suite on SQLite, up for all stories."""
    with RunningSuite(tmp_path_factory.mktemp("suite")) as running:
        yield running


@pytest.fixture(scope="package")
def stage(suite: RunningSuite) -> Stage:
    return set_stage(suite)


@pytest.fixture
async def api(suite: RunningSuite) -> AsyncIterator[Suite]:
    async with suite.callers() as callers:
        yield callers


def set_stage(suite: RunningSuite) -> Stage:
    """Everything the stories begin with, through the suite's own APIs."""

    async def setting() -> Stage:
        async with suite.callers() as api:
            return await Stage.set(api)

    return asyncio.run(setting())
