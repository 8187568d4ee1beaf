"""Two parties write in one form: question by question, each its own, and nobody's text is lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.integration.draft import ACCESS, NORD, OVERALL, USER, Draft, drafted
from tests.integration.reporting import Caller, Service, reporting
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


async def test_an_empty_report_can_be_read_and_lists_what_is_missing(draft: Draft) -> None:
    shown = await draft.shown(draft.lead)
    assert (shown["status"], shown["answers"], shown["entries"], shown["content_version"]) == ("opened", {}, {}, 0)
    checks = await draft.lead.shown(f"{draft.path}/checks")
    assert not checks["can_be_submitted"]
    assert {finding["code"] for finding in checks["findings"]} == {"answer_missing", "group_answer_missing"}
    assert len(checks["findings"]) == 14


async def test_every_question_has_a_version_of_its_own(draft: Draft) -> None:
    first = await draft.answered(draft.lead, ACCESS, "Først.")
    second = await draft.answered(draft.coordinator, ACCESS, "Siden.", base=1)
    other = await draft.answered(draft.lead, "evaluation.patient_pathway", "Et annet.")
    assert [done["version"] for done in (first, second, other)] == [1, 2, 1]
    assert [done["content_version"] for done in (first, second, other)] == [1, 2, 3]
    shown = await draft.shown(draft.lead)
    answer = shown["answers"][ACCESS]
    assert (answer["text"], answer["by"]["role"], shown["status"]) == ("Siden.", "coordinator", "in_progress")
    await draft.answered(draft.lead, ACCESS, "", base=2)
    missing = (await draft.lead.shown(f"{draft.path}/checks"))["findings"]
    assert f"/answers/{ACCESS}" in {finding["pointer"] for finding in missing}


async def test_two_on_one_question_get_both_texts_back(draft: Draft) -> None:
    await draft.answered(draft.lead, ACCESS, "Leders tekst.")
    before = await draft.shown(draft.lead)
    answer = await draft.answer(draft.coordinator, ACCESS, "Koordinators tekst.")
    conflict = answer.json()
    assert (answer.status_code, conflict["code"]) == (409, "changed_meanwhile")
    assert (conflict["base_version"], conflict["current_version"]) == (0, 1)
    assert conflict["yours"] == {"text": "Koordinators tekst."}
    assert (conflict["theirs"]["text"], conflict["theirs"]["version"]) == ("Leders tekst.", 1)
    assert await draft.shown(draft.lead) == before


async def test_two_on_different_questions_do_not_disturb_each_other(draft: Draft) -> None:
    async def write(by: Caller, question: str) -> list[int]:
        return [(await draft.answer(by, question, f"Utkast {n}.", base=n)).status_code for n in range(8)]

    codes = list(await asyncio.gather(write(draft.lead, ACCESS), write(draft.leader, OVERALL)))
    assert codes == [[200] * 8, [200] * 8]
    assert await draft.content_version() == 16


async def test_of_many_on_one_question_at_once_one_is_first_and_no_text_is_lost(draft: Draft) -> None:
    texts = [f"Tekst {n}." for n in range(6)]
    answers = await asyncio.gather(*(draft.answer(draft.lead, ACCESS, text) for text in texts))
    taken = [text for text, answer in zip(texts, answers, strict=True) if answer.status_code == 200]
    assert [text for text, answer in zip(texts, answers, strict=True) if answer.status_code == 409] == [
        answer.json()["yours"]["text"] for answer in answers if answer.status_code == 409
    ]
    assert len(taken) == 1
    assert {answer.json()["theirs"]["text"] for answer in answers if answer.status_code == 409} == set(taken)


@pytest.mark.parametrize(
    ("question", "writer"),
    [(ACCESS, "leader"), (OVERALL, "lead"), (NORD, "leader"), (USER, "coordinator"), (NORD, "vest"), (USER, "nord")],
)
async def test_nobody_writes_anothers_answer(draft: Draft, question: str, writer: str) -> None:
    by: Caller = draft.members[writer] if writer in draft.members else getattr(draft, writer)
    before = await draft.shown(draft.service.joint)
    refused = await draft.answer(by, question)
    assert (refused.status_code, refused.json()["code"]) == (403, "not_your_question")
    assert refused.json()["question_id"] == question
    assert await draft.shown(draft.service.joint) == before


async def test_the_wrong_role_and_the_wrong_template(draft: Draft) -> None:
    administrator = await draft.service.holder("administrative_leader", unit_id=draft.unit_id)
    refused = await draft.answer(administrator, ACCESS)
    assert (refused.status_code, refused.json()["code"]) == (403, "not_your_question")
    shown = await administrator.put(
        f"{draft.path}/persons/{draft.lead.assignment_id}", {"public": True} | {"copy_of_report": True}
    )
    assert (shown.status_code, shown.json()["code"]) == (403, "not_allowed")
    elsewhere = await draft.answer(draft.lead, "evaluation.national_cooperation")
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (404, "question_not_in_template")
    listed = await draft.answer(draft.lead, "activity.articles")
    assert (listed.status_code, listed.json()["code"]) == (409, "wrong_answer_type")


async def test_choices_belong_to_their_question(draft: Draft) -> None:
    path, body = f"{draft.path}/answers/evaluation.treatment_quality", {"text": "", "base_version": 0}
    unknown = await draft.lead.put(path, body | {"choices": ["horoscope"]})
    assert (unknown.status_code, unknown.json()["code"], unknown.json()["choices"]) == (
        409,
        "choice_unknown",
        ["horoscope"],
    )
    await draft.lead.done("PUT", path, body | {"choices": ["guideline", "biobank", "guideline"]})
    shown = (await draft.shown(draft.lead))["answers"]["evaluation.treatment_quality"]
    assert shown["choices"] == ["guideline", "biobank"]


async def test_several_roles_and_none_named(draft: Draft) -> None:
    first = draft.coordinator.assignment_id
    both = await draft.service.grant(draft.coordinator, "site_lead", unit_id=str(draft.unit_id))
    unsure = await draft.answer(both, ACCESS)
    assert (unsure.status_code, unsure.json()["code"]) == (409, "acting_as_needed")
    choices = {choice["assignment_id"]: choice["role"] for choice in unsure.json()["choices"]}
    assert choices == {first: "coordinator", both.assignment_id: "site_lead"}
    named = await draft.answer(both, ACCESS, Acting_As=both.assignment_id)
    assert named.status_code == 200
    [fact] = await draft.facts("Answered")
    assert (fact["by"]["assignment_id"], fact["by"]["role"]) == (both.assignment_id, "site_lead")
    assert fact["by"]["on_behalf_of"] == str(draft.unit_id)
    wrong = await draft.answer(both, ACCESS, base=1, Acting_As=draft.lead.assignment_id)
    assert wrong.status_code == 403


async def test_to_a_stranger_the_report_does_not_exist(draft: Draft) -> None:
    other = await draft.service.unit("L-2")
    strangers = [
        await draft.service.holder("professional_lead", unit_id=other),
        await draft.service.holder("service_desk", region="nord"),
        await draft.service.person(),
    ]
    await draft.answered(draft.lead, ACCESS)
    line = (await draft.add(draft.lead, "activity.teaching", title="Kurs"))["entry_id"]
    for stranger in strangers:
        assert (await stranger.shown("/reports"))["items"] == []
        for path in (draft.path, f"{draft.path}/history", f"{draft.path}/checks", f"{draft.path}/submissions/1"):
            answer = await stranger.get(path)
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
        base = {"base_version": 1}
        for method, path, body in [
            ("PUT", f"answers/{ACCESS}", base | {"text": "x"}),
            ("PUT", "answers/no.such", base | {"text": "x"}),
            ("POST", f"answers/{ACCESS}/confirmations", base),
            ("POST", "answers/no.such/confirmations", base),
            ("PUT", "answers/no.such/nothing-to-report", base | {"declared": True}),
            ("PUT", f"entries/{line}/fields", base | {"fields": {}}),
            ("POST", f"entries/{draft.id}/moves", {"index": 0}),
            ("DELETE", f"entries/{draft.id}?base_version=1", None),
            ("POST", "finished-parts", {"part": "unit", "finished": True}),
            ("POST", "submissions", {"seen": 0}),
            ("POST", "addenda", {"question_id": "no.such", "text": "x"}),
            ("POST", "extensions", {"until": "2026-03-01T12:00:00", "reason": "x"}),
        ]:
            answer = await stranger.send(method, f"{draft.path}/{path}", json=body)
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), (path, answer.text)
    assert len(await draft.facts()) == 4


async def test_an_unfinished_part_is_its_own_partys(draft: Draft) -> None:
    await draft.answered(draft.lead, ACCESS, "Enhetens utkast.")
    await draft.answered(draft.leader, OVERALL, "Gruppens utkast.")
    hidden = {"text": None, "length": 16, "hidden": True}
    seen = {name: await draft.shown(getattr(draft, name)) for name in ("lead", "leader", "desk")}
    assert {name: shown["answers"][ACCESS]["text"] for name, shown in seen.items()} == {
        "lead": "Enhetens utkast.",
        "leader": None,
        "desk": "Enhetens utkast.",
    }
    assert seen["leader"]["answers"][ACCESS].items() >= hidden.items()
    assert seen["lead"]["answers"][OVERALL].items() >= hidden.items()
    told = await draft.lead.shown(f"{draft.path}/history")
    assert told[-1]["data"]["text"] == hidden
    await draft.finish(draft.lead, "unit")
    assert (await draft.shown(draft.leader))["answers"][ACCESS]["text"] == "Enhetens utkast."
    assert (await draft.shown(draft.lead))["answers"][OVERALL]["text"] is None
    await draft.finish(draft.leader, "group")
    assert (await draft.shown(draft.lead))["answers"][OVERALL]["text"] == "Gruppens utkast."
    await draft.finish(draft.lead, "unit", finished=False)
    assert (await draft.shown(draft.leader))["answers"][ACCESS]["text"] is None


async def test_each_party_finishes_its_own_part(draft: Draft) -> None:
    for by, part in ((draft.lead, "group"), (draft.leader, "unit"), (draft.user, "group")):
        refused = await by.post(f"{draft.path}/finished-parts", {"part": part, "finished": True})
        assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")


class TestOnBehalf:
    async def enter(self, draft: Draft, text: str, base: int = 0, question: str = NORD) -> tuple[int, str]:
        body = {"text": text, "answered_on": "2025-12-09", "base_version": base}
        answer = await draft.leader.put(f"{draft.path}/answers/{question}/on-behalf", body)
        return answer.status_code, answer.json().get("code", "")

    async def test_the_leader_enters_what_a_member_answered(self, draft: Draft) -> None:
        assert await self.enter(draft, "Fra nord.") == (200, "")
        answer = (await draft.shown(draft.leader))["answers"][NORD]
        assert answer["on_behalf_of"] == {
            "holder": draft.members["nord"].person_id,
            "answered_on": "2025-12-09",
            "confirmed_at": None,
        }
        assert await self.enter(draft, "Rettet.", base=1) == (200, "")
        assert await self.enter(draft, "x", question=OVERALL) == (409, "not_a_group_question")

    async def test_once_confirmed_only_the_holder_changes_it(self, draft: Draft) -> None:
        await self.enter(draft, "Fra nord.")
        path = f"{draft.path}/answers/{NORD}/confirmations"
        other = await draft.members["vest"].post(path, {"base_version": 1})
        assert (other.status_code, other.json()["code"]) == (403, "not_your_question")
        stale = await draft.members["nord"].post(path, {"base_version": 0})
        assert (stale.status_code, stale.json()["code"]) == (409, "changed_meanwhile")
        await draft.members["nord"].done("POST", path, {"base_version": 1})
        assert await self.enter(draft, "Noe annet.", base=1) == (409, "answer_is_confirmed")
        assert (await draft.shown(draft.leader))["answers"][NORD]["on_behalf_of"]["confirmed_at"]

    async def test_once_replaced_it_is_the_holders(self, draft: Draft) -> None:
        await self.enter(draft, "Fra nord.")
        await draft.answered(draft.members["nord"], NORD, "Mitt eget svar.", base=1)
        assert await self.enter(draft, "Noe annet.", base=2) == (409, "answer_is_the_holders")
        answer = (await draft.shown(draft.leader))["answers"][NORD]
        assert (answer["text"], answer["on_behalf_of"]) == ("Mitt eget svar.", None)


async def test_the_groups_answers_are_marked_when_the_unit_changes_its_part(draft: Draft) -> None:
    await draft.answered(draft.lead, ACCESS)
    await draft.answered(draft.leader, OVERALL)
    await draft.answered(draft.coordinator, ACCESS, "Endret.", base=1)
    assert (await draft.shown(draft.leader))["answers"][OVERALL]["based_on_older_version"]
    found = (await draft.leader.shown(f"{draft.path}/checks"))["findings"]
    assert ("based_on_older_version", f"/answers/{OVERALL}") in {(f["code"], f["pointer"]) for f in found}
    await draft.answered(draft.leader, OVERALL, "Sett på nytt.", base=1)
    assert not (await draft.shown(draft.leader))["answers"][OVERALL]["based_on_older_version"]


async def test_persons_of_the_report_are_shown_as_said(draft: Draft) -> None:
    path = f"{draft.path}/persons/{draft.coordinator.assignment_id}"
    said = {"public": True, "copy_of_report": False}
    await draft.lead.done("PUT", path, said)
    await draft.lead.done("PUT", path, said)
    assert (await draft.shown(draft.lead))["shown"] == {
        draft.coordinator.assignment_id: {"public": True, "copy": False}
    }
    assert len(await draft.facts("PersonShown")) == 1
    nobody = await draft.lead.put(f"{draft.path}/persons/{draft.id}", said)
    assert (nobody.status_code, nobody.json()["code"]) == (404, "not_found")
