"""``allowed_operations`` is the truth: what it lists succeeds, what it does not list is refused, for every role."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from services.reporting.application.operations import OPERATIONS
from tests.integration.draft import ACCESS, NORD, OVERALL, USER, Draft, drafted
from tests.integration.reporting import Caller, Service, reporting
from tests.stores import Databases
from tests.tokens import Tokens

pytestmark = [pytest.mark.integration, pytest.mark.anyio]
MIDT, FEEDBACK = "group.region_midt", "evaluation.reporting_feedback"
WRITABLE = {"opened", "in_progress", "reopened"}
Sent = tuple[str, str, Any]


@pytest.fixture
async def service(databases: Databases, tokens: Tokens) -> AsyncIterator[Service]:
    async with reporting(databases, tokens) as running:
        yield running


async def everybody(draft: Draft) -> dict[str, Caller]:
    """One person for every role that has to do with a report."""
    service, unit_id = draft.service, draft.unit_id
    return {
        "lead": draft.lead,
        "coordinator": draft.coordinator,
        "leader": draft.leader,
        "nord": draft.members["nord"],
        "vest": draft.members["vest"],
        "user": draft.user,
        "desk": draft.desk,
        "joint": service.joint,
        "site lead": await service.holder("site_lead", unit_id=unit_id),
        "unit's own": await service.holder("unit_representative", unit_id=unit_id, seat="unit"),
        "municipality": await service.holder("group_member", unit_id=unit_id, seat="municipality"),
        "administration": await service.holder("administrative_leader", unit_id=unit_id),
        "trust": await service.holder("trust_office", trust="ht-vest"),
        "auditor": await service.holder("auditor"),
        "reviewer": await service.holder("reviewer", region="vest"),
        "other desk": await service.holder("service_desk", region="nord"),
    }


def answering(shown: dict[str, Any], question: str) -> Sent:
    base = shown["answers"].get(question, {}).get("version", 0)
    return ("PUT", f"answers/{question}", {"text": "Et svar.", "base_version": base})


def behalf(shown: dict[str, Any]) -> Sent:
    method, path, body = answering(shown, MIDT)
    return (method, f"{path}/on-behalf", body | {"answered_on": "2025-12-09"})


def deciding(shown: dict[str, Any]) -> Sent:
    waiting = [r["redaction_id"] for r in shown["redactions"] if "at" not in r or not (r["at"] or r["rejected"])]
    return ("POST", f"redactions/{(waiting or [shown['report_id']])[0]}/rejections", {"reason": "x"})


def requests(draft: Draft, name: str, shown: dict[str, Any]) -> dict[str, Sent]:
    """How each operation is asked for by somebody, on the report as it is shown."""
    own = {"user": USER, "leader": OVERALL}.get(name, f"group.region_{name}" if name in draft.members else NORD)
    why = {"reason": "x", "legal_basis": "x"}
    removable = {"place": next(iter(shown["answers"]), ACCESS), "first_version": 1, "last_version": 1, **why}
    until = (draft.service.clock.now() + timedelta(days=365)).isoformat()
    return {
        "answer_unit_part": answering(shown, FEEDBACK),
        "answer_for_the_group": answering(shown, OVERALL),
        "answer_as_member": answering(shown, own if own.startswith("group.region") else NORD),
        "answer_as_user_representative": answering(shown, USER),
        "enter_on_behalf": behalf(shown),
        "finish_unit_part": ("POST", "finished-parts", {"part": "unit", "finished": True}),
        "finish_group_part": ("POST", "finished-parts", {"part": "group", "finished": True}),
        "show_persons": ("PUT", f"persons/{draft.lead.assignment_id}", {"public": True, "copy_of_report": True}),
        "give_notice": ("POST", "notices", None),
        "consent": ("POST", "consents", None),
        "submit": ("POST", "submissions", {"seen": shown["content_version"], "excuse": "x"}),
        "add_addendum": ("POST", "addenda", {"question_id": own, "text": "Et svar."}),
        "extend": ("POST", "extensions", {"until": until, "reason": "x"}),
        "exempt": ("POST", "exemptions", {"reason": "x"}),
        "withdraw": ("POST", "withdrawals", {"reason": "x"}),
        "reopen": ("POST", "reopenings", {"reason": "x"}),
        "request_redaction": ("POST", "redactions", removable),
        "decide_redaction": deciding(shown),
    }


async def opened(draft: Draft) -> None:
    """Nobody has written anything."""


async def in_progress(draft: Draft) -> None:
    if ACCESS not in (await draft.shown(draft.service.joint))["answers"]:
        await draft.answered(draft.lead, ACCESS)


async def written(draft: Draft) -> None:
    if ACCESS not in (await draft.shown(draft.service.joint))["answers"]:
        await draft.write_unit_part()
        await draft.write_group_part(MIDT)
        await draft.leader.done("PUT", f"{draft.path}/{behalf({'answers': {}})[1]}", behalf({"answers": {}})[2])


async def redaction_asked(draft: Draft) -> None:
    await in_progress(draft)
    await draft.lead.done("POST", f"{draft.path}/redactions", requests(draft, "", EMPTY)["request_redaction"][2])


async def submitted(draft: Draft) -> None:
    await written(draft)
    await draft.submitted()


async def submitted_without_the_group(draft: Draft) -> None:
    await draft.write_unit_part()
    await draft.write_group_part(NORD, USER, OVERALL)
    await draft.ask(draft.leader, "consents")
    await draft.submitted()


async def exempted(draft: Draft) -> None:
    await draft.ask(draft.desk, "exemptions", reason="x")


async def withdrawn(draft: Draft) -> None:
    await draft.ask(draft.desk, "withdrawals", reason="x")


EMPTY: dict[str, Any] = {"answers": {}, "redactions": [], "content_version": 0, "report_id": ""}
STATES: tuple[Callable[[Draft], Awaitable[None]], ...] = (
    opened,
    in_progress,
    written,
    redaction_asked,
    submitted,
    submitted_without_the_group,
    exempted,
    withdrawn,
)


@pytest.mark.parametrize("reach", STATES, ids=lambda reach: reach.__name__)
async def test_what_is_listed_succeeds_and_nothing_else(
    service: Service, reach: Callable[[Draft], Awaitable[None]]
) -> None:
    draft = await drafted(service)
    people = await everybody(draft)
    await reach(draft)
    for name, by in people.items():
        answer = await by.get(draft.path)
        listed = answer.json()["allowed_operations"] if answer.status_code == 200 else []
        assert set(listed) <= set(OPERATIONS)
        before = len(await draft.facts())
        shown = await draft.shown(service.joint)
        for operation, (method, path, body) in requests(draft, name, shown).items():
            if operation not in listed:
                refused = await by.send(method, f"{draft.path}/{path}", json=body)
                assert 400 <= refused.status_code < 500, (name, operation)
        assert len(await draft.facts()) == before
        for operation in listed:
            await succeeds(draft, name, by, operation)
            await back_to(draft, shown["status"], operation, reach)


async def succeeds(draft: Draft, name: str, by: Caller, operation: str) -> None:
    method, path, body = requests(draft, name, await draft.shown(draft.service.joint))[operation]
    answer = await by.send(method, f"{draft.path}/{path}", json=body)
    if operation == "submit" and answer.status_code == 409:
        # It may be tried at any time while the report is written; what is missing is told then.
        assert answer.json()["code"] in {"report_incomplete", "group_answers_open"}
    else:
        assert answer.status_code in (200, 201), (name, operation, answer.text)


async def back_to(draft: Draft, status: str, operation: str, reach: Callable[[Draft], Awaitable[None]]) -> None:
    """The report in the state it was in, as far as the operations are concerned."""
    now = (await draft.shown(draft.service.joint))["status"]
    if status in WRITABLE and now not in WRITABLE:
        await draft.ask(draft.desk, "reopenings", reason="x")
    elif status not in WRITABLE and now in WRITABLE and status == "submitted":
        if (await draft.service.joint.shown("/reports"))["items"][0]["open_group_answers"]:
            await draft.ask(draft.leader, "consents")
        await draft.submitted()
    elif (status not in WRITABLE and now in WRITABLE) or (
        operation == "decide_redaction" and reach is redaction_asked
    ):
        await reach(draft)
