"""People who save through one server: whose places they are, and what one measurement of them comes to."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from uuid import UUID

from bench.filling import QUESTIONS
from bench.plan import Plan
from bench.served import Failed, as_program

_runs = count(1)


@dataclass
class Report:
    """A report somebody writes: how often each of its questions was answered."""

    id: UUID
    lead: UUID
    versions: dict[str, int]


@dataclass
class Person:
    """One connection with the reports it writes, one after another."""

    port: int
    reports: Sequence[Report]
    finishing: bool = False
    toggled: dict[UUID, int] = field(default_factory=dict)

    def places(self, token: Callable[[UUID], str]) -> list[dict[str, Any]]:
        found = []
        for report in self.reports:
            mine = token(report.lead)
            if self.finishing:
                path = f"/reports/{report.id}/finished-parts"
                times = self.toggled.get(report.id, 0)
                found.append({"path": path, "token": mine, "version": times, "kind": "finish"})
                continue
            for question in QUESTIONS:
                path = f"/reports/{report.id}/answers/{question}"
                found.append({"path": path, "token": mine, "version": report.versions[question]})
        return found

    def now_at(self, versions: Sequence[int]) -> None:
        """What the server has acknowledged is what the next measurement is based on."""
        if self.finishing:
            self.toggled = {report.id: n for report, n in zip(self.reports, versions, strict=True)}
            return
        for number, version in enumerate(versions):
            self.reports[number // len(QUESTIONS)].versions[QUESTIONS[number % len(QUESTIONS)]] = version


@dataclass(frozen=True)
class Seen:
    """What the people saw."""

    per_second: float
    p50_ms: float
    p99_ms: float
    failed: int = 0


def save(
    plan: Plan, people: Sequence[Person], token: Callable[[UUID], str], rate: float = 0.0, *, may_fail: bool = False
) -> Seen:
    """Let people save for the plan's seconds, as fast as they are answered or at a rate.

    Every save must be taken, unless it is said that some may be turned away.
    """
    told = {
        "warm": plan.warm,
        "seconds": plan.seconds,
        "rate": rate,
        "prefix": f"bench-{next(_runs)}",
        "people": [{"port": person.port, "places": person.places(token)} for person in people],
    }
    seen = json.loads(as_program("bench.load", told, plan.warm + plan.seconds + 60, {}))
    for person, versions in zip(people, seen["versions"], strict=True):
        person.now_at(versions)
    if seen["failed"] and not may_fail:
        raise Failed(f"{seen['failed']} saves were not taken, the first: {seen['first_failure']}")
    return Seen(seen["per_second"], seen["p50_ms"], seen["p99_ms"], seen["failed"])
