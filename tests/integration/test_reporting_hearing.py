"""What the registry tells changes what reporting knows and lets, and hearing it twice changes nothing."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Table, select

from services.reporting.app import READ_MODELS
from services.reporting.application import hearing
from shared.contracts import Contract, registry
from shared.epochs.log import FIRST, Epoch
from shared.inbox import Views
from shared.inbox.adopting import Adopting
from tests.integration.draft import ACCESS, Draft, drafted
from tests.integration.reporting import Service, reporting
from tests.stores import Databases
from tests.tokens import Tokens

pytestmark = [pytest.mark.integration, pytest.mark.anyio]


@pytest.fixture
async def service(databases: Databases, tokens: Tokens) -> AsyncIterator[Service]:
    async with reporting(databases, tokens) as running:
        yield running


@pytest.fixture
async def draft(service: Service) -> Draft:
    return await drafted(service)


def described(draft: Draft, version: int, text: str, valid_from: str = "2025-12-01") -> Contract:
    return registry.UnitDescriptionApprovedV1(
        unit_id=draft.unit_id, version=version, text_nb=text, icd10=[], valid_from=date.fromisoformat(valid_from)
    )


def role_ended(assignment_id: str, until: str) -> Contract:
    return registry.RoleEndedV1.model_validate({"assignment_id": assignment_id, "until": until})


async def known(draft: Draft) -> Any:
    """All that reporting knows: what it heard, and all that happened to the report."""

    def rows(table: Table) -> list[dict[str, Any]]:
        return draft.service.parts.store.rows(select(table).order_by(*table.primary_key))

    tables = [table for metadata in READ_MODELS.tables for table in metadata.sorted_tables]
    return [rows(table) for table in tables], await draft.facts(), await draft.shown(draft.service.joint)


async def twice(draft: Draft, *contracts: Contract) -> None:
    """Told once, told again from the bus, and said once more by the registry."""
    await draft.service.registry.tell(*contracts)
    draft.service.shred()  # or it happens at any moment, and what is shown of an erased person changes once
    once = await known(draft)
    await draft.service.registry.tell_again()
    assert await known(draft) == once
    await draft.service.registry.tell(*contracts)
    assert await known(draft) == once


class TestDescriptionApproved:
    async def test_a_report_being_written_follows(self, draft: Draft) -> None:
        await draft.answered(draft.lead, ACCESS)
        await draft.service.registry.tell(described(draft, 1, "Behandler prøvesyke."))
        shown = await draft.shown(draft.lead)
        assert shown["description"] == {"version": 1, "text_nb": "Behandler prøvesyke."}
        refused = (await draft.submit(seen=1)).json()
        assert (refused["code"], refused["moved"]) == ("moved_since_seen", ["description"])
        [fact] = await draft.facts("DescriptionUpdated")
        assert fact["by"]["subject"] == "service:reporting"

    async def test_and_hearing_it_twice_changes_nothing(self, draft: Draft) -> None:
        await twice(draft, described(draft, 1, "Behandler prøvesyke."))

    async def test_one_that_the_registry_has_lost_gives_way_to_the_one_before(self, draft: Draft) -> None:
        await draft.service.registry.tell(described(draft, 1, "Først."))
        after = draft.service.registry.said
        await draft.service.registry.tell(described(draft, 2, "Siden."))
        views = Views(READ_MODELS.of_others, READ_MODELS.heard)
        adopting = Adopting(draft.service.parts.desk, "registry", views, hearing.forget)
        await adopting.adopt([FIRST, Epoch(2, after)])
        await adopting.settle()
        assert (await draft.shown(draft.lead))["description"] == {"version": 1, "text_nb": "Først."}

    async def test_an_old_one_that_is_recorded_late_does_not_take_its_place(self, draft: Draft) -> None:
        await draft.service.registry.tell(described(draft, 1, "I kraft."))
        await twice(draft, described(draft, 2, "Slik det var.", "2019-01-01"))
        assert await draft.service.tick() == 0
        assert (await draft.shown(draft.lead))["description"] == {"version": 1, "text_nb": "I kraft."}
        draft.unit_id = await draft.service.unit("LATE")
        await draft.service.registry.tell(described(draft, 1, "I kraft."), described(draft, 2, "Før.", "2019-01-01"))
        body = {"unit_id": str(draft.unit_id), "year": 2025}
        made = await draft.service.joint.done("POST", "/reports", body)
        late = await draft.service.joint.shown(f"/reports/{made['report_id']}")
        assert late["description"] == {"version": 1, "text_nb": "I kraft."}

    async def test_nor_keep_one_that_was_planned_from_coming(self, draft: Draft) -> None:
        planned = described(draft, 1, "Til neste år.", "2026-01-01")
        await draft.service.registry.tell(planned, described(draft, 2, "Slik det var.", "2019-01-01"))
        assert (await draft.shown(draft.lead))["description"]["version"] == 2
        draft.service.clock.move(days=40)
        assert (await draft.service.tick(), await draft.service.tick()) == (1, 0)
        assert (await draft.shown(draft.lead))["description"] == {"version": 1, "text_nb": "Til neste år."}

    async def test_what_was_submitted_keeps_its_own(self, draft: Draft) -> None:
        await draft.service.registry.tell(described(draft, 1, "Først."))
        await draft.write_unit_part()
        await draft.write_group_part()
        receipt = await draft.submitted()
        await draft.service.registry.tell(described(draft, 2, "Siden."))
        frozen = await draft.lead.shown(f"{draft.path}/submissions/1")
        assert frozen["report"]["description"]["text_nb"] == "Først."
        assert (await draft.shown(draft.lead))["content_version"] == receipt["content_version"]

    async def test_one_that_is_not_in_force_yet_waits(self, draft: Draft) -> None:
        await draft.service.registry.tell(described(draft, 1, "Til neste år.", "2026-01-01"))
        assert (await draft.shown(draft.lead))["description"] is None
        await draft.service.tick()
        assert (await draft.shown(draft.lead))["description"] is None

    async def test_until_its_day_comes_and_then_once(self, draft: Draft) -> None:
        await draft.service.registry.tell(described(draft, 1, "Til neste år.", "2026-01-01"))
        draft.service.clock.move(days=40)
        assert (await draft.service.tick(), await draft.service.tick()) == (1, 0)
        assert (await draft.shown(draft.lead))["description"] == {"version": 1, "text_nb": "Til neste år."}
        assert len(await draft.facts("DescriptionUpdated")) == 1


class TestRoleEnded:
    async def test_the_right_is_gone_from_then_on(self, draft: Draft) -> None:
        await draft.answered(draft.coordinator, ACCESS)
        await draft.service.registry.tell(role_ended(draft.coordinator.assignment_id, "2025-12-11"))
        await draft.answered(draft.coordinator, ACCESS, "Siste dag.", base=1)
        draft.service.clock.move(days=1, hours=13, minutes=59)
        assert (await draft.answer(draft.coordinator, ACCESS, "Samme kveld.", base=2)).status_code == 200
        draft.service.clock.move(minutes=1)
        gone = await draft.answer(draft.coordinator, ACCESS, "For sent.", base=3)
        assert (gone.status_code, gone.json()["code"]) == (404, "not_found")
        assert (await draft.coordinator.shown("/reports"))["items"] == []
        assert (await draft.shown(draft.lead))["answers"][ACCESS]["text"] == "Samme kveld."

    async def test_and_hearing_it_twice_changes_nothing(self, draft: Draft) -> None:
        await twice(draft, role_ended(draft.coordinator.assignment_id, "2025-12-09"))


class TestPersonErased:
    async def submitted(self, draft: Draft) -> dict[str, Any]:
        await draft.write_unit_part()
        await draft.write_group_part()
        return await draft.submitted()

    async def name_of_lead(self, draft: Draft, number: int = 1) -> Any:
        roles = (await draft.service.joint.shown(f"{draft.path}/submissions/{number}"))["roles"]
        return next(role["name"] for role in roles if role["person_id"] == draft.lead.person_id)

    def erased(self, draft: Draft) -> Contract:
        return registry.PersonErasedV1.model_validate({"person_id": draft.lead.person_id})

    async def test_the_name_that_was_frozen_is_unreadable(self, draft: Draft) -> None:
        receipt = await self.submitted(draft)
        assert await self.name_of_lead(draft) == "Ragnhild Leder"
        await draft.service.registry.tell(self.erased(draft))
        draft.service.shred()
        assert await self.name_of_lead(draft) is None
        frozen = await draft.desk.shown(f"{draft.path}/submissions/1")
        assert hashlib.sha256(frozen["canonical"].encode()).hexdigest() == receipt["sha256"]
        refused = await draft.lead.get(draft.path)
        assert (refused.status_code, refused.json()["code"]) == (403, "not_registered")

    async def test_and_hearing_it_twice_changes_nothing(self, draft: Draft) -> None:
        await self.submitted(draft)
        await twice(draft, self.erased(draft))

    async def test_a_card_that_is_late_to_go_is_not_frozen(self, draft: Draft) -> None:
        await draft.service.registry.tell(self.erased(draft))
        draft.service.shred()
        draft.lead = await draft.service.holder("professional_lead", "Ny Leder", unit_id=draft.unit_id)
        await self.submitted(draft)
        roles = (await draft.lead.shown(f"{draft.path}/submissions/1"))["roles"]
        assert sorted(str(r["name"]) for r in roles if r["role"] == "professional_lead") == ["None", "Ny Leder"]


async def test_phase_and_end_heard_twice_change_nothing(draft: Draft) -> None:
    await twice(
        draft,
        registry.UnitPhaseSetV1(unit_id=draft.unit_id, year=2025, phase="new"),
        registry.UnitEndedV1(unit_id=draft.unit_id, on=date(2025, 12, 31)),
        registry.SeatsEstablishedV1(unit_id=draft.unit_id, seats=["user"]),
    )
