"""Which version of the project this is, as its own project file says."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

_PROJECT = Path(__file__).resolve().parents[1] / "pyproject.toml"


@cache
def project_version() -> str:
    """The version; the file goes with the code wherever it runs."""
    return str(tomllib.loads(_PROJECT.read_text())["project"]["version"])
