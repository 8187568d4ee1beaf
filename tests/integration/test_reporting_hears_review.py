"""What reporting does when review returns a report, and that hearing it twice changes nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from services.reporting.application import hearing
from shared.contracts import Contract, envelope, review
from shared.inbox import Hearing
from shared.inbox.heard import heard
from tests.integration.draft import NORD, Draft, drafted
from tests.integration.reporting import Service, reporting
from tests.stores import Databases
from tests.tokens import Tokens

pytestmark = [pytest.mark.integration, pytest.mark.anyio]


@pytest.fixture
async def submitted(databases: Databases, tokens: Tokens) -> AsyncIterator[Draft]:
    async with reporting(databases, tokens) as service:
        draft = await drafted(service)
        await draft.write_unit_part()
        await draft.write_group_part()
        await draft.submitted()
        yield draft


async def returned(service: Service, report_id: UUID, number: int, position: int = 1) -> None:
    """What review says when a region sends a submission back."""
    review_id = uuid4()
    said = review.ReportReturnedV1(
        review_id=review_id, report_id=report_id, unit_id=uuid4(), number=number, region="vest"
    )
    await told(service, said, review_id, position)


async def told(service: Service, said: Contract, subject: UUID, position: int = 1) -> None:
    """Something review says is heard."""
    event = envelope(
        said,
        position=position,
        previous=position - 1,
        subject=str(subject),
        time=service.clock.now(),
        traceparent="",
    )
    listening = Hearing(service.parts.desk, "review", hearing.react, hearing.keep)
    await listening.take([event], position - 1)


async def notes(service: Service) -> list[str]:
    log = select(heard.c.note).where(heard.c.speaker == "review").order_by(heard.c.position)
    return [row["note"] for row in service.parts.store.rows(log)]


async def test_a_return_lets_both_parties_write_again(submitted: Draft) -> None:
    service, member = submitted.service, submitted.members["nord"]
    assert (await submitted.answer(member, NORD, "Nytt.", base=1)).json()["code"] == "report_is_locked"
    await returned(service, submitted.id, 1)
    assert (await submitted.shown(submitted.lead))["status"] == "returned"
    await submitted.answered(member, NORD, "Nytt.", base=1)
    assert (await submitted.submitted())["number"] == 2


async def test_hearing_a_return_twice_changes_nothing(submitted: Draft) -> None:
    service = submitted.service
    await returned(service, submitted.id, 1)
    assert not await service.parts.desk.hear("review", 1, lambda unit: None)
    await returned(service, submitted.id, 1, position=2)
    assert (len(await submitted.facts("Returned")), await notes(service)) == (1, ["", "not_last_submission"])


async def test_a_return_of_another_submission_or_report_is_noted_as_not_applying(submitted: Draft) -> None:
    service = submitted.service
    await returned(service, submitted.id, 2)
    await returned(service, uuid4(), 1, position=2)
    assert (await submitted.shown(submitted.lead))["status"] == "submitted"
    assert await notes(service) == ["not_last_submission", "not_found"]


async def test_a_report_that_nobody_knows_here_keeps_no_other_from_being_presented(submitted: Draft) -> None:
    reports = [uuid4(), submitted.id, uuid4()]
    said = review.DossierPresentedV1(year=2025, on=date(2026, 5, 4), reports=reports)
    for position in (1, 2):
        await told(submitted.service, said, uuid4(), position)
    assert (len(await submitted.facts("Presented")), await notes(submitted.service)) == (1, ["", ""])
