"""Web servers that are measured: one worker process each unless said otherwise, started alike, ended at the end."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from bench.cost import processor_seconds
from bench.telling import say
from deploy.places import ROOT
from services.reporting.settings import Settings
from tests.servers.ports import free_port

STARTED_WITHIN, ENDED_WITHIN = 120.0, 20.0


class Failed(Exception):
    """Something could not be measured; the message says why, for the table."""


@dataclass
class Server:
    """A web server of its own, told by its environment."""

    command: list[str]
    environment: Mapping[str, str]
    log: Path
    port: int = field(default_factory=free_port)
    ready: str = "/"

    def __enter__(self) -> Self:
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [part.format(port=self.port) for part in self.command],
                cwd=ROOT,
                env=os.environ | self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            self._until_ready()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, _: object, __: TracebackType | None) -> None:
        if self._process.poll() is not None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(ENDED_WITHIN)
        except subprocess.TimeoutExpired:
            say(f"the server on port {self.port} did not end by itself and was killed")
        finally:
            if self._process.poll() is None:
                os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait()

    @property
    def process_id(self) -> int:
        """The process that serves, or that starts those that do."""
        return self._process.pid

    def processor_seconds(self) -> float:
        """What it and the processes it started have had of the processor, in all their threads and in the kernel."""
        return sum(processor_seconds({str(process): process for process in _session(self.process_id)}).values())

    def said(self) -> str:
        """The end of its log."""
        return self.log.read_text(errors="replace")[-1500:]

    def _until_ready(self) -> None:
        until = time.monotonic() + STARTED_WITHIN
        while time.monotonic() < until:
            if self._process.poll() is not None:
                raise Failed(f"the server ended: {self.said()}")
            if self._answers():
                return
            time.sleep(0.1)
        raise Failed(f"the server is not ready after {STARTED_WITHIN:.0f} s: {self.said()}")

    def _answers(self) -> bool:
        try:
            with urlopen(f"http://127.0.0.1:{self.port}{self.ready}", timeout=2):
                return True
        except HTTPError as answer:
            return answer.code < 500
        except (URLError, OSError):
            return False


def uvicorn(app: str, workers: int = 1) -> list[str]:
    """One worker unless more are asked for, with uvloop and httptools as uvicorn's standard extras have it."""
    program = [sys.executable, "-m", "uvicorn", "--factory", app, "--host", "127.0.0.1", "--port", "{port}"]
    return [
        *program,
        "--workers",
        str(workers),
        "--no-access-log",
        "--log-level",
        "warning",
        "--timeout-keep-alive",
        "60",
    ]


def reporting(told: Settings) -> dict[str, str]:
    """What the environment says to our service."""
    return {
        "AARRING_ENVIRONMENT": "test",
        "REPORTING_DATABASE_URL": told.database_url,
        "REPORTING_VAULT_URL": told.vault_url,
        "REPORTING_VAULT_KEY": _base64(told.vault_key.get_secret_value()),
        "REPORTING_NATS_URL": told.nats_url,
        "REPORTING_TOKEN_ISSUERS": str(told.token_issuers),
        "REPORTING_SIGNING_KEY": str(told.signing_key),
        "REPORTING_REGISTRY_URL": str(told.registry_url),
        "REPORTING_REVIEW_URL": str(told.review_url),
    }


def as_program(module: str, told: Any, within: float, environment: Mapping[str, str], *words: str) -> str:
    """What a module of ours says when it is run as a program that is told something."""
    command = [sys.executable, "-m", module, *words]
    environment = os.environ | environment
    try:
        done = subprocess.run(
            command,
            input=json.dumps(told),
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=within,
        )
    except subprocess.TimeoutExpired:
        raise Failed(f"{module} did not end within {within:.0f} s") from None
    if done.returncode != 0:
        raise Failed(f"{module} {' '.join(words)}: {done.stderr.strip()[-700:]}")
    return done.stdout


def _session(leader: int) -> list[int]:
    """The processes of a session; each server is the leader of one of its own."""
    found = []
    for process in map(int, filter(str.isdecimal, os.listdir("/proc"))):
        with suppress(ProcessLookupError):
            found += [process] if os.getsid(process) == leader else []
    return found


def _base64(secret: bytes) -> str:
    return base64.b64encode(secret).decode()
