"""The source is written in small files and functions, says what it is, and speaks of itself alone."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from deploy.places import ROOT
from tests.rules.source import parsed, python_files, shown, text_files

pytestmark = pytest.mark.rules

CODE = ("services", "shared", "deploy")
AIMED_AT, AT_MOST = 200, 300
OVER_THE_AIM = 0.2
"""How many of the files may be longer than what is aimed at."""
FUNCTION_AT_MOST = 30
TESTS_AT_MOST, TEST_AT_MOST = 450, 40
"""A file of tests is a list of sentences and a test tells a story: they may be longer than code."""
BANNED = {"utils", "util", "helpers", "helper", "common", "base", "manager", "misc", "core"}
MARKERS = re.compile(r"\b(TO[D]O|FIX[M]E|X{3})\b")
MACHINE_PATHS = re.compile(r"(?<![\w.])/(work|home|Users|root|tmp)/\w")


def test_a_source_file_is_short() -> None:
    code = {shown(file): _lines(file) for file in python_files(*CODE)}
    assert {name: lines for name, lines in code.items() if lines > AT_MOST} == {}
    over_the_aim = [name for name, lines in code.items() if lines > AIMED_AT]
    assert len(over_the_aim) <= OVER_THE_AIM * len(code), over_the_aim


def test_a_file_of_tests_is_readable_in_one_go() -> None:
    assert {shown(file): n for file in python_files("tests") if (n := _lines(file)) > TESTS_AT_MOST} == {}


def test_a_function_is_short() -> None:
    assert _longer_than(FUNCTION_AT_MOST, *CODE) == {}
    assert _longer_than(TEST_AT_MOST, "tests") == {}


def test_a_file_is_named_for_what_it_does() -> None:
    named = {part for file in text_files() for part in (file.stem, *file.relative_to(ROOT).parts[:-1])}
    assert named & BANNED == set()


def test_every_module_says_what_it_is() -> None:
    silent = [
        shown(file) for file in python_files() if file.read_text().strip() and not ast.get_docstring(parsed(file))
    ]
    assert silent == []


def test_nothing_is_left_for_later() -> None:
    assert [shown(file) for file in text_files() if MARKERS.search(file.read_text())] == []


def test_no_file_knows_the_machine_it_was_written_on() -> None:
    assert [shown(file) for file in text_files() if MACHINE_PATHS.search(file.read_text())] == []


def test_lock_files_name_no_download_addresses() -> None:
    locked = (ROOT / "requirements.lock").read_text()
    assert re.findall(r"https?://\S+|--(?:extra-)?index-url|--find-links", locked) == []
    npm = ROOT / "package-lock.json"
    assert not npm.exists() or '"resolved"' not in npm.read_text()


def _lines(file: Path) -> int:
    return len(file.read_text().splitlines())


def _longer_than(most: int, *packages: str) -> dict[str, int]:
    return {
        f"{shown(file)}:{function.name}": lines
        for file in python_files(*packages)
        for function in ast.walk(parsed(file))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) and (lines := _body_lines(function)) > most
    }


def _body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """How many lines a function does something in, without its docstring."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0
