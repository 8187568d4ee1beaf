"""What is shown while it is measured."""

from __future__ import annotations

import time

from rich.console import Console

CONSOLE = Console()
_BEGUN = time.monotonic()


def say(what: str) -> None:
    """One line, with how long it has taken so far."""
    CONSOLE.print(f"[dim]{time.monotonic() - _BEGUN:6.0f} s[/dim]  {what}", highlight=False)
