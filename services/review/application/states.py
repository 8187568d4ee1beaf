"""Whose reports' states somebody may know: people by their roles, services all."""

from __future__ import annotations

from datetime import date
from typing import Any

from services.review.views import visibility
from services.review.views.joint import report_states
from shared.eventstore import EventStore
from shared.registry_facts import held_by
from shared.tokens import Caller


class States:
    """What may be asked about where reports stand."""

    def __init__(self, store: EventStore) -> None:
        self._store = store

    def page(
        self, caller: Caller, on: date, filters: dict[str, Any], after: str | None, limit: int
    ) -> list[dict[str, Any]]:
        """Some reports with their states, by year and unit code, after a cursor."""
        rows = self._store.rows
        if caller.kind == "service":
            return report_states(rows, filters, visibility.everything(), after, limit)
        return report_states(rows, filters, visibility.reports(held_by(rows, caller), on), after, limit)
