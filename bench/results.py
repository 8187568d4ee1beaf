"""Where the figures go: a file for each part, a summary of the ones that matter, a table on the screen."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.markup import escape
from rich.table import Table

from bench.edits import FLUSH
from bench.findings import Findings, Series
from bench.plan import Plan
from bench.telling import CONSOLE
from deploy.places import ROOT

FOLDER = Path(os.environ.get("BENCH_RESULTS", ROOT / "var/bench"))
SUMMARY = FOLDER / "summary.json"
_FLUSHED = ("edit_vs_bare_insert", "edit_vs_stock", "edit_vs_django", "edit_p99_ms", "bare_p99_ms")
_FIGURES = {
    "edit_vs_bare_insert": "edit_vs_bare_insert",
    "edit_vs_stock": "edit_vs_stock",
    "edit_vs_django": "edit_vs_django",
    "edit_p99_ms": "ours_p99_ms",
    "bare_p99_ms": "bare_p99_ms",
    "sqlite_edit_vs_stock": "sqlite_edit_vs_stock",
    "store_vs_raw16": "store_vs_raw16",
    "replay_events_per_s": "replay_events_per_s",
    "replay_vs_raw_decode": "replay_vs_raw_decode",
    "open_10k_ms": "open_10k_ms",
    "open_10k_vs_raw_fold": "open_10k_vs_raw_fold",
    "relay_vs_raw": "relay_vs_raw",
    "commit_to_subscriber_p50_ms": "commit_to_subscriber_p50_ms",
    "growth_events": "growth_events",
    "growth_country": "growth_country",
}
_OF_THE_PORTAL = (
    "portal_form_p95_ms",
    "portal_page_kb",
    "portal_autosave_p95_ms",
    "lighthouse_performance",
    "lighthouse_accessibility",
    "lighthouse_best_practices",
)
"""Named alike in the part, which the quick look leaves out; null where there is no browser to say them."""


def _flushed(name: str) -> str:
    return f"{name.removesuffix('_p99_ms')}{FLUSH}_p99_ms" if name.endswith("_p99_ms") else f"{name}{FLUSH}"


KEYS = _FIGURES | {f"{key}{FLUSH}": _flushed(_FIGURES[key]) for key in _FLUSHED}
KEYS |= {key: key for key in _OF_THE_PORTAL}
"""The summary's keys, and the figure each of them is."""


def write(part: str, plan: Plan, machine: dict[str, Any], findings: Findings) -> None:
    """The part's own file with every round, and its figures in the summary; what failed is no longer in that."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    told = {
        "part": part,
        "plan": plan.name,
        "rounds": plan.rounds,
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine,
        "figures": {name: series.told() for name, series in findings.series.items()},
    }
    file = FOLDER / f"{part}.json"
    before = json.loads(file.read_text())["figures"] if file.exists() else {}
    file.write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n")
    known: dict[str, float | None] = json.loads(SUMMARY.read_text()) if SUMMARY.exists() else {}
    for key, figure in KEYS.items():
        if figure in before or figure in findings.series:
            # Also what this run did not come to: the figure of another run is none of this one.
            known.pop(key, None)
        middle = findings.series[figure].middle if figure in findings.series else None
        if middle is not None:
            known[key] = round(middle, 4)
        elif figure in findings.series and key in _OF_THE_PORTAL:
            known[key] = None
    SUMMARY.write_text(json.dumps({key: known[key] for key in KEYS if key in known}, indent=2) + "\n")


def missing(parts: Sequence[str]) -> list[str]:
    """The keys the summary should have a number for after these parts, and has none."""
    known = json.loads(SUMMARY.read_text()) if SUMMARY.exists() else {}
    return [key for key in KEYS if key not in known and (key not in _OF_THE_PORTAL or "portal" in parts)]


def show(part: str, findings: Findings) -> None:
    """The medians with their spread; a figure that failed with its reason."""
    table = Table(title=part, title_justify="left")
    for column in ("what", "median", "lowest", "highest", "unit", "note"):
        table.add_column(column, justify="right" if column in {"median", "lowest", "highest"} else "left")
    for series in findings.series.values():
        table.add_row(*_row(series))
    CONSOLE.print(table)


def _row(series: Series) -> tuple[str, ...]:
    middle = series.middle
    if middle is None:
        return escape(series.title), "[red]failed[/red]", "", "", "", escape(series.failed[:300])
    spread = shown(min(series.values)), shown(max(series.values))
    return escape(series.title), shown(middle), *spread, series.unit, escape(series.note)


def shown(value: float) -> str:
    """As many digits as mean something."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
