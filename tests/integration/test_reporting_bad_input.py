"""Whatever is sent, reporting answers with a problem that says what and where, and nothing changes."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest

from tests.integration.draft import ACCESS, OVERALL, Draft, drafted
from tests.integration.reporting import Caller, Service, reporting
from tests.stores import Databases
from tests.tokens import Tokens

pytestmark = [pytest.mark.integration, pytest.mark.anyio]
JSON: dict[str, Any] = {"Content_Type": "application/json"}


@pytest.fixture
async def service(databases: Databases, tokens: Tokens) -> AsyncIterator[Service]:
    async with reporting(databases, tokens) as running:
        yield running


@pytest.fixture
async def draft(service: Service) -> Draft:
    return await drafted(service)


@pytest.mark.parametrize(
    "text",
    [
        "Sámi: Čáŋŋáibmu ŧ ž đ",
        "🧬👩🏽‍⚕️ familie",
        "<script>alert(1)</script>",
        "'; DROP TABLE reports; --",
        "a\r\n\tb\u2028c",
    ],
)
async def test_any_text_comes_back_as_it_was_sent(draft: Draft, text: str) -> None:
    await draft.answered(draft.lead, ACCESS, text)
    assert (await draft.shown(draft.lead))["answers"][ACCESS]["text"] == text
    await draft.add(draft.lead, "activity.teaching", title=f"x{text}x")
    [line] = (await draft.shown(draft.lead))["entries"]["activity.teaching"]
    assert line["fields"]["title"] == f"x{text}x"


async def test_a_text_over_its_content_limit_is_saved_and_stops_the_submission(draft: Draft) -> None:
    await draft.write_unit_part()
    await draft.write_group_part()
    await draft.answered(draft.lead, ACCESS, "å" * 4001, base=1)
    found = (await draft.lead.shown(f"{draft.path}/checks"))["findings"]
    flagged = [(f["severity"], f["code"], f["pointer"]) for f in found if f["severity"] == "fault"]
    assert flagged == [("fault", "text_too_long", f"/answers/{ACCESS}")]
    stopped = await draft.submit()
    assert (stopped.status_code, stopped.json()["code"]) == (409, "report_incomplete")
    assert [fault["pointer"] for fault in stopped.json()["errors"]] == [f"/answers/{ACCESS}"]
    await draft.answered(draft.lead, ACCESS, "å" * 4000, base=2)
    assert (await draft.lead.shown(f"{draft.path}/checks"))["can_be_submitted"]


async def test_a_text_over_the_technical_ceiling_is_refused(draft: Draft) -> None:
    before = await draft.facts()
    refused = await draft.answer(draft.lead, ACCESS, "å" * 100_001)
    assert (refused.status_code, refused.json()["code"]) == (422, "malformed")
    [fault] = refused.json()["errors"]
    assert (fault["code"], fault["pointer"]) == ("text_over_ceiling", "/text")
    assert await draft.facts() == before
    assert (await draft.answer(draft.lead, ACCESS, "å" * 100_000)).status_code == 200


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({"text": "a\0b", "base_version": 0}, "malformed", "/text"),
        ({"text": "x", "base_version": -1}, "malformed", "/base_version"),
        ({"text": "x", "base_version": 2**31}, "malformed", "/base_version"),
        ({"text": "x"}, "malformed", "/base_version"),
        ({"text": None, "base_version": 0}, "malformed", "/text"),
        ({"text": "x", "base_version": 0, "extra": 1}, "malformed", "/extra"),
        ([], "malformed", "/"),
    ],
)
async def test_a_malformed_answer_is_refused_with_its_place(draft: Draft, body: Any, code: str, pointer: str) -> None:
    refused = await draft.lead.put(f"{draft.path}/answers/{ACCESS}", body)
    assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert [fault["pointer"] for fault in refused.json()["errors"]] == [pointer]
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.headers["correlation-id"] == refused.json()["correlation_id"]
    assert len(await draft.facts()) == 1


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b'{"text": "x", ', 422, "malformed_json"),
        (b'{"text": "\\ud800", "base_version": 0}', 422, "malformed"),
        (b'{"\\ud800": 1, "text": "x", "base_version": 0}', 422, "malformed"),
        (b'{"text": "x", "base_version": NaN}', 422, "malformed"),
        (b'{"text": "\xff", "base_version": 0}', 400, "http_error"),
        (b"[" * 50_000, 400, "http_error"),
        (b'{"text": "x", "base_version": ' + b"9" * 5_000 + b"}", 400, "http_error"),
    ],
    ids=["cut off", "half a character", "half a name", "not a number", "not UTF-8", "too deep", "too long a number"],
)
async def test_a_body_that_cannot_be_read(draft: Draft, content: bytes, status: int, code: str) -> None:
    path = f"{draft.path}/answers/{ACCESS}"
    refused = await draft.lead.send("PUT", path, content=content, **JSON)
    assert (refused.status_code, refused.json()["code"]) == (status, code), refused.text
    assert len(await draft.facts()) == 1


@pytest.mark.parametrize(
    "fields", [b'{"title": "\\ud800"}', b'{"\\ud800": "x"}'], ids=["half a character", "half a name"]
)
async def test_half_characters_in_a_line(draft: Draft, fields: bytes) -> None:
    body = b'{"question_id": "activity.teaching", "fields": ' + fields + b"}"
    refused = await draft.lead.send("PUT", f"{draft.path}/entries/{uuid4()}", content=body, **JSON)
    assert (refused.status_code, refused.json()["code"]) == (422, "malformed"), refused.text
    assert len(await draft.facts()) == 1


async def test_a_body_of_fifty_megabytes_is_refused(draft: Draft) -> None:
    async def streamed() -> AsyncIterator[bytes]:
        for _ in range(50):
            yield b"a" * 1_000_000

    path = f"{draft.path}/answers/{ACCESS}"
    for content in (b"a" * 50_000_000, streamed()):
        refused = await draft.lead.send("PUT", path, content=content, **JSON)
        assert (refused.status_code, refused.json()["code"]) == (413, "body_too_large"), refused.text
    assert len(await draft.facts()) == 1


class TestIdempotency:
    async def test_a_key_is_needed(self, draft: Draft) -> None:
        body = {"text": "x", "base_version": 0}
        refused = await draft.service.http.put(
            f"{draft.path}/answers/{ACCESS}", json=body, headers=dict(draft.lead.headers)
        )
        assert (refused.status_code, refused.json()["code"]) == (428, "idempotency_key_missing")

    async def test_the_same_request_again_is_answered_alike_and_happens_once(self, draft: Draft) -> None:
        first, again = [await draft.answer(draft.lead, ACCESS, "x", Idempotency_Key="k-1") for _ in range(2)]
        assert (first.status_code, again.status_code) == (200, 200)
        assert again.json() == first.json()
        assert len(await draft.facts("Answered")) == 1

    async def test_a_key_belongs_to_one_request_of_one_person(self, draft: Draft) -> None:
        await draft.answer(draft.lead, ACCESS, "x", Idempotency_Key="k-1")
        for answer in (
            await draft.answer(draft.lead, ACCESS, "y", base=1, Idempotency_Key="k-1"),
            await draft.answer(draft.lead, "evaluation.patient_pathway", "x", Idempotency_Key="k-1"),
        ):
            assert (answer.status_code, answer.json()["code"]) == (422, "key_reused")
        assert (await draft.answer(draft.leader, OVERALL, "x", Idempotency_Key="k-1")).status_code == 200
        assert len(await draft.facts("Answered")) == 2

    async def test_a_refusal_is_decided_anew(self, draft: Draft) -> None:
        late = await draft.answer(draft.lead, ACCESS, "B", base=1, Idempotency_Key="k-2")
        assert late.status_code == 409
        await draft.answered(draft.coordinator, ACCESS, "A")
        assert (await draft.answer(draft.lead, ACCESS, "B", base=1, Idempotency_Key="k-2")).status_code == 200


async def test_tokens_that_do_not_hold(draft: Draft) -> None:
    service, now = draft.service, int(time.time())
    lead = draft.lead.person_id
    nobody = Caller(service.http, {})
    for caller, status, code in [
        (nobody, 401, "token_missing"),
        (Caller(service.http, {"Authorization": "Bearer not.a.token"}), 401, "token_invalid"),
        (service.caller(lead, iat=now - 600, exp=now - 301), 401, "token_expired"),
        (service.caller(lead, audience="registry"), 401, "token_for_another_service"),
        (service.caller(lead, exp=now + 3600), 401, "token_lives_too_long"),
        (service.caller("login:kari"), 403, "not_registered"),
        (service.caller(uuid4()), 403, "not_registered"),
        (service.caller("operator"), 403, "not_registered"),
    ]:
        for answer in (await caller.get(draft.path), await draft.answer(caller, ACCESS)):
            assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert (await caller.get("/reports")).status_code == status
    assert len(await draft.facts()) == 1


async def test_unknown_things_and_places_are_not_found(draft: Draft) -> None:
    for path in (f"/reports/{uuid4()}", f"/submissions/{uuid4()}", f"{draft.path}/submissions/1", "/cycles/2031"):
        answer = await draft.lead.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    no_route = await draft.lead.get("/nothing")
    assert (no_route.status_code, no_route.json()["code"]) == (404, "no_such_route")
    sent: list[tuple[str, dict[str, Any], str]] = [
        ("/reports/not-an-id", {}, "path:report_id"),
        ("/reports", {"limit": 0}, "query:limit"),
        ("/reports", {"year": 12}, "query:year"),
        (draft.path, {"version": 0}, "query:version"),
        (draft.path, {"as_of": "2026-01-01T12:00:00"}, "query:as_of"),
    ]
    for path, params, pointer in sent:
        answer = await draft.lead.get(path, **params)
        assert (answer.status_code, answer.json()["code"]) == (422, "malformed")
        assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]
    for by in (draft.lead, draft.service.caller("service:registry")):
        assert (await by.get("/feed")).status_code == (403 if by is draft.lead else 200)
