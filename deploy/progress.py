"""How far a long piece of work has come: a bar on a terminal, now and then a plain line anywhere else."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

EVERY = 5.0
"""Seconds between two plain lines."""


@contextmanager
def progress(what: str, total: int, console: Console | None = None) -> Iterator[Callable[[int], None]]:
    """Tell of ``what`` while the ``with`` block lasts; it is given how many of ``total`` events are done.

    It is told on standard error, so that what is found can be kept without it.
    """
    console = console or Console(stderr=True)
    if not console.is_interactive:  # a file, or a terminal that cannot draw over what it has shown
        yield PlainLines(what, total, lambda line: console.print(line, highlight=False, soft_wrap=True))
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), _Speed(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, speed_estimate_period=EVERY) as bar:
        task = bar.add_task(what, total=total or None)
        yield lambda done: bar.update(task, completed=done)


class _Speed(ProgressColumn):
    """Events a second, as of late."""

    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:,.0f} events/s" if task.speed else "")


@dataclass
class PlainLines:
    """A line every few seconds for a log or a file, where nothing can be drawn over."""

    what: str
    total: int
    tell: Callable[[str], object]
    clock: Callable[[], float] = time.monotonic
    begun: float = field(init=False)
    told: float = field(init=False)

    def __post_init__(self) -> None:
        self.begun = self.told = self.clock()

    def __call__(self, done: int) -> None:
        """Say how far it is, unless that was said a moment ago."""
        now = self.clock()
        if now < self.told + EVERY or not done:
            return
        self.told = now
        speed = done / (now - self.begun)
        left = max(0, self.total - done) / speed
        self.tell(f"{self.what}: {done:,} of {self.total:,} events, {speed:,.0f} events/s, {left:,.0f} s left")
