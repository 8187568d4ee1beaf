"""Facts the registry's tests start from: invented trusts, units and people."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from services.registry.decision import Decision
from services.registry.mandate import mandate_for
from services.registry.person import Card, Person
from services.registry.placement import Kind, Place
from services.registry.role import Grant, RoleAssignment
from services.registry.unit import Description, Registration, events
from shared.access import Role
from tests.facts import UNIT, fact, made_up, sealed

VEST = Place("ht-vest", "vest")
OST = Place("ht-ost", "sor_ost")
TODAY = date(2026, 1, 20)
BEGAN = date(2020, 1, 1)
CANDIDATE = made_up("candidate")
TREATMENT = Registration(
    code="L-1",
    kind=Kind.NATIONAL_TREATMENT_SERVICE,
    name_nb="Nasjonal behandlingstjeneste for eksempler",
    places=(VEST,),
    active_from=BEGAN,
)
BY_MINISTRY = Decision(authority="ministry", on=date(2026, 1, 5), reference="26/17", valid_from=date(2026, 2, 1))
CARD = Card(name=sealed("Kari Eksempel", "person:made-up"), email=sealed("kari@person.example", "person:made-up"))


def unit(**changes: Any) -> Registration:
    """A treatment service, but for what is said."""
    return msgspec.structs.replace(TREATMENT, **changes)


def competence(**changes: Any) -> Registration:
    """A competence service, but for what is said."""
    return unit(**{"kind": Kind.NATIONAL_COMPETENCE_SERVICE, "function": "training", **changes})


def registered(**changes: Any) -> events.Registered:
    return fact(events.Registered, unit=unit(**changes))


def described(decision: Decision = BY_MINISTRY, version: int = 1, **changes: Any) -> events.DescriptionApproved:
    told: dict[str, Any] = {"text_nb": "Tjenesten gjør noe", "text_en": None, "icd10": (), "procedures": ()}
    description = Description(version=version, decision=decision, **{**told, **changes})
    return fact(events.DescriptionApproved, description=description)


def granted(role: Role = Role.PROFESSIONAL_LEAD, **changes: Any) -> RoleAssignment.Granted:
    return fact(RoleAssignment.Granted, grant=grant(role, **changes))


def grant(role: Role = Role.PROFESSIONAL_LEAD, **changes: Any) -> Grant:
    """A role on the unit from its beginning, but for what is said."""
    return Grant(**{"person_id": CANDIDATE, "role": role, "since": BEGAN, "unit_id": UNIT, **changes})


KNOWN = fact(Person.Registered, card=CARD)
SERVICES = mandate_for(Kind.NATIONAL_TREATMENT_SERVICE)
NETWORKS = mandate_for(Kind.QUALITY_COMPETENCE_NETWORK)
