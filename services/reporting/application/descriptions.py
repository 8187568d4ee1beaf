"""A description decided for a later date reaches the reports being written when that day comes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from services.reporting.report import Report
from services.reporting.report.state import Description
from services.reporting.views import queries
from shared.access import system
from shared.clock import OSLO
from shared.desk import UnitOfWork
from shared.eventstore import EventStore
from shared.schedule import Due


class Descriptions:
    """What is due about approved descriptions."""

    def __init__(self, store: EventStore) -> None:
        self._store = store

    def due(self, now: datetime) -> Iterable[Due]:
        """Reports being written that have another description than the one in force."""
        for row in queries.descriptions_due(self._store.rows, now.astimezone(OSLO).date()):
            first_day = date.fromisoformat(row["valid_from"])
            instant = datetime.combine(first_day, time(), OSLO).astimezone(UTC)
            described = Description(row["version"], row["text_nb"])
            report_id = UUID(row["report_id"])
            change = f"{report_id}:{row['description_version'] or 0}-{described.version}"
            yield Due("describe", change, instant, _update(report_id, described, now))


def _update(report_id: UUID, described: Description, now: datetime) -> Callable[[UnitOfWork], Mapping[str, Any]]:
    def decide(unit: UnitOfWork) -> Mapping[str, Any]:
        report = unit.get(Report, report_id)
        report.update_description(described, by=system("reporting"), at=now)
        return {"report_id": str(report_id), "version": report.version}

    return decide
