"""What is fetched is what was chosen, from whatever mirror: lock files hold hashes and name no registry."""

from __future__ import annotations

import json
import re

import pytest

from deploy.places import ROOT

pytestmark = pytest.mark.rules

PYTHON = ("requirements.lock", "bench/requirements.lock", "deploy/uv.txt")
NPM = ("package-lock.json", "bench/lighthouse/package-lock.json")


@pytest.mark.parametrize("name", PYTHON)
def test_every_python_package_has_a_version_and_a_hash(name: str) -> None:
    text = (ROOT / name).read_text()
    packages = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]
    assert packages
    assert [package for package in packages if "==" not in package or "--hash=sha256:" not in package] == []
    assert re.findall(r"^--.*|.*://.*", text, re.MULTILINE) == []


@pytest.mark.parametrize("name", NPM)
def test_every_npm_package_has_a_version_and_a_hash(name: str) -> None:
    packages = json.loads((ROOT / name).read_text())["packages"]
    fetched = {name: package for name, package in packages.items() if name}
    assert fetched
    assert [name for name, package in fetched.items() if not {"version", "integrity"} <= package.keys()] == []
    assert [name for name, package in fetched.items() if "resolved" in package] == []
