"""What every measurement stands on: PostgreSQL that syncs to a real disk, NATS, an issuer of tokens, a folder."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from uuid import UUID

import psycopg
from pydantic import SecretBytes

from bench.machine import file_system
from deploy.nats_servers import newest
from deploy.places import Unable
from services.reporting.settings import Settings
from shared.settings import Environment
from tests.servers import NatsServer, PostgresServer
from tests.stores import Databases, postgres_databases, sqlite_databases
from tests.tokens import Tokens

NOWHERE = "http://127.0.0.1:9"
NOWHERE_NATS = "nats://127.0.0.1:9"
KEY = b"b" * 32
TOKEN_USED = 150.0


@dataclass
class Ground:
    """Servers that run for as long as something is measured."""

    folder: Path
    postgres: PostgresServer
    tokens: Tokens
    stack: ExitStack
    numbers: Iterator[int]
    nats_server: Path | None
    """The newest one that is here; the system's own may be too old to write all it acknowledges to disk."""
    minted: dict[UUID, tuple[float, str]] = field(default_factory=dict)

    @property
    def disk(self) -> Path:
        """Where the commits of what is measured go."""
        return self.postgres.folder or self.folder

    @property
    def databases(self) -> Databases:
        return postgres_databases(self.postgres)

    @property
    def files(self) -> Databases:
        return sqlite_databases(self.folder)

    def nats(self) -> NatsServer:
        """A nats-server of its own, which writes every acknowledged message to disk where it can."""
        place = self.folder / f"nats-{next(self.numbers)}"
        server = NatsServer(place, program=self.nats_server, always=self.nats_server is not None)
        return self.stack.enter_context(server)

    @contextmanager
    def part(self) -> Iterator[None]:
        """What is started in between ends with it, so that it costs nobody else anything."""
        whole = self.stack
        try:
            with ExitStack() as self.stack:
                yield
        finally:
            self.stack = whole

    def settings(self, databases: Databases, nats_url: str) -> Settings:
        """What a reporting service is told; nobody else is there to be heard."""
        return Settings(
            environment=Environment.TEST,
            clock_file=None,
            database_url=databases("reporting"),
            vault_url=databases("reporting-vault"),
            vault_key=SecretBytes(KEY),
            nats_url=nats_url,
            token_issuers=self.tokens.issuers_file,
            signing_key=self.tokens.signing_key("reporting"),
            registry_url=NOWHERE,
            review_url=NOWHERE,
        )

    def token(self, person: UUID) -> str:
        """A token of a person for reporting; it is good for five minutes, and used for the half of them."""
        made, token = self.minted.get(person, (-TOKEN_USED, ""))
        if time.monotonic() > made + TOKEN_USED:
            token = self.tokens.mint(person, "reporting")
            self.minted[person] = time.monotonic(), token
        return token

    @contextmanager
    def slow_flush(self, milliseconds: float) -> Iterator[None]:
        """PostgreSQL waits before each flush of its log, as for a slower disk; commits may still go together."""
        try:
            self._set(int(milliseconds * 1000), 0)
            yield
        finally:
            self._set(0, 5)

    def _set(self, delay: int, siblings: int) -> None:
        with psycopg.connect(self.databases("settings"), autocommit=True) as connection:
            connection.execute(f"ALTER SYSTEM SET commit_delay = {delay:d}")
            connection.execute(f"ALTER SYSTEM SET commit_siblings = {siblings:d}")
            connection.execute("SELECT pg_reload_conf()")


@contextmanager
def ground() -> Iterator[Ground]:
    """Everything started, in a folder of the system's temporary place; gone at the end."""
    os.environ.setdefault("AARRING_ENVIRONMENT", "test")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="aarring-bench-")))
        must_be_on_disk(folder)
        postgres = stack.enter_context(PostgresServer())
        # Its folder is another where its user may not enter ours.
        here = Ground(folder, postgres, Tokens(folder / "identity"), stack, count(1), _newest_nats_server())
        must_be_on_disk(here.disk)
        yield here


def must_be_on_disk(folder: Path) -> None:
    """A commit to memory costs nothing, and says nothing of one to a disk."""
    if file_system(folder) in {"tmpfs", "ramfs"}:
        raise SystemExit(f"{folder} is in memory, not on a disk: name a place on one in TMPDIR")


def _newest_nats_server() -> Path | None:
    try:
        return newest()
    except Unable:
        return None
