"""The AsyncAPI document holds against the standard's own schema, fetched from npm as the lock file says."""

from __future__ import annotations

import json
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # it ships no types
import pytest
import yaml  # type: ignore[import-untyped]  # it ships no types

from deploy.docs.asyncapi import asyncapi
from tests.npm import packages

pytestmark = pytest.mark.contract


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    """The official schema of AsyncAPI 3.0.0."""
    found: dict[str, Any] = json.loads((packages() / "@asyncapi/specs/schemas/3.0.0-without-$id.json").read_text())
    return found


def test_the_document_is_valid_asyncapi(schema: dict[str, Any]) -> None:
    jsonschema.Draft7Validator(schema).validate(yaml.safe_load(asyncapi()))


def test_a_document_that_is_not_would_be_found_out(schema: dict[str, Any]) -> None:
    document = yaml.safe_load(asyncapi())
    next(iter(document["operations"].values()))["action"] = "shout"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft7Validator(schema).validate(document)
