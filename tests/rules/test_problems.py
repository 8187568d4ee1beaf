"""Every code a client may meet is told in docs/problems.md, with the status it comes with."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from deploy.docs.problems import OF_HTTP, problems, refusals
from deploy.places import ROOT
from shared.domain import Refused
from tests.rules.source import parsed, python_files

pytestmark = pytest.mark.rules

MAKERS = {"RequestProblem": 1, "problem": 1, "_unauthenticated": 0}
"""What makes a problem of HTTP, and which argument is its code."""


def test_a_refusals_code_is_its_name() -> None:
    ours = [r for r in refusals() if r is not Refused and r.__module__.split(".")[0] in ("services", "shared")]
    assert {r.__name__: r.code for r in ours} == {r.__name__: _snake(r.__name__) for r in ours}


def test_every_code_of_http_is_told() -> None:
    assert set(_codes_made()) - set(OF_HTTP) == set()


def test_no_code_is_told_that_nobody_gives() -> None:
    assert set(OF_HTTP) - set(_texts()) == set()


def test_a_code_is_told_once() -> None:
    told = re.findall(r"^\| `(\w+)` \|", (ROOT / "docs/problems.md").read_text(), re.MULTILINE)
    assert sorted(told) == sorted(set(told))
    assert problems().count("| `") == len(told)


def _codes_made() -> Iterator[str]:
    for file in python_files("services", "shared"):
        for node in ast.walk(parsed(file)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MAKERS:
                place = MAKERS[node.func.id]
                code = node.args[place] if len(node.args) > place else None
                if isinstance(code, ast.Constant):
                    yield str(code.value)


def _texts() -> Iterator[str]:
    """Every text that stands in the code."""
    for file in python_files("services", "shared"):
        for node in ast.walk(parsed(file)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
