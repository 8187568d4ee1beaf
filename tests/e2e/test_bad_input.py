"""What people and programs get wrong: told by a stable code and the place of the fault, and nothing is changed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import jwt
import pytest

from deploy.demo.client import Suite
from deploy.demo.replies import Reply
from deploy.issuer import LOCAL_ISSUER, Issuer
from tests.e2e.conftest import set_stage
from tests.e2e.stage import NETWORK, Stage, heads
from tests.e2e.suite import RunningSuite
from tests.stores import postgres_databases

pytestmark = [pytest.mark.e2e, pytest.mark.anyio]

ACCESS, FEEDBACK = "evaluation.equal_access", "evaluation.reporting_feedback"


class Desk:
    """A report that is being written, and those who get something wrong with it."""

    def __init__(self, api: Suite, stage: Stage, report: str) -> None:
        self.api, self.stage, self.report = api, stage, report

    async def at(self, who: str, method: str, path: str, **more: Any) -> Reply:
        """One request to the report, or to a place beside it when the path begins with a slash."""
        path = path if path.startswith("/") else f"/reports/{self.report}/{path}".rstrip("/")
        return await self.stage.reporting(self.api, who).send(method, path, **more)

    async def is_refused(self, reply: Reply, status: int, code: str, *places: str) -> None:
        """With this problem and these places, in the one shape all problems have."""
        assert (reply.status, reply.code) == (status, code), reply.body
        assert reply.headers["content-type"] == "application/problem+json"
        assert reply.body["type"] == f"/problems/{code}"
        assert reply.body["correlation_id"]
        assert tuple(fault["pointer"] for fault in reply.body["errors"]) == places


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def on_either(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[RunningSuite, Stage, str]]:
    """The suite of all stories, and one of the same on PostgreSQL; each with a report being written."""
    if request.param == "sqlite":
        suite = request.getfixturevalue("suite")
        yield _with_a_report(suite, request.getfixturevalue("stage"))
        return
    databases = postgres_databases(request.getfixturevalue("postgres"))
    with RunningSuite(tmp_path_factory.mktemp("on-postgresql"), databases) as suite:
        yield _with_a_report(suite, set_stage(suite))


@pytest.fixture
async def desk(on_either: tuple[RunningSuite, Stage, str]) -> AsyncIterator[Desk]:
    """Whatever the test does with it, both logs must be as long afterwards as before."""
    suite, stage, report = on_either
    async with suite.callers() as api:
        before = await heads(api)
        yield Desk(api, stage, report)
        assert await heads(api) == before, "something was changed"


async def test_an_unknown_unit(desk: Desk) -> None:
    body = {"unit_id": str(uuid4()), "year": desk.stage.year}
    await desk.is_refused(await desk.at("desk", "POST", "/reports", json=body), 404, "not_found", "/unit_id")


async def test_a_second_report_for_the_same_year(desk: Desk) -> None:
    shown = (await desk.at("lead", "GET", "")).body
    body = {"unit_id": shown["unit"]["unit_id"], "year": desk.stage.year}
    await desk.is_refused(await desk.at("desk", "POST", "/reports", json=body), 409, "report_exists", "/unit_id")


async def test_the_wrong_role(desk: Desk) -> None:
    refused = await desk.at("coordinator", "POST", "submissions", json={"seen": 0})
    await desk.is_refused(refused, 403, "not_allowed", "header:authorization")


async def test_several_roles_and_none_named(desk: Desk) -> None:
    body = {"public": True, "copy_of_report": True}
    refused = await desk.at("twofold", "PUT", f"persons/{uuid4()}", json=body)
    await desk.is_refused(refused, 409, "acting_as_needed", "header:acting-as")
    assert {choice["role"] for choice in refused.body["choices"]} == {"service_desk", "coordinator"}


async def test_a_stale_version_of_an_answer(desk: Desk) -> None:
    body = {"text": "For sent ute.", "base_version": 5}
    refused = await desk.at("lead", "PUT", f"answers/{ACCESS}", json=body)
    await desk.is_refused(refused, 409, "changed_meanwhile", "/base_version")
    assert refused.body["yours"] == {"text": "For sent ute."}


async def test_a_stale_version_of_a_unit(desk: Desk) -> None:
    unit = (await desk.at("lead", "GET", "")).body["unit"]["unit_id"]
    body = {"on": f"{desk.stage.year}-12-31", "reason": "Nedlagt."}
    registrar = desk.stage.registry(desk.api, "joint-desk")
    refused = await registrar.send("POST", f"/units/{unit}/endings", json=body, headers={"If-Match": '"99"'})
    await desk.is_refused(refused, 412, "stale_version", "header:if-match")


async def test_another_templates_question(desk: Desk) -> None:
    body = {"text": "Møter.", "base_version": 0}
    refused = await desk.at("lead", "PUT", "answers/evaluation.network_work", json=body)
    await desk.is_refused(refused, 404, "question_not_in_template", "path:question_id")
    entry = {"question_id": "activity.doctorates", "fields": {}}
    refused = await desk.at("lead", "PUT", f"entries/{uuid4()}", json=entry)
    await desk.is_refused(refused, 404, "question_not_in_template", "/question_id")


@pytest.mark.parametrize(("who", "question"), [("lead", "group.overall"), ("leader", ACCESS)])
async def test_the_other_partys_question(desk: Desk, who: str, question: str) -> None:
    refused = await desk.at(who, "PUT", f"answers/{question}", json={"text": "Ikke mitt.", "base_version": 0})
    await desk.is_refused(refused, 403, "not_your_question", "path:question_id")


async def test_a_text_over_the_technical_ceiling_is_refused(desk: Desk) -> None:
    body = {"text": "x" * 200_001, "base_version": 0}
    refused = await desk.at("lead", "PUT", f"answers/{ACCESS}", json=body)
    await desk.is_refused(refused, 422, "malformed", "/text")


@pytest.mark.parametrize("email", ["kari", "kari@", "kari@@eksempel.example", "kari eksempel@post.example"])
async def test_an_invalid_address(desk: Desk, email: str) -> None:
    registrar = desk.stage.registry(desk.api, "joint-desk")
    refused = await registrar.send("POST", "/persons", json={"name": "Kari Eksempelsen", "email": email})
    await desk.is_refused(refused, 422, "malformed", "/email")
    assert email not in str(refused.body)


async def test_a_deadline_in_the_past(desk: Desk) -> None:
    body = {"recommended_on": "2020-01-10", "deadline": "2020-02-16T16:00:00"}
    refused = await desk.at("joint-desk", "PUT", "/cycles/2099", json=body)
    await desk.is_refused(refused, 409, "deadline_in_the_past", "/deadline")


@pytest.mark.parametrize(("sent", "place"), [(b'{"text": ', "/9"), (b"\xff\xfe", "/0"), (b"[1, 2", "/5")])
async def test_malformed_json(desk: Desk, sent: bytes, place: str) -> None:
    headers = {"Content-Type": "application/json"}
    refused = await desk.at("lead", "PUT", f"answers/{ACCESS}", content=sent, headers=headers)
    await desk.is_refused(refused, 422, "malformed_json", place)


async def test_fields_nobody_knows_and_fields_that_lack(desk: Desk) -> None:
    refused = await desk.at("lead", "PUT", f"answers/{ACCESS}", json={"text": "Ja.", "colour": "blue"})
    await desk.is_refused(refused, 422, "malformed", "/base_version", "/colour")


async def test_a_body_of_50_mb(desk: Desk) -> None:
    huge = b'{"text": "' + b"x" * 50_000_000 + b'", "base_version": 0}'
    headers = {"Content-Type": "application/json"}
    refused = await desk.at("lead", "PUT", f"answers/{ACCESS}", content=huge, headers=headers)
    await desk.is_refused(refused, 413, "body_too_large", "/")


async def test_a_body_of_50_mb_that_does_not_tell_its_length(desk: Desk) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(50):
            yield b"x" * 1_000_000

    refused = await desk.at("lead", "PUT", f"answers/{ACCESS}", content=pieces())
    await desk.is_refused(refused, 413, "body_too_large", "/")


async def test_tokens_that_do_not_hold(desk: Desk, on_either: tuple[RunningSuite, Stage, str]) -> None:
    lead, issuer = desk.stage.people["lead"], on_either[0].issuer
    faults = {
        "token_expired": _token(issuer, lead, ago=timedelta(minutes=10)),
        "token_for_another_service": issuer.mint(lead, "registry"),
        "token_invalid": _signed_for_another(issuer.mint(lead, "reporting"), issuer.mint(lead, "registry")),
        "token_missing": None,
    }
    for code, token in faults.items():
        headers = {"Authorization": f"Bearer {token}" if token else "Basic none"}
        body = {"text": "Hvem er jeg?", "base_version": 0}
        refused = await desk.at("lead", "PUT", f"answers/{ACCESS}", json=body, headers=headers)
        await desk.is_refused(refused, 401, code, "header:authorization")


async def test_an_unlinked_login(desk: Desk) -> None:
    stranger = f"login:{'0' * 64}"
    for caller in (desk.api.registry(stranger), desk.api.reporting(stranger)):
        path = "/reports" if caller.service == "reporting" else "/units"
        await desk.is_refused(await caller.send("GET", path), 403, "not_registered", "header:authorization")


async def test_no_key_at_all(desk: Desk) -> None:
    body = {"text": "Uten nøkkel.", "base_version": 0}
    refused = await desk.at("lead", "PUT", f"answers/{ACCESS}", json=body, headers={"Idempotency-Key": ""})
    await desk.is_refused(refused, 428, "idempotency_key_missing", "header:idempotency-key")


async def test_a_key_used_again_for_another_request(on_either: tuple[RunningSuite, Stage, str]) -> None:
    suite, stage, report = on_either
    async with suite.callers() as api:
        desk, key = Desk(api, stage, report), {"Idempotency-Key": str(uuid4())}
        body = {"text": "Første gang.", "base_version": 0}
        first = await desk.at("lead", "PUT", f"answers/{FEEDBACK}", json=body, headers=dict(key))
        assert first.status == 200, first.body
        before = await heads(api)
        body = {"text": "Noe annet.", "base_version": 1}
        refused = await desk.at("lead", "PUT", f"answers/{FEEDBACK}", json=body, headers=dict(key))
        await desk.is_refused(refused, 422, "key_reused", "header:idempotency-key")
        assert await heads(api) == before


async def test_a_text_over_its_content_limit_is_saved_flagged_and_stops_the_submission(
    on_either: tuple[RunningSuite, Stage, str],
) -> None:
    suite, stage, _ = on_either
    async with suite.callers() as api:
        desk = Desk(api, stage, await stage.report(api, NETWORK))
        for question, text in (("network_work", "x" * 4_001), ("network_cooperation", "Kort.")):
            body = {"text": text, "base_version": 0}
            saved = await desk.at("lead", "PUT", f"answers/evaluation.{question}", json=body)
            assert saved.status == 200, saved.body
        shown = (await desk.at("lead", "GET", "")).body
        checks = (await desk.at("lead", "GET", "checks")).body
        assert len(shown["answers"]["evaluation.network_work"]["text"]) == 4_001
        assert [finding["code"] for finding in checks["findings"]] == ["text_too_long"]

        before = await heads(api)
        refused = await desk.at("lead", "POST", "submissions", json={"seen": shown["content_version"]})
        await desk.is_refused(refused, 409, "report_incomplete", "/answers/evaluation.network_work")
        assert await heads(api) == before


def _with_a_report(suite: RunningSuite, stage: Stage) -> tuple[RunningSuite, Stage, str]:
    """A unit with a report, and somebody who may change it in two roles."""

    async def setting() -> str:
        async with suite.callers() as api:
            report = await stage.report(api)
            unit = (await stage.reporting(api, "lead").get(f"/reports/{report}"))["unit"]["unit_id"]
            await stage.person(api, "twofold", role="service_desk", region="vest")
            role = {"role": "coordinator", "unit_id": unit, "since": f"{stage.year}-01-01"}
            registrar = stage.registry(api, "joint-desk")
            await registrar.post("/roles", {"person_id": stage.people["twofold"], **role})
            await api.reporting_knows()
            return report

    report = asyncio.run(setting())
    return suite, Stage(stage.year, dict(stage.people)), report


def _signed_for_another(token: str, other: str) -> str:
    """What one token says, with the signature of another."""
    said, signature = token.rpartition(".")[0], other.rpartition(".")[2]
    return f"{said}.{signature}"


def _token(issuer: Issuer, subject: str, ago: timedelta) -> str:
    """A token as the issuer made it a while ago."""
    made = datetime.now(UTC) - ago
    claims = {
        "iss": LOCAL_ISSUER,
        "aud": "reporting",
        "sub": subject,
        "iat": made,
        "exp": made + timedelta(minutes=5),
        "jti": str(uuid4()),
    }
    key = issuer.signing_key("issuer").read_bytes()
    return jwt.encode(claims, key, "ES256", headers={"kid": LOCAL_ISSUER})
