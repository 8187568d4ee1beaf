"""What runs a server: a process of this machine, or a container where a Docker daemon answers."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Protocol

import docker
from docker.errors import DockerException
from docker.models.containers import Container as DockerClientContainer
from testcontainers.core.container import DockerContainer

STARTED_WITHIN = 120.0
STOPPED_WITHIN = 20.0


class Engine(Protocol):
    """Whatever the server is, it can be started, stopped, killed and frozen; its store outlives all of these."""

    def start(self) -> None: ...
    def stop(self) -> None: ...
    def kill(self) -> None: ...
    def pause(self) -> None: ...
    def resume(self) -> None: ...
    def discard(self) -> None: ...
    def is_running(self) -> bool: ...
    def log(self) -> str: ...


@cache
def containers_wanted() -> bool:
    """AARRING_TEST_SERVERS says `local` or `containers`; unsaid, it is whether a Docker daemon answers."""
    said = os.environ.get("AARRING_TEST_SERVERS")
    if said is not None:
        if said not in {"local", "containers"}:
            raise ValueError(f"AARRING_TEST_SERVERS is '{said}'; it must be local or containers")
        return said == "containers"
    try:
        return bool(docker.from_env(timeout=2).ping())
    except DockerException:
        return False


def wait_until(answers: Callable[[], bool], engine: Engine, what: str) -> None:
    """Until the server answers; at once an error with its log if it ends instead."""
    until = time.monotonic() + STARTED_WITHIN
    while time.monotonic() < until:
        if answers():
            return
        if not engine.is_running():
            raise RuntimeError(f"{what} ended while starting:\n{engine.log()}")
    raise TimeoutError(f"{what} does not answer after {STARTED_WITHIN:.0f} s:\n{engine.log()}")


class LocalProcess:
    """A program of this machine, run as another user where it must be."""

    def __init__(
        self,
        command: Sequence[str],
        folder: Path,
        *,
        user: str | None = None,
        environment: Mapping[str, str] | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
        kill_signal: signal.Signals = signal.SIGKILL,
    ) -> None:
        self._command = list(command)
        self._folder = folder
        self._user = user
        self._environment = os.environ | (environment or {})
        self._stop_signal = stop_signal
        self._kill_signal = kill_signal
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with (self._folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                cwd=self._folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                user=self._user,
                # A terminal's Ctrl-C is for the tests, which then stop their servers in order.
                start_new_session=True,
            )

    def stop(self) -> None:
        self._end(self._stop_signal)

    def kill(self) -> None:
        self._end(self._kill_signal)

    def pause(self) -> None:
        self._send(signal.SIGSTOP)

    def resume(self) -> None:
        self._send(signal.SIGCONT)

    def discard(self) -> None:
        self.stop()

    def is_running(self) -> bool:
        """Gives the process a moment to end, so that asking in a loop does not spin."""
        if self._process is None:
            return False
        try:
            self._process.wait(0.02)
        except subprocess.TimeoutExpired:
            return True
        return False

    def log(self) -> str:
        return (self._folder / "server.log").read_text(errors="replace")[-4000:]

    def _send(self, number: signal.Signals) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(number)

    def _end(self, number: signal.Signals) -> None:
        self._send(number)
        self.resume()
        if self._process is None:
            return
        try:
            self._process.wait(STOPPED_WITHIN)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class Container:
    """A container whose port is bound to one of ours for as long as it exists, also while it is stopped."""

    def __init__(self, image: str, command: str, ports: tuple[int, int], settings: Mapping[str, str]) -> None:
        inner, ours = ports
        self._container = DockerContainer(image).with_bind_ports(inner, ours)
        self._container.with_command(command).with_envs(**settings)
        self._created = False

    def start(self) -> None:
        if self._created:
            self._wrapped().start()
        else:
            self._container.start()
            self._created = True

    def stop(self) -> None:
        self._wrapped().stop(timeout=int(STOPPED_WITHIN))

    def kill(self) -> None:
        self._wrapped().kill()
        self._wrapped().wait()

    def pause(self) -> None:
        self._wrapped().pause()

    def resume(self) -> None:
        self._wrapped().unpause()

    def discard(self) -> None:
        if self._created:
            self._container.stop()

    def is_running(self) -> bool:
        self._wrapped().reload()
        return str(self._wrapped().status) in {"created", "running", "paused"}

    def log(self) -> str:
        return bytes(self._wrapped().logs(tail=40)).decode(errors="replace")

    def _wrapped(self) -> DockerClientContainer:
        return self._container.get_wrapped_container()
