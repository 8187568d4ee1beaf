"""What is seen while the year goes by: one line per chapter, a bar on it, and two tables at the end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from deploy.demo.ledger import Ledger


@dataclass
class Chapter:
    """One line on the screen."""

    progress: Progress
    task: TaskID

    def expect(self, steps: int) -> None:
        """That many more steps are to come."""
        total = self.progress.tasks[self.task].total or 0
        self.progress.update(self.task, total=total + steps)

    def step(self) -> None:
        self.progress.advance(self.task)


class Screen:
    """A terminal, or a file that gets the same lines without the movement."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console()
        self._progress = Progress(
            TextColumn("{task.description:<46}"),
            BarColumn(bar_width=28),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self.console,
        )

    @contextmanager
    def playing(self) -> Iterator[None]:
        with self._progress:
            yield

    @contextmanager
    def chapter(self, title: str) -> Iterator[Chapter]:
        task = self._progress.add_task(title, total=0)
        try:
            yield Chapter(self._progress, task)
        finally:
            self._progress.stop_task(task)

    def expectations(self, ledger: Ledger) -> None:
        table = Table(title="What was expected", title_justify="left", box=None, pad_edge=False)
        table.add_column("")
        table.add_column("expected")
        table.add_column("seen", overflow="fold")
        for expectation in ledger.expectations:
            verdict = "[green]ok[/]" if expectation.held else "[bold red]FAILED[/]"
            table.add_row(verdict, expectation.what, expectation.seen)
        self.console.print(table)

    def summary(self, summary: Mapping[str, Any]) -> None:
        table = Table(title="Summary", title_justify="left", box=None, pad_edge=False, show_header=False)
        for name, value in summary.items():
            shown = ", ".join(f"{k} {v}" for k, v in value.items()) if isinstance(value, dict) else str(value)
            table.add_row(name.replace("_", " "), shown)
        self.console.print(table)
