"""A command of the operator finds the service, brings a token, and says in one sentence what went wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from deploy import issuer, operator
from deploy.operator import Answered, Client
from deploy.places import Unable
from shared.settings import Environment
from shared.tokens import TokenChecker

Answer = Callable[[httpx.Request], httpx.Response]


@pytest.fixture(autouse=True)
def somewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing is said in the environment; the local issuer has keys of the test's own."""
    for name in (operator.TOKEN, "AARRING_REVIEW_URL", "AARRING_REVIEW_PORT", "AARRING_ENVIRONMENT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(issuer.Issuer.__init__, "__defaults__", (tmp_path / "identity",))


def asking(answer: Answer) -> Client:
    return Client("review", transport=httpx.MockTransport(answer))


def test_in_a_trial_environment_the_local_issuer_vouches_for_the_operator(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AARRING_ENVIRONMENT", "development")
    made = issuer.Issuer(tmp_path / "identity")
    made.ensure()
    checker = TokenChecker.from_file(made.issuers, "review", Environment.DEVELOPMENT)
    with asking(lambda request: httpx.Response(200, text=request.headers["authorization"])) as review:
        caller = checker.check(review.get("/parked").text.removeprefix("Bearer "))
    assert caller.kind == "operator"


def test_elsewhere_the_token_is_the_one_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(operator.TOKEN, "from-the-issuer")
    with asking(lambda request: httpx.Response(200, text=request.headers["authorization"])) as review:
        assert review.get("/parked").text == "Bearer from-the-issuer"


def test_without_a_token_it_says_where_one_belongs() -> None:
    with (
        asking(lambda _: httpx.Response(200)) as review,
        pytest.raises(Unable, match="AARRING_OPERATOR_TOKEN is not"),
    ):
        review.get("/parked")


def test_a_change_names_its_request_and_a_question_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(operator.TOKEN, "from-the-issuer")
    with asking(lambda request: httpx.Response(200, text=request.headers.get("idempotency-key", ""))) as review:
        assert review.get("/parked").text == ""
        one, other = review.post("/parked/release").text, review.post("/parked/release").text
        chosen = review.post("/parked/release", headers={"Idempotency-Key": "mine"}).text
    assert chosen == "mine"
    assert len({one, other, chosen, ""}) == 4


def test_a_problem_is_told_in_its_own_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(operator.TOKEN, "from-the-issuer")
    said = {"title": "Not allowed", "code": "not_allowed", "detail": "Only the operator may."}
    with asking(lambda _: httpx.Response(403, json=said)) as review, pytest.raises(Answered) as raised:
        review.get("/parked")
    assert str(raised.value) == "review answered 403 (not_allowed): Not allowed – Only the operator may."
    assert (raised.value.status, raised.value.code) == (403, "not_allowed")


@pytest.mark.parametrize("body", ["<html>Bad gateway</html>", "[]", "{"])
def test_a_failure_that_is_no_problem_is_told_too(monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    monkeypatch.setenv(operator.TOKEN, "from-the-issuer")
    with (
        asking(lambda _: httpx.Response(502, text=body)) as review,
        pytest.raises(Unable, match="answered 502: it did not say why"),
    ):
        review.get("/parked")


def test_a_service_that_does_not_answer_is_named_with_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(operator.TOKEN, "from-the-issuer")
    monkeypatch.setenv("AARRING_REVIEW_URL", "http://127.0.0.1:9")
    with (
        operator.client("review") as review,
        pytest.raises(Unable, match="review does not answer at http"),
    ):
        review.get("/parked")


def test_a_service_answers_where_the_suite_put_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert operator.address("review") == "http://127.0.0.1:8003"
    monkeypatch.setenv("AARRING_REVIEW_PORT", "9003")
    assert operator.address("review") == "http://127.0.0.1:9003"
    monkeypatch.setenv("AARRING_REVIEW_URL", "https://review.aarring.example")
    assert operator.address("review") == "https://review.aarring.example"


def test_there_must_be_such_a_service() -> None:
    with pytest.raises(Unable, match="there is no service 'weather'"):
        operator.client("weather")
