"""Whatever a rule may refuse, some test makes it refuse."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

import services
import shared
from shared.domain import Refused

pytestmark = pytest.mark.rules

TESTS = Path(__file__).resolve().parents[1]


def refusals(kind: type[Refused] = Refused) -> Iterator[type[Refused]]:
    """Every refusal declared in the services and the kernel."""
    for refusal in kind.__subclasses__():
        if refusal.__module__.split(".")[0] in {"services", "shared"}:
            yield refusal
        yield from refusals(refusal)


@pytest.fixture(scope="module")
def declared() -> list[type[Refused]]:
    for package in (services, shared):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    return sorted(set(refusals()), key=lambda refusal: refusal.__qualname__)


def test_every_refusal_is_provoked(declared: list[type[Refused]]) -> None:
    # By its class, which a test imports only to use it (the linter sees to that), or over HTTP by its own code.
    tests = "\n".join(path.read_text() for path in TESTS.rglob("test_*.py") if path != Path(__file__))
    named = set(re.findall(r"\b[A-Z]\w+|(?<=\")[a-z_]+(?=\")", tests))
    unproved = [refusal.__qualname__ for refusal in declared if not {refusal.__name__, refusal.code} & named]
    assert unproved == []


def test_every_refusal_has_a_code_of_its_own(declared: list[type[Refused]]) -> None:
    without = [refusal.__qualname__ for refusal in declared if "code" not in refusal.__dict__]
    repeated = [code for code, times in Counter(r.code for r in declared).items() if times > 1]
    assert (without, repeated) == ([], [])


def test_every_refusal_says_what_it_states(declared: list[type[Refused]]) -> None:
    assert [refusal.__qualname__ for refusal in declared if not refusal.__doc__] == []
