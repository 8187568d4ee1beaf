"""A decision looks only at what its unit of work gives it: else it would miss what waits to be recorded."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rules.source import parsed, python_files, shown

pytestmark = pytest.mark.rules

UNIT = "unit"
ELSEWHERE = {"_store", "store", "_desk", "desk"}
"""By what names the store can be reached; ``unit.store`` is the one that has everything decided before."""
EXCEPTIONS: dict[str, str] = {}
"""Functions that may look at the store all the same, each with the reason why."""

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


def test_a_decision_reads_only_through_its_unit_of_work() -> None:
    looking = {f"{shown(file)}:{name}" for file in python_files("services") for name in _looking_elsewhere(file)}
    assert looking == set(EXCEPTIONS)


def test_every_service_decides_through_units_of_work() -> None:
    deciding = {file.parts[-3] for file in python_files("services") if any(_decisions(parsed(file)))}
    assert deciding >= {"registry", "reporting", "review", "notify"}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("def decide(unit: UnitOfWork): return self._store.rows(QUERY)", {"decide"}),
        ("def decide(unit: UnitOfWork): return held_by(desk.store.rows, caller)", {"decide"}),
        ("def decide(unit: UnitOfWork): return unit.store.head(), unit.rows(QUERY)", set()),
        ("do(lambda unit: self.store.load(Report, id))", {"lambda"}),
        ("class A:\n def decide(unit: UnitOfWork): self.look()\n def look(self): self._store.head()", {"look"}),
        ("def decide(unit: UnitOfWork): return kept(look)\ndef look(id): return store.head()", {"look"}),
        ("def decide(unit: UnitOfWork): return look(unit.store)\ndef look(store): return store.head()", set()),
        ("def read(self): return self._store.head()", set()),
    ],
)
def test_looking_elsewhere_is_found(source: str, found: set[str], tmp_path: Path) -> None:
    file = tmp_path / "deciding.py"
    file.write_text(source)
    assert set(_looking_elsewhere(file)) == found


def _looking_elsewhere(file: Path) -> Iterator[str]:
    """The functions that decide, or that one which decides makes use of in its file, and look behind its back."""
    module = parsed(file)
    named = dict(_named(module))
    waiting, seen = list(_decisions(module)), set[Function]()
    while waiting:
        function = waiting.pop()
        if function in seen:
            continue
        seen.add(function)
        if any(_is_elsewhere(node, _own(function)) for node in _body(function)):
            yield getattr(function, "name", "lambda")
        waiting += [named[name] for node in _body(function) if (name := _mentioned(node)) in named]


def _decisions(module: ast.Module) -> Iterator[Function]:
    """What is given a unit of work, by its annotation or, in a lambda, by its name."""
    for node in ast.walk(module):
        if isinstance(node, Function) and any(_is_unit(node, given) for given in node.args.args):
            yield node


def _is_unit(function: Function, given: ast.arg) -> bool:
    if isinstance(function, ast.Lambda):
        return given.arg == UNIT
    return isinstance(given.annotation, ast.Name) and given.annotation.id == "UnitOfWork"


def _named(module: ast.Module) -> Iterator[tuple[str, Function]]:
    """The functions of a file, and the methods of its classes, by how they are called."""
    for node in module.body:
        if isinstance(node, ast.ClassDef):
            yield from ((f"self.{f.name}", f) for f in node.body if isinstance(f, Function))
        elif isinstance(node, Function):
            yield node.name, node


def _body(function: Function) -> Iterator[ast.AST]:
    body = [function.body] if isinstance(function, ast.Lambda) else function.body
    return (node for part in body for node in ast.walk(part))


def _own(function: Function) -> set[str]:
    """The names a function was given, and those it gives."""
    named = {node.id for node in _body(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    return named | {given.arg for given in function.args.args}


def _is_elsewhere(node: ast.AST, own: set[str]) -> bool:
    if isinstance(node, ast.Attribute):
        return node.attr in ELSEWHERE and not (isinstance(node.value, ast.Name) and node.value.id == UNIT)
    return isinstance(node, ast.Name) and node.id in ELSEWHERE - own


def _mentioned(node: ast.AST) -> str:
    """What a function of the file may be called by: its name, or a method of the same thing."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self":
        return f"self.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""
