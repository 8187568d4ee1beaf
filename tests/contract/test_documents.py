"""The generated documents say what the code says, and the AsyncAPI one is put together as 3.0 asks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # it ships no types
import pytest
import yaml  # type: ignore[import-untyped]  # it ships no types

from deploy.docs import documents
from deploy.docs.asyncapi import asyncapi
from deploy.places import ROOT
from shared.contracts import PUBLISHED
from tests.contract.approve import samples

pytestmark = pytest.mark.contract

REF = {"type": "object", "required": ["$ref"], "properties": {"$ref": {"type": "string", "pattern": "^#/"}}}
ASYNCAPI_3_0 = {
    "type": "object",
    "required": ["asyncapi", "info", "channels", "operations", "components"],
    "properties": {
        "asyncapi": {"const": "3.0.0"},
        "info": {"required": ["title", "version"], "properties": {"version": {"type": "string"}}},
        "channels": {
            "additionalProperties": {
                "required": ["address", "messages"],
                "properties": {"address": {"type": "string"}, "messages": {"additionalProperties": REF}},
            }
        },
        "operations": {
            "additionalProperties": {
                "required": ["action", "channel", "messages"],
                "properties": {
                    "action": {"enum": ["send", "receive"]},
                    "channel": REF,
                    "messages": {"type": "array", "minItems": 1, "items": REF},
                },
            }
        },
        "components": {
            "propertyNames": {"enum": ["messages", "schemas"]},
            "additionalProperties": {"propertyNames": {"pattern": r"^[a-zA-Z0-9.\-_]+$"}},
            "properties": {
                "messages": {
                    "additionalProperties": {"required": ["name", "title", "contentType", "headers", "payload"]}
                }
            },
        },
    },
}
"""What version 3.0 of the standard asks of a document of our kind."""


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(asyncapi())
    return found


def test_the_generated_documents_are_up_to_date() -> None:
    stale = [name for name, text in documents().items() if (ROOT / name).read_text() != text]
    assert stale == [], "the code says otherwise by now: make docs"


def test_the_asyncapi_document_has_the_structure_of_version_3(document: dict[str, Any]) -> None:
    jsonschema.validate(document, ASYNCAPI_3_0)


def test_every_reference_in_the_asyncapi_document_leads_somewhere(document: dict[str, Any]) -> None:
    assert [ref for ref in set(_references(document)) if _found(document, ref) is None] == []


def test_every_contract_has_a_channel_and_somebody_who_sends_it(document: dict[str, Any]) -> None:
    assert {f"ev.{name}" for name in PUBLISHED} == {each["address"] for each in document["channels"].values()}
    sent = [each["channel"]["$ref"] for each in document["operations"].values() if each["action"] == "send"]
    assert sorted(sent) == sorted(f"#/channels/{name}" for name in PUBLISHED)


@pytest.mark.parametrize("file", samples(), ids=lambda file: file.name.removesuffix(".sample.json"))
def test_a_sample_is_a_message_of_the_asyncapi_document(document: dict[str, Any], file: Any) -> None:
    sample = yaml.safe_load(file.read_text())
    reference = next(iter(document["channels"][sample["type"]]["messages"].values()))["$ref"]
    message = _found(document, reference)
    jsonschema.validate(sample, {**message["payload"], "components": document["components"]})


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"]
        for each in value.values():
            yield from _references(each)
    elif isinstance(value, list):
        for each in value:
            yield from _references(each)


def _found(document: dict[str, Any], reference: str) -> Any:
    found: Any = document
    for step in reference.removeprefix("#/").split("/"):
        found = found.get(step) if isinstance(found, dict) else None
    return found
