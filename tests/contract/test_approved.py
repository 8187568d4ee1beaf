"""The published language is what was approved, and everything that was ever sent can still be read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # it ships no types
import pytest

from deploy.docs.language import wire_schema
from shared.contracts import PUBLISHED, CloudEvent
from tests.contract.approve import APPROVED, approve, as_sent, pretty, samples, schema_file, shape

pytestmark = pytest.mark.contract
TO_APPROVE = "if this is meant, say `make approve`, and tell the hearers"


@pytest.fixture(params=samples(), ids=lambda file: file.name.removesuffix(".sample.json"))
def sample(request: pytest.FixtureRequest) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(request.param.read_text())
    return found


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_contract_has_the_shape_that_was_approved(name: str) -> None:
    file = schema_file(name)
    assert file.exists(), f"{name} was never approved: {TO_APPROVE}"
    assert file.read_text() == pretty(wire_schema(PUBLISHED[name])), TO_APPROVE


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_contract_has_a_sample(name: str) -> None:
    assert samples(name) != []


def test_what_is_sent_today_has_a_sample_of_its_shape() -> None:
    approved = {name: [shape(json.loads(file.read_text())) for file in samples(name)] for name in PUBLISHED}
    assert [name for name, message in as_sent() if shape(message) not in approved[name]] == [], TO_APPROVE


def test_nothing_that_was_published_is_withdrawn() -> None:
    assert set(_approved_names()) - set(PUBLISHED) == set()


def test_a_sample_can_still_be_read_and_nothing_of_it_is_lost(sample: dict[str, Any]) -> None:
    event = CloudEvent.model_validate_json(json.dumps(sample))
    contract = event.contract()
    assert contract is not None
    read = contract.model_dump(mode="json")
    assert {name: read[name] for name in sample["data"]} == sample["data"]


def test_a_reader_passes_over_what_it_does_not_know(sample: dict[str, Any]) -> None:
    with_more = {**sample, "data": {**sample["data"], "added_later": 1}, "newextension": "x"}
    assert CloudEvent.model_validate(with_more).contract() == CloudEvent.model_validate(sample).contract()


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_newest_sample_fits_the_schema_that_others_read(name: str) -> None:
    newest = json.loads(samples(name)[-1].read_text())
    approved = json.loads(schema_file(name).read_text())
    assert newest["dataschema"] == approved["$id"]
    jsonschema.validate(newest["data"], approved, jsonschema.Draft202012Validator)


def test_approving_what_is_approved_changes_nothing() -> None:
    before = _contents()
    assert approve() == []
    assert _contents() == before


def _approved_names() -> Iterator[str]:
    for file in APPROVED.iterdir():
        yield file.name.removesuffix(".schema.json") if ".schema." in file.name else file.name.rsplit(".", 3)[0]


def _contents() -> dict[Path, str]:
    return {file: file.read_text() for file in APPROVED.iterdir()}
