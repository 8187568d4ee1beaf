"""The dates that count for one report, as instants and as the clock on the wall in Oslo shows them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from services.reporting.cycle import Dates
from services.reporting.report.state import ReportState
from services.reporting.report.submitting import timing
from services.reporting.views import queries
from shared.clock import OSLO
from shared.read_rows import Rows


def dates_of(rows: Rows, year: int) -> Dates | None:
    """When a year's cycle happens."""
    row = queries.cycle(rows, year)
    if row is None:
        return None
    return Dates(
        recommended_on=date.fromisoformat(row["recommended_on"]),
        deadline=datetime.fromisoformat(row["deadline"]),
        grace_until=datetime.fromisoformat(row["grace_until"]),
    )


def deadline(dates: Dates | None, state: ReportState, now: datetime) -> dict[str, Any] | None:
    """``due`` is what counts for this report; ``timing_now`` how a submission at this moment would stand to it."""
    if dates is None:
        return None
    due = max(dates.deadline, state.extended_until or dates.deadline)
    return {
        "at": dates.deadline,
        "local": dates.deadline.astimezone(OSLO).isoformat(),
        "time_zone": str(OSLO),
        "recommended_on": dates.recommended_on,
        "grace_until": dates.grace_until,
        "extended_until": state.extended_until,
        "due": due,
        "due_local": due.astimezone(OSLO).isoformat(),
        "timing_now": timing(dates, state.extended_until, now),
    }
