"""A suite of the tests' own, started as a user starts one: other ports, other state, everything else the same."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from deploy.demo.client import Suite
from deploy.environment import PORTS, Addresses, port_setting
from deploy.issuer import Issuer
from deploy.locks import is_held
from deploy.places import ROOT, SERVICES
from tests.servers.ports import free_port
from tests.stores import Databases

PATIENCE = 300


class RunningSuite:
    """The whole suite under its supervisor; ``databases`` are others than SQLite files, ``told`` other settings."""

    def __init__(self, var: Path, databases: Databases | None = None, told: Mapping[str, str] | None = None) -> None:
        self.var = var
        self.addresses = Addresses({name: free_port() for name in PORTS})
        self._environment = {"AARRING_VAR": str(var), "AARRING_ENVIRONMENT": "test"}
        self._environment |= {port_setting(name): str(port) for name, port in self.addresses.ports.items()}
        if databases is not None:
            self._environment |= _urls(databases)
        self._environment |= told or {}

    def __enter__(self) -> Self:
        self.run("deploy.cli", "up")
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop it as a user does, unless it is stopped already."""
        if is_held(self.var / "run/suite"):
            self.run("deploy.cli", "down")

    def callers(self) -> Suite:
        """The HTTP APIs, for whoever asks."""
        return Suite(self.addresses, self.issuer)

    @property
    def environment(self) -> Mapping[str, str]:
        """What a program is told that shall belong to this suite."""
        return self._environment

    @property
    def issuer(self) -> Issuer:
        return Issuer(self.var / "identity")

    def run(self, *module: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """A module of ours as a program, told of this suite."""
        done = subprocess.run(
            [sys.executable, "-m", *module],
            cwd=ROOT,
            env=os.environ | self._environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == 0 or not check, done.stdout + done.stderr
        return done

    def pid(self, program: str) -> int:
        """The process a program runs as, by the supervisor's own log."""
        log = (self.var / "log/supervisor.log").read_text()
        return int(re.findall(rf"{program} started as (\d+)", log)[-1])

    def running(self, program: str) -> int | None:
        """The process a program runs as; None while its supervisor waits before it starts it again."""
        file = self.var / f"run/{program}.pid"
        return int(file.read_text() or 0) or None if file.exists() else None

    def supervisor(self) -> int:
        """The process that keeps the programs running."""
        return int((self.var / "run/suite").read_text())

    def database(self, name: str) -> str:
        """The URL of a service's database, or of its vault (``registry-vault``)."""
        service, _, kind = name.partition("-")
        setting = f"{service.upper()}_{'VAULT' if kind else 'DATABASE'}_URL"
        return self._environment.get(setting, f"sqlite:///{self.var}/data/{name}.db")

    def kill(self, program: str) -> int:
        """End a program as a crash would; the number it had."""
        killed = self.pid(program)
        os.kill(killed, signal.SIGKILL)
        return killed


def _urls(databases: Databases) -> Mapping[str, str]:
    urls = {f"{name.upper()}_DATABASE_URL": databases(name) for name in SERVICES}
    urls["PORTAL_DATABASE_URL"] = databases("portal")
    return urls | {f"{name.upper()}_VAULT_URL": databases(f"{name}-vault") for name in SERVICES}
