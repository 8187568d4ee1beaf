"""The two talking services as fixtures, on either database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.contracts import PUBLISHED
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
