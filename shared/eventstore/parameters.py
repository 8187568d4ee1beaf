"""What a database is told, as JSON: made by msgspec it costs a hundredth of what a driver takes for arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from shared.eventstore.work import Work


def batch_of(works: Sequence[Work]) -> str:
    """All that is recorded of the works but their rows, column by column as the stored function reads it."""
    events = [(n, event) for n, work in enumerate(works) for event in work.events]
    outcomes = [(n, work.outcome) for n, work in enumerate(works) if work.outcome]
    tracking = [(n, work.tracking, work.tracked_before) for n, work in enumerate(works) if work.tracking]
    upon = [(n, number) for n, work in enumerate(works) for number in work.upon]
    return json_of(
        {
            "e_work": [n for n, _ in events],
            "e_id": [e.originator_id for _, e in events],
            "e_version": [e.originator_version for _, e in events],
            "e_topic": [e.topic for _, e in events],
            "e_state": [e.state for _, e in events],
            "c_work": [n for n, _ in outcomes],
            "c_id": [o.command_id for _, o in outcomes],
            "c_digest": [o.digest for _, o in outcomes],
            "c_answer": [o.answer for _, o in outcomes],
            "t_work": [n for n, _, _ in tracking],
            "t_name": [t.application_name for _, t, _ in tracking],
            "t_before": [before for _, _, before in tracking],
            "t_position": [t.notification_id for _, t, _ in tracking],
            "u_work": [n for n, _ in upon],
            "u_upon": [number for _, number in upon],
            "remembers": [n for n, work in enumerate(works) if work.remembers],
        }
    )


def json_of(told: Any) -> str:
    """Bytes are written in base64, ids as text."""
    return msgspec.json.encode(told).decode()
