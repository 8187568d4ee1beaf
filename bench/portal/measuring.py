"""The form in numbers: how soon a page comes and what it weighs, how soon a save is taken, what Lighthouse says."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from typing import Any

from bench.findings import Findings
from bench.ground import Ground
from bench.plan import Plan
from bench.portal import lighthouse
from bench.portal.standing import Standing, Visitor, stand
from bench.portal.weight import weigh
from bench.served import Failed, as_program
from bench.telling import say

PARTS = ("om", "roller", "aktivitet", "evaluering", "kontroll")
FORM = "evaluering"
"""The part that most is written in, whose page is weighed and looked at."""
THINKS = 5.0
"""Seconds between two pages, or two saves, of one person on average: nobody reads or writes faster for long."""
LONGER = 5
"""A person who thinks does little in the seconds of a plan; so much longer is looked at many."""


def measure(plan: Plan, ground: Ground, findings: Findings) -> None:
    """One suite for all of it; in each round everything has its turn, Lighthouse last, when nobody else is at it."""
    with stand(ground) as standing:
        _weight(standing, findings)
        for number in range(plan.rounds):
            _costs(plan, standing, findings, number)
            _pages(plan, standing, findings, number)
            _saves(plan, standing, findings, number)
            for preset in lighthouse.PRESETS:
                _lighthouse(ground, standing, findings, preset)


def _costs(plan: Plan, standing: Standing, findings: Findings, number: int) -> None:
    """What one page costs the processor, by part: other programs on the machine change it little."""
    for part in PARTS:
        told = _told(standing, standing.visitors[:1], plan.seconds / 2, plan.warm, 0.0, number, (part,))
        pages = len(told["seen"][part])
        for program, milliseconds in told["processor"].items():
            title = f"one page of {part}, what {program} costs the processor"
            findings.add(f"portal_cpu_{part}_{program}_ms", milliseconds / pages, title, "ms")


def _pages(plan: Plan, standing: Standing, findings: Findings, number: int) -> None:
    """Each part of the form: one person going through them, then all fifty, each with a page open that listens."""
    alone = _told(standing, standing.visitors[:1], plan.seconds, plan.warm, 0.0, number, PARTS)["seen"]
    _note_pages(findings, "alone", "one person", alone)
    fifty = _told(standing, standing.visitors, LONGER * plan.seconds, THINKS, THINKS, number, PARTS)["seen"]
    _note_pages(findings, "fifty", f"{len(standing.visitors)} people", fifty)
    slowest = max(_percentile(fifty[part], 0.95) for part in PARTS)
    findings.add("portal_form_p95_ms", slowest, "the slowest part's p95, of fifty people", "ms")
    say(f"form: p95 {slowest:.1f} ms in its slowest part")


def _note_pages(findings: Findings, who: str, title: str, seen: dict[str, list[float]]) -> None:
    for part in PARTS:
        for name, share in (("p50", 0.50), ("p95", 0.95)):
            figure = f"portal_{who}_{part}_{name}_ms"
            findings.add(figure, _percentile(seen[part], share), f"{title}, part {part}, {name}", "ms")


def _saves(plan: Plan, standing: Standing, findings: Findings, number: int) -> None:
    """Fifty people write, first thinking in between, then as fast as they are answered."""
    thinking = _told(standing, standing.visitors, LONGER * plan.seconds, THINKS, THINKS, number, ())["seen"]
    _note_saves(findings, "portal_autosave", "fifty people writing", thinking, LONGER * plan.seconds)
    for what, title in (("progress", "how far the report has come"), ("renewed", "a text that somebody changed")):
        if found := thinking.get(what):
            findings.add(f"portal_{what}_p95_ms", _percentile(found, 0.95), f"{title}, asked meanwhile, p95", "ms")
    rushing = _told(standing, standing.visitors, plan.seconds, plan.warm, 0.0, number, ())["seen"]
    _note_saves(findings, "portal_autosave_rush", "fifty at full speed", rushing, plan.seconds)


def _note_saves(findings: Findings, key: str, title: str, seen: dict[str, list[float]], seconds: float) -> None:
    saves = seen["save"]
    findings.add(f"{key}_per_second", len(saves) / seconds, title, "saves/s")
    for name, share in (("p50", 0.50), ("p95", 0.95), ("p99", 0.99)):
        findings.add(f"{key}_{name}_ms", _percentile(saves, share), f"{title}, {name}", "ms")
    say(f"{title}: {len(saves) / seconds:,.1f} saves/s, p95 {_percentile(saves, 0.95):.1f} ms")


def _told(
    standing: Standing,
    visitors: list[Visitor],
    seconds: float,
    warm: float,
    pause: float,
    seed: int,
    pages: tuple[str, ...],
) -> dict[str, Any]:
    """All that the people tell afterwards; whatever was not answered well fails the measurement."""
    told: dict[str, Any] = {"port": standing.port, "people": [asdict(visitor) for visitor in visitors]}
    told |= {
        "seconds": seconds,
        "warm": warm,
        "pause": pause,
        "seed": seed,
        "pages": pages,
        "processes": standing.processes,
    }
    seen: dict[str, Any] = json.loads(as_program("bench.portal.visiting", told, seconds + warm + 90, {}))
    if seen["failed"]:
        raise Failed(f"{seen['failed']} requests failed, the first: {seen['first_failure']}")
    return seen


def _weight(standing: Standing, findings: Findings) -> None:
    visitor = standing.visitors[0]
    weights = asyncio.run(weigh(standing.port, visitor.cookie, f"/reports/{visitor.report}/{FORM}"))
    findings.add("portal_page_kb", sum(weights.values()) / 1000, "the form with all its assets", "kB")
    for name, size in sorted(weights.items(), key=lambda found: -found[1]):
        findings.add(f"portal_weight_{name}_kb", size / 1000, f"of it {name}", "kB")
    say(f"the form and its assets: {sum(weights.values()) / 1000:.1f} kB")


def _lighthouse(ground: Ground, standing: Standing, findings: Findings, preset: str) -> None:
    visitor = standing.visitors[0]
    url = f"{standing.suite.addresses.service('portal')}/reports/{visitor.report}/{FORM}"
    key = "lighthouse" if preset == "phone" else f"lighthouse_{preset}"
    try:
        report = lighthouse.look(url, visitor.cookie, preset, ground.folder)
    except Failed as why:
        say(f"[red]Lighthouse, {preset}, failed[/red]: {why}")
        for name in lighthouse.CATEGORIES:
            findings.fail(f"{key}_{name.replace('-', '_')}", f"Lighthouse, {preset}, {name}", str(why))
        return
    scores = lighthouse.scores(report)
    said = "; ".join(lighthouse.objections(report))
    say(f"Lighthouse, {preset}: {scores} {said}")
    for name, score in scores.items():
        findings.add(f"{key}_{name.replace('-', '_')}", score, f"Lighthouse, {preset}, {name}", "of 100")
    for name, value in lighthouse.milliseconds(report).items():
        unit = "" if name == "cumulative-layout-shift" else "ms"
        findings.add(f"{key}_{name.replace('-', '_')}", value, f"Lighthouse, {preset}, {name}", unit)


def _percentile(found: list[float], share: float) -> float:
    ordered = sorted(found)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
