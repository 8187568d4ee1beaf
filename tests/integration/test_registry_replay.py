"""What the registry knows is made again from its log alone, and is the same; and it can be asked what was known."""

from __future__ import annotations

import pytest

from services.registry.app import READ_MODELS
from shared.eventstore import EventStore
from shared.inbox import INBOX_TABLES
from shared.rebuild import compare
from tests.integration.registry import Service, registry
from tests.stores import Databases
from tests.tokens import Tokens

pytestmark = [pytest.mark.integration, pytest.mark.anyio]


async def live_a_little(service: Service) -> str:
    """A bit of everything that leaves rows behind; gives the unit it happened to."""
    unit = await service.unit()
    lead = await service.holder("professional_lead", unit_id=unit)
    authority = await service.holder("appointing_authority", region="vest")
    login = {"issuer": "https://idp.example", "national_id": "01018012345"}
    await service.desk.made(f"/persons/{lead.person_id}/logins", login)
    (linked,) = (await service.desk.get(f"/persons/{lead.person_id}")).json()["logins"]
    gone = {"login_hash": linked, "reason": "feil person"}
    await service.desk.made(f"/persons/{lead.person_id}/login-removals", gone)
    await service.desk.made(f"/persons/{authority.person_id}/logins", login)
    proposal = {
        "seat": "user",
        "person_id": (await service.person()).person_id,
        "conditions": {"asked": True, "informed": True, "willing": True, "nominated_by": "Eksempelforeningen"},
    }
    made = await lead.made(f"/units/{unit}/group/proposals", proposal)
    path = f"/units/{unit}/group/proposals/{made['appointment_id']}/appointments"
    await authority.made(path, {"since": "2026-02-01"})
    await service.desk.made(f"/roles/{lead.assignment_id}/endings", {"until": "2026-01-31"})
    await service.desk.made(f"/units/{unit}/endings", {"on": "2026-12-31", "reason": "ferdig"}, seen=1)
    return unit


async def test_every_row_comes_out_the_same(databases: Databases, tokens: Tokens) -> None:
    async with registry(databases, tokens) as service:
        await live_a_little(service)
        store = EventStore(service.settings.database_url, [*READ_MODELS.tables, INBOX_TABLES])
        found = compare(store, READ_MODELS)
        store.close()
    assert found.equal, found.differences
    assert all(found.rows.values()), found.rows


async def test_what_was_known_of_a_group_at_a_moment(databases: Databases, tokens: Tokens) -> None:
    async with registry(databases, tokens) as service:
        unit = await live_a_little(service)
        path = f"/units/{unit}/group"
        facts = (await service.desk.get(f"{path}/history")).json()
        day = "2026-03-01"
        vacant = {
            fact["event"]: (await service.desk.get(path, on=day, as_of=fact["recorded_at"])).json()["vacant"]
            for fact in facts
        }
    assert "user" in vacant["registry.Group.Proposed"]
    assert "user" not in vacant["registry.Group.Appointed"]
