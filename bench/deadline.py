"""The last hour before the deadline in a hundred times the country, as one machine sees it.

A model, not a recording: nobody has seen that hour yet.  At the end a third of all reports are being written, each by
two people, and each of them saves every ten seconds, which is how often somebody who writes pauses long enough for
the form to save.  Twelve steps stand for five minutes each; in the first a fifth of those people are there, in the
last all of them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from bench.country import raise_country
from bench.filling import QUESTIONS
from bench.findings import Findings
from bench.ground import Ground
from bench.plan import Plan
from bench.saving import Person, Report, Seen, save
from bench.served import Server, reporting, uvicorn
from bench.telling import say

CONNECTIONS = 256
"""Keep-alive connections the portal has open; each carries many people."""
REPORTS_EACH = 8
"""Reports one connection goes through in a step; in each step others, for nobody keeps a whole country in memory."""
STEPS = 12
WRITTEN_AT_THE_END = 1 / 3
WRITERS_EACH = 2
SECONDS_BETWEEN_SAVES = 10.0
AT_FIRST = 0.2


def measure(plan: Plan, ground: Ground, findings: Findings) -> None:
    """Saves offered at the pace of each step: how many were answered, how soon, and how many were turned away."""
    units = plan.country[1]
    say(f"raising a country of {units} units")
    told = ground.settings(ground.databases, ground.nats().url)
    made = asyncio.run(raise_country(told, ground.tokens, units))
    reports = [Report(unit.report, unit.lead, dict.fromkeys(QUESTIONS, 0)) for unit in made]
    log = ground.folder / "deadline.log"
    with Server(uvicorn("services.reporting.app:create"), reporting(told), log, ready="/health/ready") as server:
        for step, offered in enumerate(offered_by_step(units)):
            people = _people(server, reports, step)
            _note(findings, step, offered, save(plan, people, ground.token, offered, may_fail=True))


def offered_by_step(units: int) -> list[float]:
    """Saves a second in each of the steps."""
    most = units * WRITTEN_AT_THE_END * WRITERS_EACH / SECONDS_BETWEEN_SAVES
    return [most * (AT_FIRST + (1 - AT_FIRST) * step / (STEPS - 1)) for step in range(STEPS)]


def _people(server: Server, reports: Sequence[Report], step: int) -> list[Person]:
    first = step * CONNECTIONS * REPORTS_EACH
    some = [reports[(first + n) % len(reports)] for n in range(CONNECTIONS * REPORTS_EACH)]
    return [Person(server.port, some[n::CONNECTIONS]) for n in range(CONNECTIONS)]


def _note(findings: Findings, step: int, offered: float, seen: Seen) -> None:
    minutes = 60 - 5 * step
    say(f"{minutes} min left: {offered:,.0f}/s offered, {seen.per_second:,.0f}/s taken, p99 {seen.p99_ms:.0f} ms")
    when = f"{minutes:02d}_minutes_left"
    said = f"{minutes} minutes before the deadline"
    findings.add(f"deadline_{when}_offered", offered, f"{said}, offered", "saves/s")
    findings.add(f"deadline_{when}_taken", seen.per_second, f"{said}, taken", "saves/s")
    findings.add(f"deadline_{when}_p50_ms", seen.p50_ms, f"{said}, p50", "ms")
    findings.add(f"deadline_{when}_p99_ms", seen.p99_ms, f"{said}, p99", "ms")
    findings.add(f"deadline_{when}_turned_away", seen.failed, f"{said}, turned away", "saves")
