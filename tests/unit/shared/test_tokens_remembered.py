"""A token that holds is checked once in a while, not with every request, and never counts a second longer for it."""

from __future__ import annotations

import time
from typing import Any
from uuid import uuid4

import jwt
import pytest

from shared.problems import RequestProblem
from shared.settings import Environment
from shared.tokens import CHECKED, LEEWAY, TokenChecker
from tests.tokens import Tokens

pytestmark = pytest.mark.unit

PERSON = str(uuid4())


@pytest.fixture
def checker(tokens: Tokens) -> TokenChecker:
    return TokenChecker.from_file(tokens.issuers_file, "reporting", Environment.TEST)


@pytest.fixture
def verified(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tokens whose signature was looked at."""
    seen, decode = list[str](), jwt.decode

    def watched(token: str, *args: Any, **options: Any) -> dict[str, Any]:
        seen.append(token)
        return decode(token, *args, **options)

    monkeypatch.setattr(jwt, "decode", watched)
    return seen


def code(checker: TokenChecker, token: str) -> str:
    with pytest.raises(RequestProblem) as refused:
        checker.check(token)
    return refused.value.code


def test_a_token_sent_again_names_the_same_caller_without_being_verified_again(
    checker: TokenChecker, tokens: Tokens, verified: list[str]
) -> None:
    token = tokens.mint(PERSON, "reporting")
    first, again = checker.check(token), checker.check(token)
    assert (first, verified) == (again, [token])
    assert first.subject == PERSON


def test_it_expires_on_the_second_though_it_is_remembered(
    checker: TokenChecker, tokens: Tokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = int(time.time())
    token = tokens.mint(PERSON, "reporting", iat=now - 290, exp=now + 10)
    checker.check(token)
    monkeypatch.setattr("shared.tokens.time.time", lambda: now + 10 + LEEWAY - 0.5)
    assert checker.check(token).subject == PERSON
    monkeypatch.setattr("shared.tokens.time.time", lambda: now + 10 + LEEWAY)
    monkeypatch.setattr("jwt.api_jwt.datetime", _Later)
    assert code(checker, token) == "token_expired"


class _Later:
    """The clock of the library that checks tokens, an hour on."""

    @staticmethod
    def now(tz: Any) -> Any:
        from datetime import datetime, timedelta

        return datetime.now(tz) + timedelta(hours=1)


def test_what_is_remembered_of_one_token_is_not_said_of_another(checker: TokenChecker, tokens: Tokens) -> None:
    good = tokens.mint(PERSON, "reporting")
    checker.check(good)
    head, body, signature = good.split(".")
    _, other, _ = tokens.mint(str(uuid4()), "reporting").split(".")
    assert code(checker, f"{head}.{other}.{signature}") == "token_invalid"
    assert code(checker, f"{head}.{body}.{'A' * len(signature)}") == "token_invalid"
    assert code(checker, good[:-2]) == "token_invalid"


def test_one_that_does_not_hold_is_verified_each_time(
    checker: TokenChecker, tokens: Tokens, verified: list[str]
) -> None:
    token = tokens.mint(PERSON, "registry")
    assert {code(checker, token) for _ in range(3)} == {"token_for_another_service"}
    assert verified == [token] * 3


def test_another_set_of_issuers_and_keys_remembers_nothing_of_this_one(tokens: Tokens, checker: TokenChecker) -> None:
    token = tokens.mint(PERSON, "reporting")
    checker.check(token)
    assert code(TokenChecker([], "reporting"), token) == "token_issuer_unknown"


def test_no_more_are_remembered_than_a_bound(
    checker: TokenChecker, tokens: Tokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert checker._checked._at_most == CHECKED
    monkeypatch.setattr(checker._checked, "_at_most", 2)
    for _ in range(5):
        checker.check(tokens.mint(str(uuid4()), "reporting"))
    assert len(checker._checked) == 2
