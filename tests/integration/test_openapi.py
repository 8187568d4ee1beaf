"""Whatever a client sends that the OpenAPI document allows, or does not allow, is answered as the document says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.integration.suite import Served, suite
from tests.servers import NatsServer
from tests.stores import sqlite_databases
from tests.tokens import Tokens

pytestmark = pytest.mark.integration

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
EXAMPLES = {GenerationMode.POSITIVE: 10, GenerationMode.NEGATIVE: 4}
"""How many requests are made of each operation; the same ones in every run."""


@pytest.fixture
def served(tokens: Tokens, tmp_path: Path) -> Iterator[dict[str, Served]]:
    with NatsServer(tmp_path / "nats") as nats, suite(sqlite_databases(tmp_path), tokens, nats) as running:
        yield running


@pytest.mark.parametrize("service", ["registry", "reporting"])
def test_a_request_as_documented_is_answered_as_documented(served: dict[str, Served], service: str) -> None:
    answered = _ask_everything(served[service], GenerationMode.POSITIVE)
    assert answered[200] > 20, answered
    assert answered[201] > 3, answered


@pytest.mark.parametrize("service", ["registry", "reporting"])
def test_any_other_request_is_answered_as_documented(served: dict[str, Served], service: str) -> None:
    answered = _ask_everything(served[service], GenerationMode.NEGATIVE)
    assert answered[422] > 80, answered


def _ask_everything(asked: Served, mode: GenerationMode) -> Counter[int]:
    """How often each status was answered; every operation is asked before the failures of all are told."""
    document = schemathesis.openapi.from_dict(asked.app.openapi())
    document.app = asked.app
    answered: Counter[int] = Counter()
    failures = []
    for operation in _operations(document, mode):
        try:
            _ask(operation, asked, mode, answered)
        except FailureGroup as failure:
            failures.append("\n".join([operation.label, *map(str, failure.exceptions)]))
    assert failures == [], "\n\n".join(failures)
    return answered


def _operations(document: Any, mode: GenerationMode) -> Iterator[Any]:
    """All but the health routes, which say 503 when they mean it, and answers without an end.

    What takes no input cannot be asked wrongly.
    """
    for found in document.get_all_operations():
        operation = found.ok()
        ends = "text/event-stream" not in str(operation.definition.raw["responses"].get("200"))
        takes_input = [*operation.iter_parameters(), *operation.body]
        if "health" not in operation.tags and ends and (takes_input or mode is GenerationMode.POSITIVE):
            yield operation


def _ask(operation: Any, asked: Served, mode: GenerationMode, answered: Counter[int]) -> None:
    @settings(
        max_examples=EXAMPLES[mode],
        derandomize=True,
        database=None,
        deadline=None,
        report_multiple_bugs=False,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode), data=st.data())
    def ask(case: Any, data: st.DataObject) -> None:
        if case.method != "GET":
            case.headers["Idempotency-Key"] = str(uuid4())
        if mode is GenerationMode.POSITIVE:
            _make_likely(case, data, asked)
        caller = data.draw(st.sampled_from(asked.callers))
        answer = case.call(session=asked.client, headers=asked.bearer(caller))
        answered[answer.status_code] += 1
        case.validate_response(answer, checks=CHECKS)

    ask()


def _make_likely(case: Any, data: st.DataObject, asked: Served) -> None:
    """Most requests name things that exist, and the version they have; else no rule would ever be reached."""
    case.headers.pop("acting-as", None)
    if case.method != "GET":
        case.headers["If-Match"] = f'"{data.draw(st.integers(1, 3))}"'
    for part in (case.path_parameters, case.query, case.body):
        for name in sorted(set(asked.known).intersection(part if isinstance(part, dict) else ())):
            if data.draw(st.integers(0, 9)):
                part[name] = data.draw(st.sampled_from(asked.known[name]))
