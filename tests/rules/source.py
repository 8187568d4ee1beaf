"""The project's own files, for rules over all of them."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from deploy.places import ROOT

PACKAGES = ("services", "shared", "deploy", "tests")
_MADE_HERE = {"__pycache__", "node_modules", "var", "vendor"}
_BINARY = {".png", ".jpg", ".pdf", ".woff2", ".ico", ".gz"}


def python_files(*packages: str) -> list[Path]:
    """Every Python file of the packages, all of them when none is named."""
    return sorted(file for package in packages or PACKAGES for file in (ROOT / package).rglob("*.py"))


def text_files() -> Iterator[Path]:
    """Every file of the project that a person reads, without what a checkout makes for itself."""
    for folder, subfolders, names in os.walk(ROOT):
        kept = (name for name in subfolders if name not in _MADE_HERE and not name.endswith(".egg-info"))
        subfolders[:] = sorted(name for name in kept if not name.startswith(".") or name == ".ci")
        # In a second working tree of the same repository .git is a file, which says where the first one is.
        files = (Path(folder) / name for name in sorted(names) if name != ".git")
        yield from (file for file in files if file.suffix not in _BINARY)


@cache
def parsed(file: Path) -> ast.Module:
    """A Python file as a tree."""
    return ast.parse(file.read_text())


def shown(file: Path) -> str:
    """A file as it is named below the checkout."""
    return file.relative_to(ROOT).as_posix()
