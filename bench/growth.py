"""Whether it stays as quick: for a country a hundred times as large, for more connections, and for more processes."""

from __future__ import annotations

import asyncio

from bench.country import Unit, raise_country
from bench.filling import QUESTIONS
from bench.findings import Findings
from bench.ground import Ground
from bench.peer import BARE, OURS, Peer, Standing, fastapi_peer, stand
from bench.plan import PEOPLE, Plan
from bench.saving import Person, Report, save
from bench.served import Server, reporting, uvicorn
from bench.telling import say

REPORTS_EACH = 8
"""Reports one connection goes through, from all over the country."""


def country(plan: Plan, ground: Ground, findings: Findings) -> None:
    """People save all over a country as it is, and all over one with a hundred times as many units."""
    people = {}
    for units in plan.country:
        say(f"raising a country of {units} units")
        told = ground.settings(ground.databases, ground.nats().url)
        made = asyncio.run(raise_country(told, ground.tokens, units))
        log = ground.folder / f"country-{units}.log"
        server = Server(uvicorn("services.reporting.app:create"), reporting(told), log, ready="/health/ready")
        people[units] = _all_over(ground.stack.enter_context(server), made)
    for _ in range(plan.rounds):
        for units, some in people.items():
            speed = save(plan, some, ground.token).per_second
            say(f"saves in a country of {units} units: {speed:,.0f}/s")
            findings.add(f"country_{units}_per_second", speed, f"saves in a country of {units} units", "saves/s")
    small, large = (f"country_{units}_per_second" for units in plan.country)
    findings.ratio("growth_country", small, large, "cost of a save at 100 times the country over once")


def _all_over(server: Server, units: list[Unit]) -> list[Person]:
    """Everybody has reports of their own, each as far from the next as can be."""
    many = min(PEOPLE * REPORTS_EACH, len(units))
    picked = [units[number * len(units) // many] for number in range(many)]
    fresh = [Report(unit.report, unit.lead, dict.fromkeys(QUESTIONS, 0)) for unit in picked]
    return [Person(server.port, fresh[n::PEOPLE]) for n in range(PEOPLE)]


def connections(plan: Plan, ground: Ground, findings: Findings) -> None:
    """From one person at a time to many, ours beside the bare INSERT."""
    standing = [stand(ground, peer, ground.databases, PEOPLE) for peer in (OURS, BARE)]
    for _ in range(plan.rounds):
        for many in plan.connections:
            for one in standing:
                _note(plan, ground, findings, one.peer, f"connections_{many}", _people([one], many))


def processes(plan: Plan, ground: Ground, findings: Findings) -> None:
    """Ours with a part of the reports for each process, as one writes a database; the bare INSERT with workers."""
    for many in plan.processes:
        with ground.part():
            ours = [stand(ground, OURS, ground.databases, PEOPLE) for _ in range(many)]
            bare = stand(ground, fastapi_peer("bare", BARE.title, workers=many), ground.databases, PEOPLE)
            for _ in range(plan.rounds):
                _note(plan, ground, findings, OURS, f"processes_{many}", _people(ours, PEOPLE))
                _note(plan, ground, findings, BARE, f"processes_{many}", _people([bare], PEOPLE))


def _people(standing: list[Standing], many: int) -> list[Person]:
    """The connections in equal parts on the servers, a report for each."""
    chosen = ((standing[n % len(standing)], n) for n in range(many))
    return [Person(one.server.port, [one.reports[n]]) for one, n in chosen]


def _note(plan: Plan, ground: Ground, findings: Findings, peer: Peer, what: str, people: list[Person]) -> None:
    seen = save(plan, people, ground.token)
    say(f"{peer.name}, {what}: {seen.per_second:,.0f} saves/s, p99 {seen.p99_ms:.1f} ms")
    title = f"{peer.title}, {what.replace('_', ' ')}"
    findings.add(f"{peer.name}_{what}_per_second", seen.per_second, title, "saves/s")
    findings.add(f"{peer.name}_{what}_p99_ms", seen.p99_ms, f"{title}, p99", "ms")
