"""How what the registry said becomes rows: units and their phases, persons, and the roles they hold."""

from __future__ import annotations

from collections.abc import Mapping

from shared.contracts import Contract, registry
from shared.eventstore import Change, Put
from shared.read_rows import Fold, day, names, text
from shared.registry_facts.tables import ASSIGNMENTS, PERSONS, PHASES, UNITS


def _unit(said: registry.UnitRegisteredV1) -> Change:
    return Put(
        UNITS,
        {
            "unit_id": str(said.unit_id),
            "code": said.code,
            "kind": said.kind,
            "name_nb": said.name_nb,
            "name_en": said.name_en,
            "regions": names(said.regions),
            "trusts": names(said.trusts),
            "active_from": day(said.active_from),
        },
    )


def _renamed(said: registry.UnitRenamedV1) -> Change:
    return Put(UNITS, {"unit_id": str(said.unit_id), "name_nb": said.name_nb, "name_en": said.name_en})


def _phase(said: registry.UnitPhaseSetV1) -> Change:
    return Put(PHASES, {"unit_id": str(said.unit_id), "year": said.year, "phase": said.phase})


def _ended(said: registry.UnitEndedV1) -> Change:
    return Put(UNITS, {"unit_id": str(said.unit_id), "ended_on": day(said.on)})


def _person(said: registry.PersonRegisteredV1 | registry.PersonErasedV1) -> Change:
    erased = isinstance(said, registry.PersonErasedV1)
    return Put(PERSONS, {"person_id": str(said.person_id), "erased": int(erased)})


def _role(said: registry.RoleGrantedV1) -> Change:
    return Put(
        ASSIGNMENTS,
        {
            "assignment_id": str(said.assignment_id),
            "person_id": str(said.person_id),
            "role": said.role,
            "since": day(said.since),
            "until": day(said.until),
            "unit_id": text(said.unit_id),
            "region": said.region,
            "trust": said.trust,
            "seat": said.seat,
            "acting": int(said.acting),
        },
    )


def _role_ended(said: registry.RoleEndedV1) -> Change:
    return Put(ASSIGNMENTS, {"assignment_id": str(said.assignment_id), "until": day(said.until)})


KEPT: Mapping[type[Contract], Fold] = {
    registry.UnitRegisteredV1: _unit,
    registry.UnitRenamedV1: _renamed,
    registry.UnitPhaseSetV1: _phase,
    registry.UnitEndedV1: _ended,
    registry.PersonRegisteredV1: _person,
    registry.PersonErasedV1: _person,
    registry.RoleGrantedV1: _role,
    registry.RoleEndedV1: _role_ended,
}
"""What every hearer of the registry keeps of it; a service adds what only it needs."""
