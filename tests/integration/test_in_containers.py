"""Commands in a service's container know what the service knows, and where the others answer."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # it ships no types

from deploy.places import ROOT, SERVICES

pytestmark = pytest.mark.integration

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
COMMAND = """
import sys
from pathlib import Path
from deploy import cli, serve
serve.SETTINGS = Path(sys.argv.pop(1))
cli.main()
"""


def aarring(settings: Path, *words: str, **told: str) -> subprocess.CompletedProcess[str]:
    """A command where a service's settings are in a file, and no server is at hand."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("REGISTRY_", "AARRING_"))}
    return subprocess.run(
        [sys.executable, "-c", COMMAND, str(settings), *words],
        cwd=ROOT,
        env=kept | {"NATS_SERVER_BIN": "/nowhere", "AARRING_REGISTRY_URL": "http://127.0.0.1:9", **told},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    """What a container of the registry is told."""
    file = tmp_path / "settings.env"
    urls = {"DATABASE": tmp_path / "registry.db", "VAULT": tmp_path / "vault.db"}
    lines = [f"REGISTRY_{name}_URL=sqlite:///{path}\n" for name, path in urls.items()]
    file.write_text("".join([*lines, "REGISTRY_VAULT_KEY=" + "A" * 43 + "=\n"]))
    return file


def test_a_store_is_made_copied_and_put_back_by_the_settings_of_its_service(tmp_path: Path, settings: Path) -> None:
    assert aarring(settings, "rebuild", "registry").returncode == 0
    given_up = aarring(settings, "new-keys", "registry", "--give-up")
    assert "registry has an empty vault" in given_up.stdout, given_up.stderr
    copied = aarring(settings, "backup", "registry", str(tmp_path / "copy"))
    assert "made" in copied.stdout, copied.stderr
    done = aarring(settings, "restore", "registry", str(tmp_path / "copy"))
    assert "put back: log" in done.stdout, done.stderr


def test_what_the_environment_says_goes_before_the_file(tmp_path: Path, settings: Path) -> None:
    told = {"REGISTRY_DATABASE_URL": f"sqlite:///{tmp_path}/another.db"}
    assert aarring(settings, "rebuild", "registry", **told).returncode == 0
    assert (tmp_path / "another.db").exists()
    assert not (tmp_path / "registry.db").exists()


def test_whoever_runs_a_command_in_a_container_is_told_where_all_answer() -> None:
    addresses = {f"AARRING_{name.upper()}_URL": f"http://{name}:8000" for name in SERVICES}
    for name in (*SERVICES, "operator"):
        assert COMPOSE[name]["environment"].items() >= addresses.items(), name
    assert COMPOSE["operator"]["environment"].items() >= COMPOSE["token"]["environment"].items()
    assert COMPOSE["operator"]["volumes"] == COMPOSE["token"]["volumes"]
