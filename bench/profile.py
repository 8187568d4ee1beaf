"""Where the time of a save goes: the server sampled while people save, its shares of the interpreter by layer."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from bench.findings import Findings
from bench.ground import Ground
from bench.peer import BARE, OURS, Standing, stand
from bench.plan import PEOPLE, Plan
from bench.saving import Person, save
from bench.served import Failed
from bench.telling import say

SAMPLER = Path(sys.executable).with_name("py-spy")
SAMPLES_PER_SECOND = 400
LAYERS = {
    "services/": "decisions, rights, rows and routes of reporting",
    "shared/desk/": "the desk: turns, batches, answers",
    "shared/eventstore/": "the event store's own code",
    "shared/vault.py": "sealing",
    "shared/tokens.py": "tokens",
    "shared/outbox": "the relay",
    "shared/": "the rest of the shared kernel",
    "/jwt/": "tokens",
    "/cryptography/": "tokens, sealing",
    "/psycopg": "the database's driver",
    "/asyncpg/": "the database's driver",
    "/sqlalchemy/": "SQLAlchemy",
    "/eventsourcing/": "eventsourcing",
    "/pydantic": "pydantic",
    "/fastapi/": "FastAPI and Starlette",
    "/starlette/": "FastAPI and Starlette",
    "/uvicorn/": "uvicorn",
    "/nats/": "nats-py",
    "/structlog/": "structlog",
}
"""By the file of the innermost function that belongs to one of these, the first that fits."""
_FILE = re.compile(r"\(([^()]+):\d+\)$")


def measure(plan: Plan, ground: Ground, findings: Findings) -> None:
    """Ours and the bare INSERT, sampled by py-spy while 64 people save; only who holds the interpreter counts."""
    for peer in (OURS, BARE):
        standing = stand(ground, peer, ground.databases, PEOPLE)
        try:
            shares, saves = _sampled(plan, ground, standing)
        except Failed as why:
            findings.fail(f"profile_{peer.name}", f"{peer.title}, sampled", str(why))
            continue
        busy = sum(shares.values()) / SAMPLES_PER_SECOND / plan.seconds
        findings.add(f"profile_{peer.name}_busy", 100 * busy, f"{peer.name}: the interpreter is busy", "%")
        for layer, samples in shares.most_common():
            microseconds = 1e6 * samples / SAMPLES_PER_SECOND / plan.seconds / saves
            findings.add(f"profile_{peer.name}_{layer}", microseconds, f"{peer.name}: {layer}", "µs a save")


def _sampled(plan: Plan, ground: Ground, one: Standing) -> tuple[Counter[str], float]:
    """How many samples fell on each layer, and the saves a second meanwhile."""
    file = ground.folder / f"profile-{one.peer.name}.txt"
    people = [Person(one.server.port, [report]) for report in one.reports]
    sampling = threading.Timer(plan.warm + 0.5, _sample, (one.server.process_id, plan.seconds, file))
    sampling.start()
    try:
        seen = save(plan, people, ground.token)
    finally:
        sampling.join()
    if not file.exists():
        raise Failed(f"{SAMPLER} could not look into the server; it needs the right to trace it")
    say(f"{one.peer.name}: sampled at {seen.per_second:,.0f} saves/s")
    return layers(file.read_text().splitlines()), seen.per_second


def _sample(process: int, seconds: float, file: Path) -> None:
    duration = str(max(1, int(seconds)))
    command = [str(SAMPLER), "record", "--gil", "--nonblocking", "--format", "raw", "--output", str(file)]
    options = ["--rate", str(SAMPLES_PER_SECOND), "--duration", duration, "--full-filenames", "--pid", str(process)]
    subprocess.run(command + options, capture_output=True, check=False, timeout=seconds + 60)


def layers(stacks: Iterable[str]) -> Counter[str]:
    """Samples by layer, of lines that hold a stack, outermost first, and how often it was seen."""
    found = Counter[str]()
    for line in stacks:
        stack, _, samples = line.rpartition(" ")
        found[_layer(stack.split(";"))] += int(samples)
    return found


def _layer(stack: list[str]) -> str:
    for frame in reversed(stack):
        named = _FILE.search(frame)
        for part, layer in LAYERS.items():
            if named and part in named.group(1):
                return layer
    return "the event loop and what else is Python's own"
