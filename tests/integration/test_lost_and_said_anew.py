"""What reporting says anew after it was put back collides with what review had heard: nothing is stuck."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from services.review.app import READ_MODELS
from services.review.application import hearing
from shared.contracts import envelope, reporting
from shared.domain import identity
from shared.epochs.log import FIRST, Epoch
from shared.inbox import Hearing, Views
from shared.inbox.adopting import Adopting
from shared.inbox.lost import lost_of
from shared.inbox.views import differences
from tests.integration.review import YEAR, Judged, Service, review
from tests.stores import Databases
from tests.tokens import Tokens

pytestmark = [pytest.mark.integration, pytest.mark.anyio]
VIEWS = Views(READ_MODELS.of_others, READ_MODELS.heard)


@pytest.fixture
async def service(databases: Databases, tokens: Tokens) -> AsyncIterator[Service]:
    async with review(databases, tokens) as running:
        yield running


async def lose(service: Service, after: int) -> None:
    """Reporting begins its second epoch after a position."""
    adopting = Adopting(service.reporting.parts.desk, "reporting", VIEWS, hearing.forget)
    await adopting.adopt([FIRST, Epoch(2, after)])
    await adopting.settle()


async def submitted_anew(judged: Judged, after: int, number: int, sha256: str) -> None:
    said = reporting.ReportSubmittedV1(
        report_id=judged.report_id,
        submission_id=identity("submission", judged.report_id, number),
        unit_id=judged.unit_id,
        year=YEAR,
        number=number,
        content_version=1,
        sha256=sha256,
        timing="in_time",
        excused=[],
        regions=list(judged.regions),
    )
    parts = judged.service.reporting.parts
    listener = Hearing(parts.desk, "reporting", hearing.react, hearing.keep)
    listener.lineage = "reporting@2"
    event = envelope(
        said,
        position=after + 1,
        previous=after,
        subject=str(judged.report_id),
        time=parts.clock.now(),
        traceparent="",
        epoch=2,
    )
    await listener.take([event], after)


async def test_a_number_is_handed_in_anew_with_another_content(service: Service) -> None:
    judged = await service.submitted()
    after = service.reporting.said - 1
    region = judged.regions[0]
    await judged.assess_all(region)
    assert (await judged.sign(region)).status_code == 201
    await lose(service, after)
    assert (await judged.sign(region)).status_code == 409
    await submitted_anew(judged, after, 1, "f" * 64)
    assert (await judged.shown())["step"] == "submitted"
    assert (await judged.sign(region, sha256="f" * 64)).status_code == 201
    assert differences(service.reporting.parts.store, VIEWS) == []


async def test_what_followed_the_lost_is_listed_with_what_a_person_must_look_at(service: Service) -> None:
    judged = await service.submitted()
    after = service.reporting.said - 1
    await lose(service, after)
    (lost,) = lost_of(service.reporting.parts.store, "reporting")
    assert (lost.event.subject, lost.note) == (str(judged.report_id), "")
    assert [caused.topic for caused in lost.caused] == ["review.Review.Opened"]
    assert UUID(lost.event.subject) == judged.report_id


async def test_a_hearer_is_asked_by_the_operator_only_and_of_its_speakers_only(service: Service) -> None:
    operator = service.caller("operator")
    assert (await operator.get("/heard/notify/agreement")).json()["code"] == "unknown_speaker"
    assert (await operator.get("/heard/registry/agreement")).status_code == 503
    assert (await operator.get("/lost")).json() == {"lost": [], "without_effect": []}
    assert (await service.caller("service:reporting").get("/lost")).status_code == 403
