"""Whatever notify is asked, as its document allows or not, is answered as the document says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, cast

import pytest
from schemathesis import GenerationMode
from schemathesis.python import asgi

from services.notify.app import build
from services.notify.occasion import Occasion
from tests.eventually import eventually
from tests.facts import made_up
from tests.integration.notify import REPORT, UNIT, YEAR, Hands, cycle, granted, known_units, opened, registered
from tests.integration.notify_service import SPEAKERS, speaker, told
from tests.integration.registry import NOWHERE
from tests.integration.suite import Served
from tests.integration.test_openapi import _ask_everything
from tests.stores import sqlite_databases
from tests.tokens import Tokens

pytestmark = pytest.mark.integration
PEOPLE = ("lead", "coordinator", "desk")


@pytest.fixture
def served(tokens: Tokens, tmp_path: Path) -> Iterator[Served]:
    clock, desk, databases = Hands(), str(made_up("desk")), sqlite_databases(tmp_path)
    with ExitStack() as stack:
        speakers = {name: stack.enter_context(speaker(databases, name)) for name in SPEAKERS}
        for contract in (*known_units(), *map(registered, PEOPLE), *map(granted, PEOPLE), cycle(), opened()):
            speakers[contract.NAME.split(".", 1)[0]].say(contract, clock.now())
        feeds = {name: one.feed for name, one in speakers.items()}
        app = build(told(databases, tokens, NOWHERE), clock=clock, feeds=feeds)
        stack.callback(asgi.shutdown_lifespans)
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


def test_a_request_as_documented_is_answered_as_documented(served: Served) -> None:
    answered = _ask_everything(served, GenerationMode.POSITIVE)
    assert answered[200] > 20, answered
    assert answered[409] > 0, answered


def test_any_other_request_is_answered_as_documented(served: Served) -> None:
    answered = _ask_everything(served, GenerationMode.NEGATIVE)
    assert answered[422] > 10, answered
