"""Which rows follow from what a thing is now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from services.registry.group import Group
from services.registry.login import Login
from services.registry.person import Person
from services.registry.role import RoleAssignment
from services.registry.trust import Trust
from services.registry.unit import Unit
from services.registry.views.tables import APPOINTMENTS, LINKS, LOGINS, PERSONS, ROLES, TRUSTS, UNITS, listed
from shared.domain import Aggregate
from shared.eventstore import Change, Put


def rows(thing: Aggregate[Any]) -> Iterable[Change]:
    """The rows that must be true the moment ``thing`` has changed."""
    match thing:
        case Unit():
            return [_unit(thing)]
        case Trust():
            state = thing.state
            return [Put(TRUSTS, {"code": state.code, "name": state.name, "region": state.region})]
        case Person():
            return [_person(thing)]
        case Login():
            return _login(thing)
        case RoleAssignment():
            return [_role(thing)]
        case Group():
            return _appointments(thing)
        case _:
            return []


def _unit(unit: Unit) -> Put:
    state = unit.state
    return Put(
        UNITS,
        {
            "id": str(unit.id),
            "code": state.code,
            "kind": state.kind.value,
            "name_nb": state.name_nb,
            "name_en": state.name_en,
            "regions": listed(state.regions),
            "trusts": listed(state.trusts),
            "active_from": state.active_from.isoformat(),
            "ended_on": _text(state.ended_on),
            "version": unit.version,
        },
    )


def _person(person: Person) -> Put:
    state = person.state
    return Put(
        PERSONS,
        {
            "id": str(person.id),
            "status": state.status.value,
            "trust": state.card.trust,
            "invitation": state.invitation.code_hash if state.invitation else None,
            "version": person.version,
        },
    )


def _login(login: Login) -> Iterator[Put]:
    state = login.state
    yield Put(LOGINS, {"login_hash": state.login_hash, "person_id": _text(state.person_id)})
    for person_id in state.persons:
        yield Put(LINKS, {"login_hash": state.login_hash, "person_id": str(person_id)})


def _role(assignment: RoleAssignment) -> Put:
    grant = assignment.state.grant
    return Put(
        ROLES,
        {
            "id": str(assignment.id),
            "person_id": str(grant.person_id),
            "role": grant.role.value,
            "since": grant.since.isoformat(),
            "until": _text(assignment.state.until),
            "unit_id": _text(grant.unit_id),
            "region": grant.region,
            "trust": grant.trust,
            "seat": grant.seat,
            "acting": int(grant.acting),
            "warnings": listed(list(assignment.state.warnings)),
            "version": assignment.version,
        },
    )


def _appointments(group: Group) -> Iterator[Put]:
    for id, appointment in group.state.appointments.items():
        yield Put(
            APPOINTMENTS,
            {
                "id": str(id),
                "unit_id": str(group.state.unit_id),
                "seat": appointment.seat,
                "person_id": str(appointment.person_id),
                "step": appointment.step.value,
                "desk_region": appointment.desk_region,
                "seat_region": group.state.seats[appointment.seat].region,
            },
        )


def _text(value: object) -> str | None:
    if value is None:
        return None
    return value.isoformat() if isinstance(value, date) else str(value)
