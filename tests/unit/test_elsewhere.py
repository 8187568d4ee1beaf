"""Whoever asks a suite in containers finds its programs, and its invented people by their short names."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from deploy.commands import token
from deploy.environment import Elsewhere
from deploy.examples import people
from deploy.examples.__main__ import EMPTIED_BY
from deploy.examples.filling import Filled
from deploy.examples.telling import telling

pytestmark = pytest.mark.unit
LEAD = "lead-EKS-NBT-1"
ID = "00000000-0000-4000-8000-000000000001"


def test_a_program_answers_where_the_environment_says_else_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AARRING_REGISTRY_URL", "http://registry:8000")
    monkeypatch.delenv("AARRING_REPORTING_URL", raising=False)
    monkeypatch.setenv("AARRING_REPORTING_PORT", "18002")
    asked = Elsewhere.chosen()
    assert asked.service("registry") == "http://registry:8000"
    assert asked.service("reporting") == "http://127.0.0.1:18002"


def test_a_token_is_had_for_one_of_the_examples_by_the_short_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(token, "PEOPLE", tmp_path / "demo.json")
    monkeypatch.setattr(token, "EXAMPLE_PEOPLE", tmp_path / "examples.json")
    assert token._subject(LEAD) == LEAD
    people.write(tmp_path / "examples.json", {LEAD: ID})
    assert token._subject(LEAD) == ID
    assert token._subject(people.STRANGER) == people.STRANGER
    (tmp_path / "demo.json").write_text(json.dumps({"lead": ID}))
    assert token._subject("lead") == ID


def test_in_containers_one_is_told_what_empties_them() -> None:
    for filled in (Filled.NOW, Filled.OTHERWISE):
        told = "\n".join(telling(filled, "http://127.0.0.1:8000", EMPTIED_BY))
        assert "docker compose down --volumes" in told
        assert "make reset" not in told
