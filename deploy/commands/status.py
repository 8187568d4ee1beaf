"""The whole suite at a glance: who is up, who is behind, what waits for a person."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import typer
from rich.console import Console
from rich.table import Table

from deploy.health import Report, health
from deploy.operator import address
from deploy.places import SERVICES

app = typer.Typer()
COLUMNS = ("service", "state", "log head", "untold", "hears", "parked", "gaps", "stream verified")


@app.command()
def status() -> None:
    """Show how every service is; exit code 1 when something is wrong."""
    reports = {name: health(address(name)) for name in SERVICES}
    table = Table(*COLUMNS)
    for name, report in reports.items():
        table.add_row(name, *(row(report) if report else ("away", *["-"] * 6)))
    console = Console(width=None if Console().is_terminal else 140)
    console.print(table)
    wrong = [line for name, report in reports.items() for line in what_is_wrong(name, report)]
    for line in wrong:
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    if wrong:
        raise typer.Exit(1)


def row(report: Report) -> tuple[str, ...]:
    """One service in a line."""
    checks = report["checks"]
    inboxes = {name.partition(":")[2]: part for name, part in checks.items() if name.startswith("inbox:")}
    return (
        state(report),
        _figure(checks, "database", "head"),
        _seconds(checks.get("outbox", {}), "unpublished", "oldest_unpublished_seconds"),
        ", ".join(f"{speaker} {_seconds(part, 'lag_events', 'lag_seconds')}" for speaker, part in inboxes.items())
        or "nobody",
        str(sum(part.get("parked", 0) for part in inboxes.values())),
        str(sum(part.get("gaps", 0) for part in inboxes.values())),
        _audit(checks.get("audit", {})),
    )


def state(report: Report) -> str:
    """In one word: ready and well, ready with something ill, standing by, or not ready."""
    if report["ready"]:
        return "degraded" if report["degraded"] else "ready"
    return "stands by" if _stands_by(report) else "not ready"


def what_is_wrong(name: str, report: Report | None) -> Iterator[str]:
    """Each part that is not well, with what it says of itself."""
    if report is None:
        yield f"{name} does not answer"
        return
    for part, said in report["checks"].items():
        if not said["ok"]:
            yield f"{name}: {part}: {_reason(said)}"


def _reason(said: dict[str, Any]) -> str:
    told = said.get("stopped_reason") or said.get("broken") or said.get("fault")
    parked = said.get("parked")
    figures = ", ".join(f"{key} {value}" for key, value in said.items() if key != "ok")
    return told or (f"{parked} parked" if parked else figures) or "is not well"


def _stands_by(report: Report) -> bool:
    ill = {part for part, said in report["checks"].items() if not said["ok"]}
    return ill == {"lease"}


def _figure(checks: dict[str, Any], part: str, figure: str) -> str:
    return str(checks.get(part, {}).get(figure, "-"))


def _seconds(said: dict[str, Any], count: str, seconds: str) -> str:
    if count not in said:
        return "-"
    waited = f" for {said[seconds]:.0f} s" if said.get(seconds, 0) >= 1 else ""
    return f"{said[count]}{waited}"


def _audit(said: dict[str, Any]) -> str:
    if not said.get("last_verified_at"):
        return "not yet"
    return f"up to {said['last_verified_position']}, {said['seconds_since_verified'] / 60:.0f} min ago"
