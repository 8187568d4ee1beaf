"""Whoever may not write leaves nothing behind: no key is made for what they send or for names they would freeze."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest

from services.reporting.application.sealing import person_subject, subject_of
from tests.integration.draft import ACCESS, NORD, OVERALL, Draft, drafted
from tests.integration.reporting import Service, reporting
from tests.stores import Databases
from tests.tokens import Tokens

pytestmark = [pytest.mark.integration, pytest.mark.anyio]
TEACHING = "activity.teaching"


@pytest.fixture
async def draft(databases: Databases, tokens: Tokens) -> AsyncIterator[Draft]:
    async with reporting(databases, tokens) as service:
        yield await drafted(service)


@pytest.fixture
def service(draft: Draft) -> Service:
    return draft.service


def has_key(draft: Draft, place: str) -> bool:
    return draft.service.parts.vault.generation(subject_of(draft.id, place)) > 0


async def test_no_key_is_made_for_an_answer_that_is_not_ones_own(draft: Draft, service: Service) -> None:
    for by, question, code in [
        (service.joint, ACCESS, "not_your_question"),
        (draft.leader, ACCESS, "not_your_question"),
        (draft.lead, OVERALL, "not_your_question"),
        (draft.members["vest"], NORD, "not_your_question"),
        (draft.lead, "no.such_question", "question_not_in_template"),
        (await service.person(), ACCESS, "not_found"),
    ]:
        refused = await draft.answer(by, question)
        assert refused.json()["code"] == code
        assert not has_key(draft, question)
    body = {"text": "Et svar.", "base_version": 0, "answered_on": "2025-12-09"}
    for by, question, code in [
        (draft.lead, NORD, "not_allowed"),
        (draft.leader, OVERALL, "not_a_group_question"),
        (draft.leader, "no.such_question", "question_not_in_template"),
    ]:
        refused = await by.put(f"{draft.path}/answers/{question}/on-behalf", body)
        assert refused.json()["code"] == code
        assert not has_key(draft, question)
    await draft.answered(draft.lead, ACCESS)
    assert has_key(draft, ACCESS)


async def test_nor_for_a_line_or_an_addendum(draft: Draft, service: Service) -> None:
    line = str(uuid4())
    body = {"question_id": TEACHING, "fields": {"title": "Kurs"}}
    refused = await service.joint.put(f"{draft.path}/entries/{line}", body)
    assert (refused.json()["code"], has_key(draft, line)) == ("not_your_question", False)
    refused = await draft.lead.post(f"{draft.path}/addenda", {"question_id": NORD, "text": "Sent svar."})
    assert (refused.json()["code"], has_key(draft, NORD)) == ("not_your_question", False)


async def test_nor_for_names_that_somebody_else_would_submit(draft: Draft, service: Service) -> None:
    await draft.write_unit_part()
    await draft.write_group_part()
    vault, lead = service.parts.vault, person_subject(draft.lead.person_id)  # type: ignore[arg-type]  # as text
    refused = await draft.submit(service.joint)
    assert (refused.json()["code"], vault.generation(lead)) == ("not_allowed", 0)
    await draft.submitted()
    assert vault.generation(lead) == 1


async def test_a_command_done_before_is_answered_the_same_when_the_key_has_left_the_memory(
    draft: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    await draft.write_unit_part()
    await draft.write_group_part(NORD)
    await draft.ask(draft.leader, "consents")
    await draft.submitted()
    path, body = f"{draft.path}/addenda", {"question_id": NORD, "text": "Sent svar."}
    key: Any = {"Idempotency_Key": str(uuid4())}
    first = await draft.members["nord"].post(path, body, **key)
    monkeypatch.setattr("shared.remembered.monotonic", lambda: float("inf"))
    again = await draft.members["nord"].post(path, body, **key)
    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
