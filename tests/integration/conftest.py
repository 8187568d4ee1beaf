"""The two talking services and desks as fixtures, on either database."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from shared.contracts import PUBLISHED
from shared.desk import batch as batch_module
from tests.integration.batching import OpenDesk, opened
from tests.integration.talk import HearingService, LetterWrittenV1, Speaking
from tests.servers import NatsServer
from tests.stores import Databases


@pytest.fixture
def language(monkeypatch: pytest.MonkeyPatch) -> None:
    """The contract the two share is published for the test alone."""
    monkeypatch.setitem(PUBLISHED, LetterWrittenV1.NAME, LetterWrittenV1)


@pytest.fixture
def speaking(databases: Databases, language: None) -> Iterator[Speaking]:
    service = Speaking(databases("speaking"))
    yield service
    service.close()


@pytest.fixture
def hearing(databases: Databases, language: None) -> Iterator[HearingService]:
    service = HearingService(databases("hearing"))
    yield service
    service.close()


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[NatsServer]:
    """A NATS of the test's own, which it may hurt."""
    with NatsServer(tmp_path / "broker") as server:
        yield server


@pytest.fixture
async def open_desk(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[OpenDesk]:
    """Desks of as many processes as one likes; a machine that is busy with other things ends no batch of theirs."""
    monkeypatch.setattr(batch_module, "SECONDS", 60.0)
    with opened() as open_on:
        yield open_on
