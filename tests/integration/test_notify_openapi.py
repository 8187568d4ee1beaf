"""Whatever notify is asked, as its document allows or not, is answered as the document says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, cast

import pytest
from schemathesis import GenerationMode
from schemathesis.python import asgi

from services.notify.app import build
from services.notify.occasion import Occasion
from tests.eventually import eventually
from tests.facts import made_up
from tests.integration.notify import REPORT, UNIT, YEAR, Hands, Said, cycle, granted, known_units, opened, registered
from tests.integration.notify_service import Spoken, feed_of, told
from tests.integration.registry import NOWHERE
from tests.integration.suite import Served
from tests.integration.test_openapi import _ask_everything
from tests.stores import sqlite_databases
from tests.tokens import Tokens

pytestmark = pytest.mark.integration
PEOPLE = ("lead", "coordinator", "desk")


@pytest.fixture
def served(tokens: Tokens, tmp_path: Path) -> Iterator[Served]:
    clock, said = Hands(), {name: Said(name) for name in ("registry", "reporting", "review")}
    for contract in (*known_units(), *map(registered, PEOPLE), *map(granted, PEOPLE), cycle(), opened()):
        said[contract.NAME.split(".", 1)[0]].say(contract, clock.now())
    feeds = {name: feed_of(name, Spoken(one)) for name, one in said.items()}
    app = build(told(sqlite_databases(tmp_path), tokens, NOWHERE), clock=clock, feeds=feeds)
    desk = str(made_up("desk"))
    try:
        client: Any = asgi.get_client(cast(Any, app))
        with client:

            def logged() -> list[str]:
                answer = client.get("/messages", headers=tokens.bearer(desk, "notify"))
                return [item["message_id"] for item in answer.json().get("items", [])]

            known: dict[str, Sequence[Any]] = {
                "message_id": eventually(logged),
                "person_id": [str(made_up(name)) for name in PEOPLE],
                "unit_id": [str(UNIT)],
                "report_id": [str(REPORT)],
                "year": [YEAR],
                "occasion": [occasion.value for occasion in Occasion],
                "muted": [[], ["reminder"], ["form_sent"]],
            }
            callers = [desk, desk, desk, str(made_up("lead")), str(made_up("nobody")), "service:registry"]
            yield Served(app, client, callers, lambda subject: tokens.bearer(subject, "notify"), known)
    finally:
        asgi.shutdown_lifespans()


def test_a_request_as_documented_is_answered_as_documented(served: Served) -> None:
    answered = _ask_everything(served, GenerationMode.POSITIVE)
    assert answered[200] > 20, answered
    assert answered[409] > 0, answered


def test_any_other_request_is_answered_as_documented(served: Served) -> None:
    answered = _ask_everything(served, GenerationMode.NEGATIVE)
    assert answered[422] > 10, answered
