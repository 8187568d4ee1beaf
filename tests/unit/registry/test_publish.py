"""What the others hear of the registry, and that it holds no names."""

from __future__ import annotations

from uuid import UUID

import pytest

from services.registry.publish import PUBLISHED
from services.registry.role import RoleAssignment
from shared.contracts.registry import RoleGrantedV1, UnitRegisteredV1
from shared.domain import Recorded
from tests.unit.registry.facts import KNOWN, granted, registered

pytestmark = pytest.mark.unit


def told(event: object) -> object:
    recorded = Recorded(UUID(int=9), 1, event)  # type: ignore[arg-type]  # any event of ours
    return PUBLISHED[type(event)](recorded)  # type: ignore[index]


def test_a_unit_is_told_with_what_a_stranger_needs() -> None:
    contract = told(registered())
    assert isinstance(contract, UnitRegisteredV1)
    assert (contract.unit_id, contract.code, contract.regions) == (UUID(int=9), "L-1", ["vest"])


def test_a_role_is_told_without_reasons() -> None:
    contract = told(granted())
    assert isinstance(contract, RoleGrantedV1)
    assert "reason" not in contract.model_dump()


def test_a_person_is_told_by_id_alone() -> None:
    assert set(told(KNOWN).model_dump()) == {"person_id"}  # type: ignore[attr-defined]


def test_an_event_is_told_as_what_it_is() -> None:
    with pytest.raises(TypeError):
        PUBLISHED[RoleAssignment.Granted](Recorded(UUID(int=9), 1, registered()))
