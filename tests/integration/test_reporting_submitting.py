"""Handing in over HTTP: exactly the version seen, by the professional lead alone, frozen with its receipt."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Awaitable, Sequence
from threading import Event
from typing import Any
from uuid import uuid4

import pytest

from services.reporting.report.ending import Submitted
from services.reporting.report.state import FrozenRole
from shared.contracts import registry
from shared.desk import Command, UnitOfWork
from tests.eventually import eventually_async
from tests.integration.draft import ACCESS, NORD, OVERALL, USER, Draft, drafted
from tests.integration.reporting import YEAR, Service, reporting
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


@pytest.fixture
async def complete(draft: Draft) -> Draft:
    """Every required question is answered."""
    await draft.write_unit_part()
    await draft.write_group_part()
    return draft


async def test_only_the_professional_lead_submits(complete: Draft) -> None:
    for other in (complete.coordinator, complete.leader, complete.desk, complete.service.joint):
        refused = await complete.submit(other)
        assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
    assert (await complete.submitted())["status"] == "submitted"


async def test_everything_that_is_missing_is_told_at_once(draft: Draft) -> None:
    await draft.answered(draft.lead, ACCESS, "å" * 5000)
    await draft.add(draft.lead, "activity.teaching", kind="course")
    refused = (await draft.submit()).json()
    assert refused["code"] == "report_incomplete"
    [line] = (await draft.shown(draft.lead))["entries"]["activity.teaching"]
    assert [(fault["code"], fault["pointer"]) for fault in refused["errors"]] == [
        ("answer_missing", "/entries/activity.articles"),
        ("answer_missing", "/entries/activity.projects"),
        ("title_missing", f"/entries/activity.teaching/{line['entry_id']}"),
        ("answer_missing", "/entries/activity.dissemination"),
        ("answer_missing", "/entries/activity.clinical_activity"),
        ("text_too_long", f"/answers/{ACCESS}"),
        ("answer_missing", "/answers/evaluation.patient_pathway"),
        ("answer_missing", "/answers/evaluation.treatment_quality"),
    ]


async def test_a_report_that_moved_since_it_was_seen_is_not_submitted(complete: Draft) -> None:
    seen = await complete.content_version()
    await complete.answered(complete.members["nord"], NORD, "Endret i siste liten.", base=1)
    await complete.finish(complete.leader, "group")
    refused = await complete.submit(seen=seen)
    told = refused.json()
    assert (refused.status_code, told["code"]) == (409, "moved_since_seen")
    assert (told["seen"], told["content_version"], told["moved"]) == (seen, seen + 2, [NORD, "part:group"])
    ahead = await complete.submit(seen=seen + 3)
    assert ahead.json()["code"] == "moved_since_seen"
    assert (await complete.submitted(seen=seen + 2))["content_version"] == seen + 2


async def test_the_receipt_and_what_was_frozen(complete: Draft) -> None:
    receipt = await complete.submitted()
    assert (receipt["number"], receipt["timing"], receipt["excused"]) == (1, "in_time", [])
    assert receipt["submitted_at"] == "2025-12-10T09:00:00Z"
    shown = await complete.lead.shown(f"{complete.path}/submissions/1")
    by_id = await complete.lead.shown(f"/submissions/{receipt['submission_id']}")
    assert shown == by_id
    assert hashlib.sha256(shown["canonical"].encode()).hexdigest() == shown["sha256"] == receipt["sha256"]
    covered = json.loads(shown["canonical"])
    assert (covered["year"], len(covered["answers"]), len(covered["roles"])) == (YEAR, 14, 8)
    assert "Et svar." not in shown["canonical"]
    assert shown["report"]["answers"][ACCESS]["text"] == "Et svar."
    [fact] = await complete.facts("Submitted")
    assert (fact["data"]["sha256"], fact["by"]["role"]) == (receipt["sha256"], "professional_lead")


async def test_names_and_roles_stay_as_they_were(complete: Draft) -> None:
    service, lead = complete.service, complete.lead
    said = {"public": False, "copy_of_report": True}
    await lead.done("PUT", f"{complete.path}/persons/{lead.assignment_id}", said)
    first = await complete.submitted()
    await service.rename(lead.person_id, "Ragnhild Nygift")
    await service.rename(complete.leader.person_id, None)
    await service.holder("site_lead", "Ny Person", unit_id=complete.unit_id)
    shown = await complete.desk.shown(f"/submissions/{first['submission_id']}")
    roles = {role["person_id"]: role for role in shown["roles"]}
    assert len(roles) == 8
    frozen = roles[lead.person_id]
    assert (frozen["name"], frozen["public"], frozen["copy"]) == ("Ragnhild Leder", False, True)
    assert (roles[complete.leader.person_id]["name"], roles[complete.leader.person_id]["public"]) == (
        "Kari Eksempel",
        True,
    )
    assert hashlib.sha256(shown["canonical"].encode()).hexdigest() == first["sha256"]


async def behind(complete: Draft, heard: Awaitable[object]) -> Sequence[FrozenRole]:
    """The roles frozen by a submission that waited while something was heard, after the names were sealed for it."""
    desk, gate = complete.service.parts.desk, Event()
    seen = await complete.content_version()

    def wait_at_the_gate(unit: UnitOfWork) -> dict[str, Any]:
        assert gate.wait(60)
        return {}

    async def meanwhile() -> None:
        await eventually_async(lambda: len(desk.waiting) == 1)
        hearing = asyncio.ensure_future(heard)
        await eventually_async(lambda: len(desk.waiting) == 2)
        submission = asyncio.create_task(complete.submitted(seen=seen))
        await eventually_async(lambda: len(desk.waiting) == 3)
        gate.set()
        await asyncio.gather(hearing, submission)

    await asyncio.gather(desk.do(Command(uuid4(), b"", wait_at_the_gate)), meanwhile())
    recorded = complete.service.parts.store.recorded(complete.id)
    [handed_in] = [one.event for one in recorded if isinstance(one.event, Submitted)]
    return handed_in.roles


async def test_no_name_is_frozen_of_somebody_erased_after_it_was_sealed(complete: Draft) -> None:
    erased = registry.PersonErasedV1.model_validate({"person_id": complete.leader.person_id})
    roles = await behind(complete, complete.service.registry.tell(erased))
    named = {role.role: role.name is not None for role in roles}
    assert (named["group_leader"], named["professional_lead"]) == (False, True)


async def test_the_name_of_somebody_who_got_a_role_after_they_were_sealed_is_frozen(complete: Draft) -> None:
    new = await complete.service.person("Ny Person")
    granted = complete.service.grant(new, "site_lead", unit_id=complete.unit_id)
    await behind(complete, granted)
    roles = (await complete.lead.shown(f"{complete.path}/submissions/1"))["roles"]
    assert [role["name"] for role in roles if role["role"] == "site_lead"] == ["Ny Person"]


async def test_others_read_it_from_the_moment_it_is_submitted(complete: Draft) -> None:
    service = complete.service
    far = await service.holder("reviewer", region="nord")
    machine = service.caller("service:registry")
    assert (await far.get(complete.path)).status_code == 404
    receipt = await complete.submitted()
    path = f"/submissions/{receipt['submission_id']}"
    assert (await machine.shown(path))["sha256"] == receipt["sha256"]
    assert (await far.shown(path))["report"]["answers"][NORD]["text"] == "Et svar."
    assert [row["report_id"] for row in (await far.shown("/reports"))["items"]] == [str(complete.id)]
    assert (await machine.get(complete.path)).json()["code"] == "not_registered"
    nobody = await service.person()
    assert (await nobody.get(path)).status_code == 404


async def test_a_submitted_report_is_locked(complete: Draft) -> None:
    await complete.submitted()
    before = await complete.facts()
    locked = [
        await complete.answer(complete.lead, ACCESS, "For sent.", base=1),
        await complete.answer(complete.leader, OVERALL, "For sent.", base=1),
        await complete.submit(),
        await complete.lead.post(f"{complete.path}/notices"),
        await complete.leader.post(f"{complete.path}/finished-parts", {"part": "group", "finished": True}),
        await complete.desk.post(f"{complete.path}/exemptions", {"reason": "x"}),
    ]
    assert [(answer.status_code, answer.json()["code"]) for answer in locked] == [(409, "report_is_locked")] * 6
    assert await complete.facts() == before


class TestOpenGroupAnswers:
    @pytest.fixture
    async def open_draft(self, draft: Draft) -> Draft:
        """The unit is done; two of the group have not answered."""
        await draft.write_unit_part()
        await draft.write_group_part(NORD, USER)
        return draft

    async def test_before_the_deadline_it_takes_consent(self, open_draft: Draft) -> None:
        refused = await open_draft.submit(excuse="vi vil levere")
        assert (refused.status_code, refused.json()["code"]) == (409, "group_answers_open")
        assert refused.json()["open_questions"] == [USER, NORD]
        not_theirs = await open_draft.lead.post(f"{open_draft.path}/consents")
        assert not_theirs.status_code == 403
        await open_draft.ask(open_draft.leader, "consents")
        assert (await open_draft.submitted())["excused"] == [USER, NORD]

    async def test_or_a_notice_and_five_working_days(self, open_draft: Draft) -> None:
        clock = open_draft.service.clock
        await open_draft.ask(open_draft.lead, "notices")
        waits = (await open_draft.shown(open_draft.lead))["notice_waits_until"]
        assert waits == "2025-12-17T09:00:00Z"
        clock.move(days=6, hours=23)
        await open_draft.ask(open_draft.lead, "notices")
        assert (await open_draft.submit(excuse="ikke svar")).json()["code"] == "group_answers_open"
        clock.move(hours=1)
        assert (await open_draft.submit()).json()["code"] == "excuse_missing"
        assert (await open_draft.submitted(excuse="ikke svar"))["excused"] == [USER, NORD]
        assert len(await open_draft.facts("NoticeGiven")) == 1

    async def test_or_the_deadline_and_an_excuse_and_then_an_addendum_follows(self, open_draft: Draft) -> None:
        open_draft.service.clock.move(days=69)
        receipt = await open_draft.submitted(excuse="setet er ledig")
        assert (receipt["timing"], receipt["excused"]) == ("in_grace", [USER, NORD])
        nord, body = open_draft.members["nord"], {"question_id": NORD, "text": "Sent svar."}
        path = f"{open_draft.path}/addenda"
        for by, sent, status, code in [
            (open_draft.leader, body, 403, "not_your_question"),
            (open_draft.members["vest"], body | {"question_id": "group.region_vest"}, 409, "not_excused"),
            (nord, body | {"question_id": "no.such"}, 404, "question_not_in_template"),
            (nord, body, 201, None),
            (nord, body, 409, "not_excused"),
        ]:
            answer = await by.post(path, sent)
            assert (answer.status_code, answer.json().get("code")) == (status, code)
        shown = await open_draft.shown(open_draft.lead)
        assert (shown["addenda"][NORD]["text"], shown["status"]) == ("Sent svar.", "submitted")
        frozen = await open_draft.lead.shown(f"{open_draft.path}/submissions/1")
        assert (frozen["sha256"], frozen["excuse"]) == (receipt["sha256"], "setet er ledig")
        assert hashlib.sha256(frozen["canonical"].encode()).hexdigest() == receipt["sha256"]

    async def test_there_is_no_notice_of_what_is_answered(self, complete: Draft) -> None:
        refused = await complete.lead.post(f"{complete.path}/notices")
        assert (refused.status_code, refused.json()["code"]) == (409, "no_open_group_answers")


@pytest.mark.parametrize(
    ("days", "extended", "timing"),
    [
        (68, None, "in_time"),
        (69, None, "in_grace"),
        (71, None, "late"),
        (69, "2026-03-01T12:00:00", "in_time_by_extension"),
        (90, "2026-03-01T12:00:00", "late"),
    ],
)
async def test_how_a_submission_stands_to_its_deadline(
    complete: Draft, days: int, extended: str | None, timing: str
) -> None:
    if extended:
        await complete.ask(complete.desk, "extensions", until=extended, reason="sykdom")
    complete.service.clock.move(days=days)
    assert (await complete.submitted())["timing"] == timing
    row = (await complete.lead.shown("/reports"))["items"][0]
    assert (row["timing"], row["submissions"]) == (timing, 1)


async def test_an_extension_ends_after_the_deadline(complete: Draft) -> None:
    body = {"until": "2026-02-16T16:00:00", "reason": "sykdom"}
    refused = await complete.desk.post(f"{complete.path}/extensions", body)
    assert (refused.status_code, refused.json()["code"]) == (409, "extension_in_the_past")
    assert refused.json()["errors"][0]["pointer"] == "/until"
    not_theirs = await complete.lead.post(f"{complete.path}/extensions", body)
    assert (not_theirs.status_code, not_theirs.json()["code"]) == (403, "not_allowed")


async def test_an_acting_lead_submits_and_is_shown_as_such(complete: Draft) -> None:
    service = complete.service
    left = registry.RoleEndedV1.model_validate({"assignment_id": complete.lead.assignment_id, "until": "2025-12-09"})
    await service.registry.tell(left)
    acting = await service.holder("professional_lead", "Konrad Vikar", unit_id=complete.unit_id, acting=True)
    gone = await complete.submit()
    assert (gone.status_code, gone.json()["code"]) == (404, "not_found")
    await complete.submitted(by=acting)
    roles = (await acting.shown(f"{complete.path}/submissions/1"))["roles"]
    leads = [role for role in roles if role["role"] == "professional_lead"]
    assert [(role["person_id"], role["name"], role["acting"]) for role in leads] == [
        (acting.person_id, "Konrad Vikar", True)
    ]


async def test_a_reopened_report_is_submitted_under_a_new_number(complete: Draft) -> None:
    first = await complete.submitted()
    unexplained = await complete.desk.post(f"{complete.path}/reopenings", {"reason": " "})
    assert unexplained.status_code == 422
    await complete.ask(complete.desk, "reopenings", reason="feil tall")
    assert (await complete.shown(complete.lead))["status"] == "reopened"
    await complete.answered(complete.lead, ACCESS, "Rettet.", base=1)
    second = await complete.submitted()
    assert (second["number"], second["submission_id"] != first["submission_id"]) == (2, True)
    texts = []
    for number in (1, 2):
        shown = await complete.lead.shown(f"{complete.path}/submissions/{number}")
        assert hashlib.sha256(shown["canonical"].encode()).hexdigest() == shown["sha256"]
        texts.append(shown["report"]["answers"][ACCESS]["text"])
    assert texts == ["Et svar.", "Rettet."]


@pytest.mark.parametrize(("step", "status"), [("exemptions", "exempted"), ("withdrawals", "withdrawn")])
async def test_a_report_is_ended_with_a_reason_and_can_be_reopened(draft: Draft, step: str, status: str) -> None:
    refused = await draft.lead.post(f"{draft.path}/{step}", {"reason": "x"})
    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
    await draft.ask(draft.desk, step, reason="lagt ned")
    shown = await draft.shown(draft.lead)
    assert (shown["status"], shown["ended_reason"]) == (status, "lagt ned")
    assert (await draft.answer(draft.lead, ACCESS)).json()["code"] == "report_is_locked"
    await draft.ask(draft.desk, "reopenings", reason="likevel ikke")
    await draft.answered(draft.lead, ACCESS)
    again = await draft.desk.post(f"{draft.path}/reopenings", {"reason": "x"})
    assert (again.status_code, again.json()["code"]) == (409, "cannot_reopen")
