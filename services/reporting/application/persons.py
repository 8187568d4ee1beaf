"""The people of a report: who holds a role on its unit today, how each appears, and who answers a question."""

from __future__ import annotations

from typing import Any

from services.reporting.application.looking import Look
from services.reporting.application.operations import is_theirs
from services.reporting.report.state import Shown, Slot
from shared import registry_facts
from shared.access import Assignment, Role
from shared.read_rows import Rows

_SHOWN_UNLESS_SAID = frozenset({Role.PROFESSIONAL_LEAD, Role.GROUP_LEADER})


def as_shown(held: Assignment, shown: dict[str, Shown]) -> Shown:
    """How the holder of a role appears: as was said, else the two leaders by name."""
    return shown.get(str(held.id)) or Shown(held.role in _SHOWN_UNLESS_SAID, False)


def persons_of(look: Look, rows: Rows) -> list[dict[str, Any]]:
    """Everybody with a role on the unit today."""
    held = registry_facts.assignments_on(rows, look.state.unit_id, look.on)
    look.names.look_up(str(each.person_id) for each in held)
    return [_person(look, each) for each in held]


def reached(look: Look, held: list[Assignment]) -> list[dict[str, Any]]:
    """The holders of these roles with how they are reached, so that nobody need ask for each of them elsewhere."""
    return [{**_person(look, each), **look.names.contact(str(each.person_id))} for each in held]


def holders_of(slot: Slot, persons: list[dict[str, Any]], held: list[Assignment]) -> list[dict[str, Any]]:
    """Those of ``persons`` who answer a question."""
    theirs = {str(each.id) for each in held if is_theirs(slot, each)}
    return [
        {name: person[name] for name in ("person_id", "name", "role", "assignment_id", "you")}
        for person in persons
        if person["assignment_id"] in theirs
    ]


def _person(look: Look, held: Assignment) -> dict[str, Any]:
    shown = as_shown(held, look.state.shown)
    return {
        "assignment_id": str(held.id),
        "person_id": str(held.person_id),
        "name": look.names.of(str(held.person_id)),
        "role": held.role,
        "seat": held.seat,
        "acting": held.stands_in,
        "public": shown.public,
        "copy": shown.copy,
        "you": held.person_id == look.names.reader,
    }
