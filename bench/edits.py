"""A save over HTTP, ours beside the peers: the same requests, in turn, round after round."""

from __future__ import annotations

from collections.abc import Sequence

from bench.findings import Findings
from bench.ground import Ground
from bench.peer import OURS, PEERS, STOCK, Peer, Standing, stand
from bench.plan import PEOPLE, Plan
from bench.saving import Person, Report, save
from bench.served import Failed
from bench.telling import say
from tests.stores import Databases

FLUSH = "_flush_1ms"
SQLITE = "_on_sqlite"
SAID = {"": "", FLUSH: ", 1 ms flush", SQLITE: ", on SQLite"}


def measure(plan: Plan, ground: Ground, findings: Findings) -> None:
    """All peers on PostgreSQL, with the disk as it is and with a slower one; two of them on SQLite."""
    standing = _stand(plan, ground, findings, PEERS, ground.databases, "")
    in_file = _stand(plan, ground, findings, (OURS, STOCK), ground.files, SQLITE)
    for number in range(plan.rounds):
        for one in _in_turn(standing, number):
            _round(plan, ground, findings, one, 2 * number, "")
        with ground.slow_flush(1):
            for one in _in_turn(standing, number):
                _round(plan, ground, findings, one, 2 * number + 1, FLUSH)
        for one in _in_turn(in_file, number):
            _round(plan, ground, findings, one, number, SQLITE)
    _ratios(findings)


def _stand(
    plan: Plan, ground: Ground, findings: Findings, peers: tuple[Peer, ...], databases: Databases, where: str
) -> list[Standing]:
    standing = []
    for peer in peers:
        say(f"filling {peer.name}{where} with {plan.slices * PEOPLE} reports")
        try:
            standing.append(stand(ground, peer, databases, plan.slices * PEOPLE))
        except Failed as why:
            _fail(findings, peer, where, why)
    return standing


def _in_turn(standing: list[Standing], number: int) -> list[Standing]:
    """Another one begins each round."""
    first = number % len(standing) if standing else 0
    return standing[first:] + standing[:first]


def _round(plan: Plan, ground: Ground, findings: Findings, one: Standing, part: int, where: str) -> None:
    """Reports nobody has written since they were filled, so that all histories are equally long."""
    reports = one.reports[part * PEOPLE : (part + 1) * PEOPLE]
    people = [Person(one.server.port, [report]) for report in reports]
    name, title, note = f"{one.peer.name}{where}", f"{one.peer.title}{SAID[where]}", one.peer.note
    before, spent = _saved(reports), one.server.processor_seconds()
    try:
        seen = save(plan, people, ground.token)
    except Failed as why:
        _fail(findings, one.peer, where, why)
        return
    cost = 1e6 * (one.server.processor_seconds() - spent) / (_saved(reports) - before)
    say(f"{name}: {seen.per_second:,.0f} saves/s, p99 {seen.p99_ms:.1f} ms, {cost:.0f} µs of the processor")
    findings.add(f"{name}_per_second", seen.per_second, title, "saves/s", note)
    findings.add(f"{name}_p50_ms", seen.p50_ms, f"{title}, p50", "ms")
    findings.add(f"{name}_p99_ms", seen.p99_ms, f"{title}, p99", "ms")
    findings.add(f"{name}_cost_us", cost, f"{title}, processor time of the server", "µs a save")


def _saved(reports: Sequence[Report]) -> int:
    """How often anything of them was saved."""
    return sum(times for report in reports for times in report.versions.values())


def _fail(findings: Findings, peer: Peer, where: str, why: Failed) -> None:
    say(f"[red]{peer.name}{where} failed[/red]: {why}")
    for figure in ("per_second", "p50_ms", "p99_ms", "cost_us"):
        findings.fail(f"{peer.name}{where}_{figure}", f"{peer.title}{SAID[where]}, {figure}", str(why))


def _ratios(findings: Findings) -> None:
    for where in ("", FLUSH):
        slower = SAID[where]
        ours = f"ours{where}_per_second"
        django = findings.best(f"django_uvicorn{where}_per_second", f"django_gunicorn{where}_per_second")
        for name, peer in (("bare_insert", "bare"), ("stock", "stock"), ("eventsource_py", "eventsource_library")):
            findings.ratio(f"edit_vs_{name}{where}", ours, f"{peer}{where}_per_second", f"edit over {peer}{slower}")
        findings.ratio(f"edit_vs_django{where}", ours, django, f"edit over Django, the quicker of two{slower}")
        costs = [f"{name}{where}_cost_us" for name in ("ours", "bare", "empty")]
        findings.ratio(f"cost_vs_bare{where}", costs[0], costs[1], f"processor time, edit over bare{slower}")
        findings.ratio(f"cost_vs_empty{where}", costs[0], costs[2], f"processor time, edit over nothing{slower}")
    on_file = [f"{name}{SQLITE}_per_second" for name in ("ours", "stock")]
    findings.ratio("sqlite_edit_vs_stock", on_file[0], on_file[1], "edit over stock, both on SQLite")
