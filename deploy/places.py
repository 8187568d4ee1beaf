"""Where a local suite keeps what it makes for itself, all of it under var/ and none of it committed."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# Programs fetched once for the checkout; a second suite, as tests start one, keeps only its state elsewhere.
TOOLS = ROOT / "var/tools"
VAR = Path(os.environ.get("AARRING_VAR", ROOT / "var")).resolve()

CLOCK = VAR / "clock"
DATA = VAR / "data"
DEMO = VAR / "demo"
EXAMPLES = VAR / "examples"
IDENTITY = VAR / "identity"
LOGS = VAR / "log"
NATS = VAR / "nats"
RUNNING = VAR / "run"
SECRETS = VAR / "secrets"

# Whom one may log in as, once an empty suite was filled with examples.
EXAMPLE_PEOPLE = EXAMPLES / "people.json"

# Locks: held while any program of the suite lives, and while its supervisor does.
SUITE = RUNNING / "suite"
SUPERVISOR = RUNNING / "supervisor"

# The event-sourced services, in the order they are started.
SERVICES = ("registry", "reporting", "review", "notify")

# What people meet in a browser: the portal, and in trials the identity provider it sends them to.  They keep no
# events, so there is nothing to rebuild, hear or tell; they are started after the services they ask.
SITES = ("identity", "portal")


class Unable(Exception):
    """The machine does not let us: told to the person in one sentence, without a traceback."""


def shown(path: Path) -> str:
    """A path as it is shortest to read from the checkout."""
    return str(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path)
