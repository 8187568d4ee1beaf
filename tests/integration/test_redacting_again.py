"""A place may be redacted more than once: what was kept each time stays readable, as it is and as it was."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any
from uuid import uuid4

import pytest

from shared.contracts import reporting as told_by_reporting
from shared.desk import Command, UnitOfWork
from shared.domain import Acting
from tests.integration.draft import ACCESS, OVERALL, Draft, drafted
from tests.integration.reporting import reporting
from tests.stores import Databases
from tests.tokens import Tokens

pytestmark = [pytest.mark.integration, pytest.mark.anyio]

TEXTS = ["første", "andre", "tredje", "fjerde", "femte"]


@pytest.fixture
async def draft(databases: Databases, tokens: Tokens) -> AsyncIterator[Draft]:
    async with reporting(databases, tokens) as service:
        yield await drafted(service)


async def remove(draft: Draft, version: int) -> None:
    """One version of the answer is removed for good: asked by the lead, approved by the desk."""
    why = {"reason": "navngir en pasient", "legal_basis": "personvernforordningen art. 17"}
    place = {"place": ACCESS, "first_version": version, "last_version": version}
    asked = await draft.ask(draft.lead, "redactions", **place, **why)
    await draft.ask(draft.desk, f"redactions/{asked['redaction_id']}/approvals")


async def answer(draft: Draft, **as_of: Any) -> Any:
    return (await draft.shown(draft.lead, **as_of))["answers"][ACCESS]["text"]


async def test_what_is_kept_stays_readable_however_often_a_place_is_redacted(draft: Draft) -> None:
    for base, text in enumerate(TEXTS):
        await draft.answered(draft.lead, ACCESS, text, base)
    for version in (1, 2, 4):
        await remove(draft, version)
        assert await answer(draft) == "femte"
    told = [(fact["version"], fact["data"]["text"]) for fact in await draft.facts("Answered")]
    assert [shown.get("text") for _, shown in told] == [None, None, "tredje", None, "femte"]
    since = [fact["version"] for fact in await draft.facts() if fact["version"] >= told[-1][0]]
    assert {await answer(draft, version=version) for version in since} == {"femte"}
    assert await answer(draft, version=told[2][0]) == "tredje"
    await draft.answered(draft.lead, ACCESS, "sjette", len(TEXTS))
    assert await answer(draft) == "sjette"


@pytest.mark.parametrize("place", [ACCESS, OVERALL])
async def test_a_redaction_that_was_lost_with_the_store_is_done_again(draft: Draft, place: str) -> None:
    for base, text in enumerate(TEXTS):
        await draft.answered(draft.lead, ACCESS, text, base)
    parts = draft.service.app.state.parts
    told = told_by_reporting.TextRedactedV1(report_id=draft.id, place=place, first_version=2, last_version=9)

    def decide(unit: UnitOfWork) -> Mapping[str, Any]:
        parts.epochs.redo(unit, told, Acting(subject="operator", role="operator"), parts.clock.now())
        return {}

    await parts.desk.do(Command(uuid4(), b"", decide))
    draft.service.app.state.reporting.redacting.destroy_decided(draft.id)
    left = [fact["data"]["text"].get("text") for fact in await draft.facts("Answered")]
    assert left == ["første", None, None, None, None] if place == ACCESS else left == TEXTS
