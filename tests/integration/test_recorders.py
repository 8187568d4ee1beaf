"""The library's own recorder test cases hold for our recorders, on SQLite and on PostgreSQL.

Left out: the library's timing runs (``test_performance``, ``test_concurrent_throughput``), which assert nothing of
the kind, and ``subscribe``, since followers poll the log instead of being notified.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from eventsourcing.tests import persistence as library

from shared.eventstore import EventStore
from tests.servers import PostgresServer
from tests.stores import Databases, postgres_databases, sqlite_databases

pytestmark = pytest.mark.integration


class OnOurRecorder:
    """Gives the library's test cases recorders of ours, each in a new database."""

    new_database: Databases

    @pytest.fixture(autouse=True)
    def _stores(self) -> Iterator[None]:
        self.opened: list[EventStore] = []
        yield
        for store in self.opened:
            store.close()

    def create_recorder(self) -> Any:
        self.opened.append(EventStore(self.new_database("recorder")))
        return self.opened[-1].recorder

    test_performance: Any = None
    test_concurrent_throughput: Any = None


class OnSQLite(OnOurRecorder):
    @pytest.fixture(autouse=True)
    def _where(self, tmp_path: Path) -> None:
        self.new_database = sqlite_databases(tmp_path)


class OnPostgres(OnOurRecorder):
    @pytest.fixture(autouse=True)
    def _where(self, postgres: PostgresServer) -> None:
        self.new_database = postgres_databases(postgres)


class TestEventsOnSQLite(OnSQLite, library.ApplicationRecorderTestCase[Any]):
    """Events in and out, in order, under concurrent writers."""


class TestEventsOnPostgres(OnPostgres, library.ApplicationRecorderTestCase[Any]):
    """Events in and out, in order, under concurrent writers."""


class TestTrackingOnSQLite(OnSQLite, library.ProcessRecorderTestCase):
    """Events together with how far another log was heard."""


class TestTrackingOnPostgres(OnPostgres, library.ProcessRecorderTestCase):
    """Events together with how far another log was heard."""


class TestOrderOnSQLite(OnSQLite, library.NonInterleavingNotificationIDsBaseCase):
    """The positions of one insert stand together."""

    insert_num = 100


class TestOrderOnPostgres(OnPostgres, library.NonInterleavingNotificationIDsBaseCase):
    """The positions of one insert stand together."""

    insert_num = 100
