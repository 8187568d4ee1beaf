"""Rights are decided per object, by the assignments that hold on the day, in one named role."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.access import (
    ActingAsNeeded,
    Assignment,
    NotAllowed,
    Right,
    Role,
    Scope,
    Target,
    acting,
    granting,
    system,
)
from shared.domain import Acting

pytestmark = pytest.mark.unit

PERSON, UNIT = uuid4(), uuid4()
TODAY = date(2026, 1, 20)
TARGET = Target(unit_id=UNIT, regions=("vest",), trusts=("HF-VEST",))
LEADS = (Right(Role.PROFESSIONAL_LEAD, Scope.UNIT), Right(Role.SERVICE_DESK, Scope.REGION))


def held(role: Role, **where: Any) -> Assignment:
    terms: dict[str, Any] = {"since": date(2025, 1, 1), **where}
    return Assignment(id=uuid4(), person_id=PERSON, role=role, **terms)


LEAD = held(Role.PROFESSIONAL_LEAD, unit_id=UNIT)
DESK = held(Role.SERVICE_DESK, region="vest")


@pytest.mark.parametrize(
    ("on", "holds"),
    [
        (date(2024, 12, 31), False),
        (date(2025, 1, 1), True),
        (date(2025, 6, 30), True),
        (date(2025, 7, 1), False),
    ],
)
def test_a_role_holds_from_its_first_day_to_its_last(on: date, holds: bool) -> None:
    assert held(Role.COORDINATOR, until=date(2025, 6, 30)).holds(on) is holds


def test_a_role_without_an_end_holds_on() -> None:
    assert held(Role.COORDINATOR).holds(date(2040, 1, 1))


@pytest.mark.parametrize(
    ("where", "scope", "relates"),
    [
        ({"unit_id": UNIT}, Scope.UNIT, True),
        ({"unit_id": uuid4()}, Scope.UNIT, False),
        ({}, Scope.UNIT, False),
        ({"region": "vest"}, Scope.REGION, True),
        ({"region": "nord"}, Scope.REGION, False),
        ({}, Scope.REGION, False),
        ({"trust": "HF-VEST"}, Scope.TRUST, True),
        ({"trust": "HF-NORD"}, Scope.TRUST, False),
        ({}, Scope.TRUST, False),
        ({}, Scope.ANYWHERE, True),
    ],
)
def test_an_assignment_relates_to_an_object_by_its_scope(where: dict[str, Any], scope: Scope, relates: bool) -> None:
    assert held(Role.AUDITOR, **where).relates(scope, TARGET) is relates


def test_nothing_is_held_on_a_unit_of_no_object() -> None:
    assert not held(Role.PROFESSIONAL_LEAD).relates(Scope.UNIT, Target())


def test_the_acting_role_is_the_one_assignment_that_grants_the_right() -> None:
    by = acting([held(Role.AUDITOR), LEAD], LEADS, TARGET, TODAY)
    assert by == Acting(subject=str(PERSON), role="professional_lead", assignment_id=LEAD.id, on_behalf_of=str(UNIT))


@pytest.mark.parametrize(
    ("where", "on_behalf_of"),
    [({"region": "vest"}, "vest"), ({"trust": "HF-VEST"}, "HF-VEST"), ({}, None)],
)
def test_who_acts_does_so_on_behalf_of_where_the_role_is_held(where: dict[str, str], on_behalf_of: str) -> None:
    assert held(Role.AUDITOR, **where).acting().on_behalf_of == on_behalf_of


@pytest.mark.parametrize(
    "assignments",
    [
        [],
        [held(Role.AUDITOR)],
        [held(Role.PROFESSIONAL_LEAD, unit_id=uuid4())],
        [held(Role.PROFESSIONAL_LEAD, unit_id=UNIT, until=date(2026, 1, 19))],
        [held(Role.PROFESSIONAL_LEAD, unit_id=UNIT, since=date(2026, 1, 21))],
        [held(Role.SERVICE_DESK, region="nord")],
    ],
)
def test_who_holds_no_role_that_grants_the_right_is_refused(assignments: list[Assignment]) -> None:
    with pytest.raises(NotAllowed):
        acting(assignments, LEADS, TARGET, TODAY)


def test_of_several_roles_that_grant_it_one_must_be_named() -> None:
    with pytest.raises(ActingAsNeeded) as refused:
        acting([LEAD, DESK], LEADS, TARGET, TODAY)
    assert refused.value.facts["choices"] == [
        {"assignment_id": str(LEAD.id), "role": "professional_lead"},
        {"assignment_id": str(DESK.id), "role": "service_desk"},
    ]


def test_the_role_named_is_the_acting_one() -> None:
    assert acting([LEAD, DESK], LEADS, TARGET, TODAY, named=DESK.id).role == "service_desk"


@pytest.mark.parametrize("named", [uuid4(), held(Role.AUDITOR).id])
def test_a_role_named_that_does_not_grant_it_is_refused(named: UUID) -> None:
    with pytest.raises(NotAllowed):
        acting([LEAD, DESK], LEADS, TARGET, TODAY, named=named)


def test_an_assignment_grants_once_however_many_rights_it_meets() -> None:
    rights = (*LEADS, Right(Role.PROFESSIONAL_LEAD, Scope.ANYWHERE))
    assert granting([LEAD], rights, TARGET, TODAY) == [LEAD]


def test_the_system_acts_as_no_person() -> None:
    assert system("reporting") == Acting(subject="service:reporting", role="system")
    assert system("reporting").person_id is None
