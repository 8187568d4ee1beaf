"""What was installed once is taken as it is only while it works."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from deploy.places import ROOT

pytestmark = pytest.mark.unit


def is_made(stamp: Path, python: str, wanted: str) -> bool:
    asked = f'source deploy/setup.sh; is_made "{stamp}" "{python}" "{wanted}"'
    return subprocess.run(["/bin/bash", "-c", asked], cwd=ROOT, check=False).returncode == 0


def test_an_environment_is_as_it_should_be_when_it_was_made_of_the_same_and_its_python_runs(tmp_path: Path) -> None:
    stamp = tmp_path / "made-from"
    assert not is_made(stamp, sys.executable, "a1")
    stamp.write_text("a1\n")
    assert is_made(stamp, sys.executable, "a1")
    assert not is_made(stamp, sys.executable, "b2")
    assert not is_made(stamp, str(tmp_path / "gone"), "a1")
    assert not is_made(stamp, "/bin/false", "a1")
