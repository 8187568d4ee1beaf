"""Event stores and databases for tests: the same test on a SQLite file and on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path

from tests.servers import PostgresServer

_numbers = count(1)
Databases = Callable[[str], str]
"""Gives the URL of a new, empty database of that name's kind."""


def sqlite_databases(folder: Path) -> Databases:
    """New SQLite files in ``folder``."""
    return lambda name: f"sqlite:///{folder}/{name}-{next(_numbers)}.db"


def postgres_databases(server: PostgresServer) -> Databases:
    """New databases of a running PostgreSQL."""
    return lambda name: server.create_database(f"{name.replace('-', '_')}_{next(_numbers)}")
