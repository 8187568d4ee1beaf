"""What tests share: real servers, started once; databases of both kinds; an issuer of tokens."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck, settings

from tests.servers import NatsServer, PostgresServer
from tests.stores import Databases, postgres_databases, sqlite_databases
from tests.tokens import Tokens

os.environ.setdefault("AARRING_ENVIRONMENT", "test")
# How long an example takes, or is thought out, says more about the machine than about the code.
settings.register_profile("aarring", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("aarring")
# Tracebacks with all their variables take seconds to lay out, in which a service under test would stand still.
_plain = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
_BROKEN: list[str] = []


def _noted(_: object, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    if event["event"] == "loop_broke":
        _BROKEN.append(f"{event['loop']}: {event['fault']}")
    return event


structlog.configure(processors=[_noted, *structlog.get_config()["processors"][:-1], _plain])


@pytest.fixture(autouse=True)
def loops_hold(request: pytest.FixtureRequest) -> Iterator[None]:
    """A loop that breaks is a fault of ours even where the others make good for it; ``breaks_loops`` allows it."""
    _BROKEN.clear()
    yield
    if not request.node.get_closest_marker("breaks_loops"):
        assert not _BROKEN, "a loop broke while the test ran"


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """One PostgreSQL for the whole run; every test makes its own database."""
    with PostgresServer(fsync=False) as server:
        yield server


@pytest.fixture
def nats_server(tmp_path: Path) -> Iterator[NatsServer]:
    """A NATS of the test's own: what another service said on a stream of the same name is none of its business."""
    with NatsServer(tmp_path / "nats") as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Databases]:
    """New databases, gone after the test, which runs once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        yield sqlite_databases(tmp_path)
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    made = postgres_databases(server)
    urls: list[str] = []

    def create(name: str) -> str:
        urls.append(made(name))
        return urls[-1]

    yield create
    server.drop_databases(urls)


@pytest.fixture(scope="session")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> Tokens:
    """The issuer of tokens the services under test trust."""
    return Tokens(tmp_path_factory.mktemp("identity"))


@pytest.fixture
def anyio_backend() -> str:
    """Async tests run on asyncio, as the services do."""
    return "asyncio"
