"""The command asks everybody who hears a service, and opens no epoch behind the back of one who does not answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import httpx
import pytest

from deploy.commands import epoch
from deploy.operator import Answered, Silent
from deploy.places import Unable

pytestmark = pytest.mark.unit

ERASED = {"id": "registry:9"}
SAID: dict[str, Any] = {
    "reporting": {"epoch": 1, "heard": 9, "agreed": 7, "irrevocable": [ERASED]},
    "review": {"epoch": 2, "heard": 9, "agreed": 5, "irrevocable": [ERASED]},
    "notify": {"epoch": 1, "heard": 3, "agreed": 3, "irrevocable": []},
}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[httpx.Request]:
    """Services that answer as they are told to; those that are not in ``SAID`` are the registry."""
    requests: list[httpx.Request] = []

    @contextmanager
    def client(service: str) -> Iterator[httpx.Client]:
        def answer(request: httpx.Request) -> httpx.Response:
            requests.append(request)
            return httpx.Response(200, json=SAID.get(service, {"number": 3, "after": 5, "lost": []}))

        if service not in SAID and service != "registry":
            raise Silent("notify does not answer")
        with httpx.Client(base_url="http://there", transport=httpx.MockTransport(answer)) as made:
            yield made

    monkeypatch.setattr(epoch, "client", client)
    return requests


def body(request: httpx.Request) -> Any:
    return json.loads(request.content)


def test_the_least_agreement_and_the_newest_epoch_count(asked: list[httpx.Request]) -> None:
    epoch.open_("registry", after=5, reason="The disk broke", without=False)
    sent = body(asked[-1])
    assert (sent["agreed"], sent["known"], sent["heard"]) == (5, 2, [ERASED])


def test_a_hearer_that_agrees_with_all_it_heard_says_nothing_of_the_place(
    asked: list[httpx.Request], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SAID, "review", {"epoch": 1, "heard": 8, "agreed": 8, "irrevocable": []})
    epoch.propose("registry")
    assert dict(asked[-1].url.params) == {"known": "1", "agreed": "7"}


def test_nothing_is_opened_while_a_hearer_is_silent(
    asked: list[httpx.Request], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delitem(SAID, "notify")
    with pytest.raises(Unable, match="notify cannot be asked"):
        epoch.open_("registry", after=5, reason="The disk broke", without=False)
    epoch.propose("registry")
    assert "notify could not be asked" in capsys.readouterr().out
    epoch.open_("registry", after=5, reason="The disk broke", without=True)
    assert asked[-1].url.path == "/epochs"


def test_a_hearer_that_answers_and_refuses_is_not_silent(
    asked: list[httpx.Request], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refusing(service: str) -> NoReturn:
        raise Answered(service, httpx.Response(403))

    monkeypatch.setattr(epoch, "client", refusing)
    with pytest.raises(Answered, match="answered 403"):
        epoch.open_("registry", after=5, reason="The disk broke", without=True)
    assert asked == []


def test_where_nothing_was_lost_that_is_said(
    asked: list[httpx.Request], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers: dict[str, Any] = {name: {"lost": [], "without_effect": []} for name in SAID} | {"registry": []}
    for service, answer in answers.items():
        monkeypatch.setitem(SAID, service, answer)
    epoch.lost("registry")
    assert capsys.readouterr().out == "Nothing of registry was lost.\n"
    unheard = {"contract": ERASED | {"type": "no.aarring.x", "subject": "p"}, "caused": [], "note": ""}
    monkeypatch.setitem(SAID, "review", {"lost": [unheard], "without_effect": []})
    epoch.lost("registry")
    assert "registry:9" in capsys.readouterr().out
