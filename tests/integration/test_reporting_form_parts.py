"""A page that shows a part of a report asks for that part, and one that is open for its progress alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.integration.draft import ACCESS, NORD, OVERALL, Draft, drafted
from tests.integration.reporting import TREATMENT, Service, reporting
from tests.stores import Databases
from tests.tokens import Tokens

pytestmark = [pytest.mark.integration, pytest.mark.anyio]
TEACHING = "activity.teaching"
ASKED = ("questions", "answers", "entries", "addenda")
"""What is told of fewer questions where fewer are wanted; the rest is the same."""


@pytest.fixture
async def service(databases: Databases, tokens: Tokens) -> AsyncIterator[Service]:
    async with reporting(databases, tokens) as running:
        yield running


@pytest.fixture
async def draft(service: Service) -> Draft:
    found = await drafted(service)
    await found.answered(found.lead, ACCESS)
    await found.answered(found.leader, OVERALL)
    await found.add(found.lead, TEACHING, title="Kurs")
    return found


async def form(draft: Draft, **wanted: Any) -> dict[str, Any]:
    found: dict[str, Any] = await draft.lead.shown(f"{draft.path}/form", **wanted)
    return found


def ids(shown: dict[str, Any]) -> set[str]:
    return {question["id"] for question in shown["questions"]}


async def test_a_section_has_its_own_questions_and_what_was_answered_to_them(draft: Draft) -> None:
    whole = await form(draft)
    evaluation, activity = await form(draft, section="evaluation"), await form(draft, section="activity")
    assert set(evaluation["answers"]) == {ACCESS, OVERALL}
    assert evaluation["entries"] == {}
    assert (activity["answers"], set(activity["entries"])) == ({}, {TEACHING})
    assert ids(evaluation) | ids(activity) == ids(whole)
    assert not ids(evaluation) & ids(activity)
    for part in (evaluation, activity):
        assert part["questions"] == [each for each in whole["questions"] if each["id"] in ids(part)]
        assert {n: part[n] for n in part if n not in ASKED} == {n: whole[n] for n in whole if n not in ASKED}


@pytest.mark.parametrize("section", ["unit", "roles"])
async def test_a_section_without_questions_has_no_answers_either(draft: Draft, section: str) -> None:
    shown = await form(draft, section=section)
    assert (shown["questions"], shown["answers"], shown["entries"]) == ([], {}, {})
    assert shown["persons"]
    assert shown["progress"] == (await form(draft))["progress"]


async def test_one_question_is_told_alone(draft: Draft) -> None:
    whole, shown = await form(draft), await form(draft, question_id=ACCESS)
    assert shown["questions"] == [each for each in whole["questions"] if each["id"] == ACCESS]
    assert shown["answers"] == {ACCESS: whole["answers"][ACCESS]}
    assert shown["entries"] == {}
    other = await draft.lead.get(f"{draft.path}/form", question_id="evaluation.unknown")
    assert (other.status_code, other.json()["code"]) == (404, "question_not_in_template")
    elsewhere = await form(draft, question_id=ACCESS, section="activity")
    assert (elsewhere["questions"], elsewhere["answers"]) == ([], {})


async def test_questions_can_be_asked_for_without_what_was_answered(draft: Draft) -> None:
    whole, shown = await form(draft), await form(draft, answers=False)
    assert (shown["answers"], shown["entries"], shown["addenda"]) == ({}, {}, {})
    assert [{**each, "previous": None} for each in shown["questions"]] == [
        {**each, "previous": None} for each in whole["questions"]
    ]


async def test_progress_alone_is_what_the_form_says_of_it(draft: Draft) -> None:
    answer = await draft.lead.get(f"{draft.path}/progress")
    told, whole = answer.json(), await form(draft)
    assert told == {name: whole[name] for name in told}
    assert {"report_version", "kind", "sections", "parts", "progress"} <= set(told)
    assert answer.headers["ETag"] == f'"{whole["report_version"]}"'
    assert told["progress"]["evaluation"]["answered"] == 2
    elsewhere = await draft.service.holder("coordinator", unit_id=await draft.service.unit("L-2", TREATMENT, "vest"))
    for path in ("progress", f"form?question_id={ACCESS}", "form?section=unit"):
        assert (await elsewhere.get(f"{draft.path}/{path}")).status_code == 404


async def test_a_part_is_told_to_those_who_may_read_the_report(draft: Draft) -> None:
    shown = await draft.members["nord"].shown(f"{draft.path}/form", question_id=ACCESS)
    assert shown["answers"][ACCESS]["hidden"]
    assert (await draft.members["nord"].shown(f"{draft.path}/form", question_id=NORD))["questions"][0]["yours"]
