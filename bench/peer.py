"""Who is measured: ours and each peer, with how it is filled and served."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bench.country import raise_country, units_of
from bench.filling import QUESTIONS
from bench.ground import Ground
from bench.saving import Report
from bench.served import Server, as_program, reporting, uvicorn
from tests.stores import Databases

SAVES_BEFORE = 16
"""Saves of each question before anything is measured, with every peer alike."""
FILLED_WITHIN = 600.0
ESPY_NOTE = "its feed for followers loses events under concurrent appends of several events"


@dataclass(frozen=True)
class Peer:
    """``module`` fills it; ``command`` serves it."""

    name: str
    title: str
    module: str = ""
    command: list[str] = field(default_factory=list)
    environment: Mapping[str, str] = field(default_factory=dict)
    note: str = ""

    @property
    def is_ours(self) -> bool:
        return not self.module


def fastapi_peer(name: str, title: str, workers: int = 1, note: str = "") -> Peer:
    """A peer behind FastAPI and uvicorn."""
    module = f"bench.peers.{name}"
    return Peer(name, title, module, uvicorn(f"{module}:create", workers), note=note)


DJANGO = "bench.peers.django_rest.served"
GUNICORN = [sys.executable, "-m", "gunicorn", f"{DJANGO}:wsgi()", "--bind", "127.0.0.1:{port}", "--keep-alive", "60"]
OURS = Peer("ours", "ours: the documented route, rules, rights, sealed, idempotent")
BARE = fastapi_peer("bare", "bare asyncpg INSERT behind FastAPI")
EMPTY = fastapi_peer("empty", "nothing behind FastAPI but the same check and validation")
STOCK = fastapi_peer("stock", "stock eventsourcing behind FastAPI")
PEERS = (
    OURS,
    BARE,
    EMPTY,
    STOCK,
    fastapi_peer("eventsource_library", "eventsource-py behind FastAPI", note=ESPY_NOTE),
    Peer(
        "django_uvicorn",
        "Django REST + simple-history, uvicorn",
        DJANGO,
        uvicorn(f"{DJANGO}:asgi"),
        {"BENCH_DJANGO_POOL": "yes"},
    ),
    Peer(
        "django_gunicorn",
        "Django REST + simple-history, gunicorn",
        DJANGO,
        [*GUNICORN, "--workers", "1", "--threads", "16"],
    ),
)


@dataclass
class Standing:
    """A peer that is being served, with the reports it was filled with."""

    peer: Peer
    server: Server
    reports: list[Report]


def stand(ground: Ground, peer: Peer, databases: Databases, many: int) -> Standing:
    """Fill a peer with ``many`` reports and serve it."""
    units = units_of(many)
    log = ground.folder / f"{peer.name}-{next(ground.numbers)}.log"
    if peer.is_ours:
        told = ground.settings(databases, ground.nats().url)
        asyncio.run(raise_country(told, ground.tokens, many, lambda unit: SAVES_BEFORE))
        server = Server(uvicorn("services.reporting.app:create"), reporting(told), log, ready="/health/ready")
    else:
        environment = environment_of(ground, peer, databases)
        filled = {"reports": {str(unit.report): str(unit.lead) for unit in units}, "saves": SAVES_BEFORE}
        as_program("bench.filling", filled, FILLED_WITHIN, environment, peer.module)
        server = Server(peer.command, environment, log)
    ground.stack.enter_context(server)
    reports = [Report(unit.report, unit.lead, dict.fromkeys(QUESTIONS, SAVES_BEFORE)) for unit in units]
    return Standing(peer, server, reports)


def environment_of(ground: Ground, peer: Peer, databases: Databases) -> dict[str, str]:
    """What a peer is told: where its database is, and whose tokens count."""
    issuers: Path = ground.tokens.issuers_file
    return {
        "AARRING_ENVIRONMENT": "test",
        "BENCH_DATABASE_URL": databases(peer.name),
        "BENCH_TOKEN_ISSUERS": str(issuers),
        **peer.environment,
    }
