"""What review does when it hears something, and that hearing it twice changes nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from services.review.app import READ_MODELS
from services.review.application.hearing import REACTIONS
from services.review.views.heard import KEPT
from shared.contracts import Contract, registry, reporting
from shared.inbox.heard import heard as heard_log
from shared.rebuild import compare
from tests.integration.review import YEAR, Judged, Service, review
from tests.stores import Databases
from tests.tokens import Tokens

pytestmark = [pytest.mark.integration, pytest.mark.anyio]


@pytest.fixture
async def service(databases: Databases, tokens: Tokens) -> AsyncIterator[Service]:
    async with review(databases, tokens) as running:
        yield running


async def addendum(judged: Judged, question: str = "group.region_nord") -> None:
    said = reporting.AddendumSignedV1(report_id=judged.report_id, number=judged.number, question_id=question)
    await judged.service.reporting.tell(said, subject=judged.report_id)


async def reopen(judged: Judged) -> None:
    said = reporting.ReportReopenedV1(report_id=judged.report_id)
    await judged.service.reporting.tell(said, subject=judged.report_id)


POLICIES: dict[type[Contract], tuple[Callable[[Judged], Awaitable[Any]], str, dict[str, Any]]] = {
    reporting.ReportSubmittedV1: (Judged.submit, "Resubmitted", {"step": "submitted"}),
    reporting.AddendumSignedV1: (addendum, "AddendumHeard", {"step": "reviewed"}),
    reporting.ReportReopenedV1: (reopen, "Reopened", {"step": "reopened"}),
}
"""What is heard of a reviewed report, what happens then, and how the review looks after it."""


OF_THE_DOSSIER = {reporting.TextRedactedV1}
"""What concerns only what was sent already; a review keeps no text of a report."""


def test_every_reaction_is_tried() -> None:
    assert set(POLICIES) | OF_THE_DOSSIER == set(REACTIONS)


@pytest.mark.parametrize("said", POLICIES, ids=lambda said: said.__name__)
async def test_a_review_follows_its_report_and_hearing_it_twice_changes_nothing(
    service: Service, said: type[Contract]
) -> None:
    happen, event, after = POLICIES[said]
    judged = await service.submitted()
    await judged.review()
    await happen(judged)
    [*_, last] = facts = await judged.reviewers["vest"].shown(f"{judged.path}/history")
    assert last["event"] == f"review.Review.{event}"
    assert last["by"]["subject"] == "service:review"
    shown = await judged.shown()
    assert {name: shown[name] for name in after} == after
    await service.reporting.tell_again()
    assert await judged.reviewers["vest"].shown(f"{judged.path}/history") == facts


async def test_a_first_submission_opens_the_review_and_the_same_again_changes_nothing(service: Service) -> None:
    judged = await service.report()
    assert (await judged.reviewers["vest"].get(judged.path)).status_code == 404
    await judged.submit()
    assert (await judged.shown())["version"] == 1
    judged.number -= 1
    await judged.submit()
    assert (await judged.shown())["version"] == 1


async def test_a_late_group_answer_is_shown_beside_what_was_signed(service: Service) -> None:
    judged = await service.submitted()
    await judged.review()
    await addendum(judged)
    await addendum(judged)
    shown = await judged.shown()
    assert [a["question_id"] for a in shown["addenda"]] == ["group.region_nord"]
    assert shown["parts"]["vest"]["signature"]["number"] == 1


async def test_what_no_longer_applies_is_noted_and_leaves_its_rows(service: Service) -> None:
    judged = await service.report()
    await addendum(judged)
    assert await noted(service) == ["not_found"]
    await reopen(judged)
    assert await judged.state() == "reopened"
    assert (await service.http.get("/health/live")).status_code == 200


async def noted(service: Service) -> list[str]:
    found = service.parts.store.rows(select(heard_log.c.note).where(heard_log.c.note != ""))
    return [row["note"] for row in found]


async def test_a_text_that_was_removed_from_the_report_is_told_beside_the_review(service: Service) -> None:
    judged = await service.submitted()
    said = reporting.TextRedactedV1(
        report_id=judged.report_id, place="evaluation.equal_access", first_version=1, last_version=2
    )
    await service.reporting.tell(said, subject=judged.report_id)
    told = {"place": "evaluation.equal_access", "first_version": 1, "last_version": 2}
    assert (await judged.shown())["removed_texts"] == [told]


async def test_a_role_that_ended_gives_no_right(service: Service) -> None:
    judged = await service.submitted()
    vest = judged.reviewers["vest"]
    ended = registry.RoleEndedV1(assignment_id=UUID(vest.assignment_id), until=date(2026, 3, 1))
    await service.registry.tell(ended)
    assert (await vest.get(judged.path)).status_code == 404


async def test_a_person_who_was_erased_is_known_no_more(service: Service) -> None:
    judged = await service.submitted()
    await service.registry.tell(registry.PersonErasedV1(person_id=UUID(judged.lead.person_id)))
    assert (await judged.lead.get(judged.path)).json()["code"] == "not_registered"


async def test_a_unit_is_shown_by_its_newest_name(service: Service) -> None:
    judged = await service.submitted()
    renamed = registry.UnitRenamedV1(
        unit_id=judged.unit_id, name_nb="Et annet navn", name_en=None, valid_from=date(2026, 1, 1)
    )
    await service.registry.tell(renamed, subject=judged.unit_id)
    [row] = (await judged.lead.shown("/reviews"))["items"]
    assert row["unit_name"] == "Et annet navn"


async def test_every_read_model_made_again_is_the_live_one(service: Service) -> None:
    first, second = await service.submitted(), await service.submitted("M-1", "vest", "sor_ost")
    await first.review()
    await reopen(first)
    await second.review()
    await second.submit()
    await service.report("A-9")
    said: list[Contract] = [
        reporting.CyclePlannedV1(
            year=YEAR,
            recommended_on=date(2026, 2, 10),
            deadline=service.clock.now(),
            grace_until=service.clock.now(),
            opens_at=None,
        ),
        reporting.CycleOpenedV1(year=YEAR, reports=3),
        reporting.ReportExtendedV1(report_id=first.report_id, until=service.clock.now()),
        reporting.PartFinishedV1(report_id=first.report_id, unit_id=first.unit_id, year=YEAR, part="unit"),
        registry.UnitEndedV1(unit_id=first.unit_id, on=date(2026, 12, 31)),
        registry.SeatsEstablishedV1(unit_id=uuid4(), seats=["user"]),
    ]
    assert registry.SeatsEstablishedV1 not in KEPT
    await service.reporting.tell(*said[:4])
    await service.registry.tell(*said[4:])
    found = compare(service.parts.store, READ_MODELS)
    assert found.equal, found.differences
    assert (found.rows["reviews"], found.rows["review_parts"], found.rows["reports"]) == (2, 3, 3)
