"""A PostgreSQL that tests may stop, crash and start again, with a new database for whoever asks."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Self

import psycopg
from psycopg import sql

from deploy.binaries import library_path, open_to_all, require_postgres
from tests.servers.engines import Container, Engine, LocalProcess, containers_wanted, wait_until
from tests.servers.ports import free_port

IMAGE = os.environ.get("AARRING_POSTGRES_IMAGE", "postgres:16-alpine")
OPTIONS = {"max_connections": "200", "jit": "off", "timezone": "UTC", "log_checkpoints": "off"}


class PostgresServer:
    """One server with a superuser of its own; everything it stored is gone when the `with` block ends."""

    def __init__(self, *, fsync: bool = True) -> None:
        self._port = free_port()
        self._password = secrets.token_urlsafe()
        options = OPTIONS | {"fsync": "on" if fsync else "off"}
        self._folder: Path | None = None
        self._engine = self._container(options) if containers_wanted() else self._local(options)

    @property
    def folder(self) -> Path | None:
        """Where its data lies; None where a container has it."""
        return self._folder

    def start(self) -> Self:
        self._engine.start()
        wait_until(self._answers, self._engine, "PostgreSQL")
        return self

    def stop(self) -> None:
        """Let it end in order, without waiting for its clients."""
        self._engine.stop()

    def kill(self) -> None:
        """End it without a checkpoint: the next start recovers as after a crash."""
        self._engine.kill()

    def restart(self) -> None:
        """Run it again on the same data and port, stopping it first if it runs."""
        if self._engine.is_running():
            self._engine.stop()
        self.start()

    def create_database(self, name: str) -> str:
        """A new, empty database; its URL."""
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            # Copied as files, where the server lets one choose, it takes a third of the time.
            how = sql.SQL("STRATEGY FILE_COPY" if connection.info.server_version >= 150_000 else "")
            connection.execute(sql.SQL("CREATE DATABASE {} {}").format(sql.Identifier(name), how))
        return self._url(name)

    def drop_databases(self, urls: Iterable[str]) -> None:
        """Take databases away, whoever is still connected to them."""
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            for url in urls:
                name = sql.Identifier(url.rpartition("/")[2])
                connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))

    def __enter__(self) -> Self:
        with ExitStack() as unless_it_starts:
            unless_it_starts.callback(self.__exit__)
            self.start()
            unless_it_starts.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._engine.discard()
        if self._folder is not None:
            shutil.rmtree(self._folder)

    def _url(self, database: str) -> str:
        return f"postgresql://postgres:{self._password}@127.0.0.1:{self._port}/{database}"

    def _local(self, options: dict[str, str]) -> Engine:
        programs = require_postgres()
        user = unprivileged_user()
        folder = self._folder = _folder_for(user)
        environment = library_path(programs)
        _initialise(programs, folder, self._password, user, environment)
        options |= {"port": str(self._port), "listen_addresses": "127.0.0.1", "unix_socket_directories": ""}
        command = [str(programs / "postgres"), "-D", str(folder / "data"), *_as_arguments(options)]
        return LocalProcess(
            command,
            folder,
            user=user,
            environment=environment,
            stop_signal=signal.SIGINT,
            # SIGKILL would leave its children behind, holding the shared memory the next start needs.
            kill_signal=signal.SIGQUIT,
        )

    def _container(self, options: dict[str, str]) -> Engine:
        command = " ".join(["postgres", *_as_arguments(options)])
        return Container(IMAGE, command, (5432, self._port), {"POSTGRES_PASSWORD": self._password})

    def _answers(self) -> bool:
        try:
            psycopg.connect(self._url("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True


def unprivileged_user() -> str | None:
    """PostgreSQL refuses to run as root: then it runs as Debian's user for it, or as nobody."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _folder_for(user: str | None) -> Path:
    """A folder of the server's own, where its user can reach it."""
    place = Path(tempfile.gettempdir())
    if user is not None and not open_to_all(place):
        place = Path("/tmp")  # noqa: S108  # only where TMPDIR is closed to that user; mkdtemp makes it private
    folder = Path(tempfile.mkdtemp(prefix="aarring-postgres-", dir=place))
    if user is not None:
        shutil.chown(folder, user)
    return folder


def _initialise(programs: Path, folder: Path, password: str, user: str | None, environment: dict[str, str]) -> None:
    secret = folder / "password"
    secret.write_text(password)
    if user is not None:
        shutil.chown(secret, user)
    command = [str(programs / "initdb"), "-D", str(folder / "data"), "--username=postgres", "--no-sync"]
    command += ["--auth=scram-sha-256", f"--pwfile={secret}", "--encoding=UTF8", "--locale=C.UTF-8"]
    made = subprocess.run(
        command,
        cwd=folder,
        env=os.environ | environment,
        user=user,
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode != 0:
        raise RuntimeError(f"initdb could not make a database cluster:\n{made.stderr}")


def _as_arguments(options: dict[str, str]) -> list[str]:
    return [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
