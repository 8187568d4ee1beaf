"""One program in a container: told by its file of settings, where there is one, and by the environment."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from deploy.places import SERVICES

APPLICATIONS = {name: f"services.{name}.app:create" for name in (*SERVICES, "portal")}
APPLICATIONS |= {"identity": "deploy.identity_provider.app:create"}
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
    """Become the program's web server."""
    if len(sys.argv) != 2 or sys.argv[1] not in APPLICATIONS:
        sys.exit(f"aarring: name the program to run: {', '.join(APPLICATIONS)}")
    port = os.environ.get("AARRING_LISTENS_AT", "8000")
    where = ["--host", "0.0.0.0", "--port", port]  # noqa: S104  # what reaches the container, its host decides
    command = ["uvicorn", "--factory", APPLICATIONS[sys.argv[1]], "--no-access-log", *where]
    take_settings()
    os.execvp(command[0], command)  # noqa: S606  # becomes uvicorn; no shell


if __name__ == "__main__":
    main()
