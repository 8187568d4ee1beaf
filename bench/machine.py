"""The machine the figures belong to: without it they mean nothing."""

from __future__ import annotations

import os
import platform
import time
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

import psycopg

LIBRARIES = (
    "fastapi",
    "uvicorn",
    "uvloop",
    "psycopg",
    "nats-py",
    "eventsourcing",
    "msgspec",
    "pydantic",
    "sqlalchemy",
)
PEERS = ("asyncpg", "django", "djangorestframework", "django-simple-history", "eventsource-py", "gunicorn")
FLUSHES = 200


def facts(folder: Path, database_url: str) -> dict[str, Any]:
    """Cores, processor, memory, the disk's flush, the versions, and how busy the machine was at the start."""
    with psycopg.connect(database_url) as connection:
        found = connection.execute(
            "SELECT current_setting('server_version'), current_setting('fsync'), "
            "current_setting('synchronous_commit')"
        ).fetchone()
    assert found is not None
    flushes = flush_milliseconds(folder)
    return {
        "cores": os.cpu_count(),
        "processor": _processor(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "system": platform.platform(),
        "python": platform.python_version(),
        "postgresql": {"version": found[0], "fsync": found[1], "synchronous_commit": found[2]},
        "file_system": file_system(folder),
        "fdatasync_ms": {"median": round(median(flushes), 3), "worst": round(max(flushes), 3)},
        "load_average_before": os.getloadavg()[0],
        "versions": {name: version(name) for name in (*LIBRARIES, *PEERS)},
    }


def flush_milliseconds(folder: Path) -> list[float]:
    """How long each of many small writes takes until the disk has it."""
    took, path = [], folder / "flushes"
    with path.open("wb", buffering=0) as file:
        for _ in range(FLUSHES):
            file.write(b"x" * 4096)
            begun = time.perf_counter()
            os.fdatasync(file.fileno())
            took.append(1000 * (time.perf_counter() - begun))
    path.unlink()
    return took


def file_system(folder: Path) -> str:
    """The kind of file system a folder is on; empty where the system does not say."""
    mounts = Path("/proc/mounts")
    if not mounts.exists():
        return ""
    found = [line.split()[1:3] for line in mounts.read_text().splitlines()]
    above = [(point, kind) for point, kind in found if folder.resolve().is_relative_to(point)]
    return max(above, key=lambda mount: len(mount[0]))[1] if above else ""


def _processor() -> str:
    known = Path("/proc/cpuinfo")
    lines = known.read_text().splitlines() if known.exists() else []
    return next(
        (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.processor()
    )
