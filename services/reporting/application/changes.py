"""What is told of a change of a report while others have it open: what, where, who and when; never a text."""

from __future__ import annotations

from typing import Any

from services.reporting.application.looking import Look
from services.reporting.application.past import kind_of, place_of
from services.reporting.report.lines import EntryAdded
from shared.domain import Recorded
from shared.eventstore import EventStore

_FACTS = ("questions", "assignment_id", "declared", "number")
"""What some changes say beside, all of it ids and figures."""


def changes_after(store: EventStore, seen: Look, version: int) -> list[dict[str, Any]]:
    """The changes of a report after one of its versions, up to the one looked at, oldest first."""
    recorded = list(store.recorded(seen.report.id, after=version, upto=seen.report.version))
    seen.names.look_up({each.event.by.subject for each in recorded})
    return [_told(seen, each) for each in recorded]


def _told(seen: Look, recorded: Recorded) -> dict[str, Any]:
    event = recorded.event
    question_id, entry_id = place_of(seen.state, event)
    slot = seen.state.slots.get(question_id or "")
    person, me = event.by.subject, seen.names.reader
    facts = {name: getattr(event, name) for name in _FACTS if hasattr(event, name)}
    return {
        "kind": kind_of(event.TOPIC),
        "version": recorded.originator_version,
        "content_version": seen.state.content_version,
        "status": seen.state.status,
        "question_id": question_id,
        "entry_id": entry_id,
        "part": slot.part if slot else getattr(event, "part", None),
        "item_version": getattr(event, "version", 1 if isinstance(event, EntryAdded) else None),
        "by": {
            "person_id": None if event.by.role == "system" else person,
            "role": event.by.role,
            "name": seen.names.of(person),
            "you": me is not None and person == str(me),
        },
        "at": event.at,
        **facts,
    }
