"""How a reference group is shown: who sat where on a day, and what is under way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from services.registry.group import Appointment, Group, Leading
from services.registry.mandate import mandate
from services.registry.role import leader_warnings
from shared.domain import Sealed
from shared.history import revealed


def group_shown(group: Group, unit_regions: list[str], day: date, *, employed_in: str | None) -> dict[str, Any]:
    """The seats with their holders on a day, the leader, and what is odd about the group.

    ``employed_in`` is the region of the leader's employer, where that is known of the day.
    """
    state = group.state
    seats = [
        {
            **msgspec.to_builtins(seat),
            "appointing_regions": group.appointing_regions(seat, unit_regions),
            "holder": msgspec.to_builtins(state.sitting(seat.id, day)),
        }
        for seat in state.seats.values()
    ]
    leader = state.leader(day)
    known = mandate(state.mandate)
    return {
        "unit_id": state.unit_id,
        "version": group.version,
        "on": day,
        "mandate": {
            "id": known.id,
            "approved_on": known.approved_on,
            "leader_designated_by": known.leader_designated_by,
        },
        "seats": seats,
        "leader": msgspec.to_builtins(leader),
        "vacant": state.vacant(day),
        "warnings": _warnings(group, _judged(leader, employed_in, unit_regions), day),
        "help_requests": [
            {"request_id": str(id), **msgspec.to_builtins(request)} for id, request in state.help_requests.items()
        ],
    }


def appointments_shown(group: Group, reveal: Callable[[Sealed], Any]) -> list[dict[str, Any]]:
    """The proposals and what became of them."""
    return [_appointment(id, known, reveal) for id, known in group.state.appointments.items()]


def _appointment(id: UUID, known: Appointment, reveal: Callable[[Sealed], Any]) -> dict[str, Any]:
    shown: dict[str, Any] = revealed(known, reveal)
    return {"appointment_id": str(id), **shown}


def _judged(leader: Leading | None, employed_in: str | None, unit_regions: list[str]) -> Leading | None:
    """The leader, warned of by the present employer and not by that of the day the leader was designated."""
    if leader is None or employed_in is None:
        return leader
    return msgspec.structs.replace(leader, warnings=leader_warnings(employed_in, unit_regions, imported=True))


def _warnings(group: Group, leader: Leading | None, day: date) -> list[str]:
    state = group.state
    found = [f"vacant:{seat}" for seat in state.vacant(day)]
    if state.has_leader and leader is None:
        found.append("no_leader")
    found += leader.warnings if leader else ()
    for seat in state.seats:
        sitting = state.sitting(seat, day)
        found += [f"{warning}:{seat}" for warning in sitting.warnings] if sitting else []
    return found
