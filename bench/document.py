"""Write what was measured into docs/performance.md: `python -m bench.document`, after a run on a quiet machine.

No number in that document is written by hand: the tables between the marks are made from var/bench/*.json.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from bench.results import FOLDER, KEYS, SUMMARY, shown
from deploy.places import ROOT

DOCUMENT = ROOT / "docs/performance.md"
PARTS = (
    "edits",
    "desk",
    "replay",
    "rebuild",
    "histories",
    "relay",
    "connections",
    "processes",
    "country",
    "deadline",
    "profile",
    "portal",
)
GOALS = {
    "edit_vs_bare_insert": "≥ 1.2",
    "edit_vs_stock": "≥ 12",
    "edit_vs_django": "≥ 3",
    "edit_p99_ms": "≤ bare",
    "edit_vs_bare_insert_flush_1ms": "≥ 1.2",
    "edit_vs_stock_flush_1ms": "≥ 12",
    "edit_vs_django_flush_1ms": "≥ 3",
    "edit_p99_ms_flush_1ms": "≤ bare",
    "sqlite_edit_vs_stock": "≥ 3",
    "store_vs_raw16": "≥ 1.5",
    "replay_events_per_s": "≥ 50,000",
    "replay_vs_raw_decode": "≥ 0.5",
    "open_10k_ms": "≤ 3",
    "open_10k_vs_raw_fold": "≤ 1.5",
    "relay_vs_raw": "≥ 0.5",
    "commit_to_subscriber_p50_ms": "≤ 5",
    "growth_events": "0.8 to 1.2",
    "growth_country": "0.8 to 1.2",
    "portal_form_p95_ms": "< 100",
    "portal_page_kb": "< 150",
    "portal_autosave_p95_ms": "< 300",
    "lighthouse_performance": "≥ 95",
    "lighthouse_accessibility": "100",
    "lighthouse_best_practices": "100",
}


def main() -> None:
    """Replace what stands between the marks; what was not measured is said to be so."""
    text = DOCUMENT.read_text()
    known = json.loads(SUMMARY.read_text()) if SUMMARY.exists() else {}
    parts = [json.loads(file.read_text()) for part in PARTS if (file := FOLDER / f"{part}.json").exists()]
    text = _between("summary", text, _summary(known))
    text = _between("machine", text, _machine(parts))
    text = _between("figures", text, _figures(parts))
    DOCUMENT.write_text(text)


def _between(mark: str, text: str, lines: Iterable[str]) -> str:
    begin, end = f"<!-- {mark} -->", f"<!-- end of {mark} -->"
    made = "\n".join([begin, "", *lines, "", end])
    return re.sub(f"{re.escape(begin)}.*?{re.escape(end)}", lambda _: made, text, flags=re.DOTALL)


def _summary(known: dict[str, float | None]) -> Iterable[str]:
    yield from ("| key | median | goal |", "|---|---:|---|")
    for key in KEYS:
        value = known.get(key)
        yield f"| `{key}` | {shown(value) if value is not None else 'not measured'} | {GOALS.get(key, '')} |"


def _machine(parts: list[dict[str, Any]]) -> Iterable[str]:
    if not parts:
        yield "Nothing was measured yet."
        return
    machine, disk = parts[-1]["machine"], parts[-1]["machine"]["fdatasync_ms"]
    yield f"- Measured {parts[-1]['measured_at']}, {parts[-1]['plan']} run, {parts[-1]['rounds']} rounds."
    yield f"- {machine['cores']} cores, {machine['processor']}, {machine['memory_gb']} GB; {machine['system']}."
    yield f"- Disk: {machine['file_system']}, one flush takes {disk['median']} ms, at worst {disk['worst']} ms."
    postgresql = ", ".join(f"{name} {value}" for name, value in machine["postgresql"].items())
    yield f"- PostgreSQL: {postgresql}. Python {machine['python']}."
    yield f"- {', '.join(f'{name} {version}' for name, version in machine['versions'].items())}."
    yield f"- Load average before the run: {machine['load_average_before']:.1f}."


def _figures(parts: list[dict[str, Any]]) -> Iterable[str]:
    for part in parts:
        yield from (f"### {part['part']}", "", f"{part['plan'].capitalize()} run, {part['measured_at']}.", "")
        yield from ("| what | median | lowest | highest | unit | note |", "|---|---:|---:|---:|---|---|")
        for figure in part["figures"].values():
            yield _line(figure)
        yield ""


def _line(figure: dict[str, Any]) -> str:
    if figure["median"] is None:
        return f"| {figure['title']} | failed | | | | {figure['failed'].splitlines()[-1][:200]} |"
    spread = f"{shown(figure['low'])} | {shown(figure['high'])}"
    return f"| {figure['title']} | {shown(figure['median'])} | {spread} | {figure['unit']} | {figure['note']} |"


if __name__ == "__main__":
    main()
