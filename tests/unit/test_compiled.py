"""The image says when its programs would be compiled again at each start."""

from __future__ import annotations

import compileall
import os
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.places import ROOT

pytestmark = pytest.mark.unit


def compiled(folder: Path) -> list[str]:
    """The names of the sources in ``folder`` that a program which begins there has to compile."""
    asked = "from deploy.compiled import compiled_for; print(*compiled_for(['whole.first', 'json']), sep='\\n')"
    environment = os.environ | {"PYTHONPATH": f"{ROOT}:{folder}", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", asked], cwd=folder, env=environment, capture_output=True, text=True, check=True
    )
    return sorted(Path(line).name for line in done.stdout.splitlines() if Path(line).is_relative_to(folder))


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A package of two modules, of which one imports the other."""
    package = tmp_path / "whole"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "first.py").write_text("import whole.second\n")
    (package / "second.py").write_text("VALUE = 1\n")
    return tmp_path


def test_what_nobody_compiled_is_named_with_all_it_imports(program: Path) -> None:
    assert compiled(program) == ["__init__.py", "first.py", "second.py"]


def test_what_was_compiled_is_taken_as_it_is(program: Path) -> None:
    assert compileall.compile_dir(program, quiet=1)
    assert compiled(program) == []


def test_what_was_compiled_of_another_source_does_not_count(program: Path) -> None:
    assert compileall.compile_dir(program, quiet=1)
    (program / "whole/second.py").write_text("VALUE = 2, 'and more'\n")
    assert compiled(program) == ["second.py"]


def test_the_image_is_not_built_with_anything_left_to_compile() -> None:
    lines = (ROOT / "deploy/Dockerfile").read_text().splitlines()
    last_copied = max(number for number, line in enumerate(lines) if line.startswith("COPY"))
    assert "RUN python -m deploy.compiled" in lines[last_copied:]
