"""One service in a container: told by its file of settings, where there is one, and by the environment."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from deploy.places import SERVICES

SETTINGS = Path("/run/settings/settings.env")


def read_settings(path: Path) -> dict[str, str]:
    """The settings of a file with a line ``NAME=value`` for each; none where there is no file."""
    lines = path.read_text().splitlines() if path.exists() else []
    pairs = (line.partition("=") for line in lines)
    return {name: value for name, _, value in pairs}


def take_settings() -> None:
    """Know what the service beside it was told; what the environment says goes before the file."""
    for name, value in read_settings(SETTINGS).items():
        os.environ.setdefault(name, value)


def main() -> None:
    """Become the service's web server."""
    if len(sys.argv) != 2 or sys.argv[1] not in SERVICES:
        sys.exit(f"aarring: name the service to run: {', '.join(SERVICES)}")
    where = ["--host", "0.0.0.0", "--port", "8000"]  # noqa: S104  # what reaches the container, the container's host decides
    command = ["uvicorn", "--factory", f"services.{sys.argv[1]}.app:create", "--no-access-log", *where]
    take_settings()
    os.execvp(command[0], command)  # noqa: S606  # becomes uvicorn; no shell


if __name__ == "__main__":
    main()
