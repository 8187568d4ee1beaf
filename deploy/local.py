"""A suite on this machine, in the background: one lock, one log per program, answers when it is ready."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from deploy.environment import Addresses, port_setting, suite_environment, write_nats_config
from deploy.health import ailing, health, is_up
from deploy.issuer import Issuer, require_trial_environment
from deploy.locks import is_held, take
from deploy.places import (
    CLOCK,
    DATA,
    DEMO,
    IDENTITY,
    LOGS,
    NATS,
    ROOT,
    RUNNING,
    SECRETS,
    SERVICES,
    SUITE,
    SUPERVISOR,
    Unable,
    shown,
)
from deploy.supervisor import Program, read_procfile

READY_WITHIN = 120.0
STOPPED_WITHIN = 30.0
FALLS_TOLERATED = 3


def up() -> bool:
    """Start the suite and return when every service is ready; False if it was running already."""
    require_trial_environment()
    lock = take(SUITE)
    if lock is None:
        _wait_until_up(Addresses.chosen(), SERVICES)
        return False
    try:
        addresses = Addresses.chosen()
        _require_free_ports(addresses)
        _prepare(addresses)
        _start_supervisor(lock)
    finally:
        os.close(lock)
    try:
        _wait_until_up(addresses, SERVICES)
    except Unable:
        down()
        raise
    return True


def down() -> bool:
    """Stop the suite; False if nothing was running."""
    if not is_running():
        return False
    # The supervisor leads the process group of all it started: while one of them lives, the number is theirs.
    group = int(SUITE.read_text())
    if is_held(SUPERVISOR):
        os.kill(group, signal.SIGTERM)
    else:
        os.killpg(group, signal.SIGTERM)
    if not _free_within(STOPPED_WITHIN):
        os.killpg(group, signal.SIGKILL)
        if not _free_within(STOPPED_WITHIN):
            raise Unable(f"the programs of process group {group} do not stop")
    return True


def reset() -> None:
    """Stop the suite and delete what it knows; tools, and the logs of what was, stay."""
    down()
    for folder in (DATA, DEMO, NATS, IDENTITY, SECRETS, RUNNING):
        shutil.rmtree(folder, ignore_errors=True)
    CLOCK.unlink(missing_ok=True)


def is_running() -> bool:
    return is_held(SUITE)


def stop(name: str) -> bool:
    """Stop one service of the running suite and keep it stopped; False if it was stopped already."""
    program = _program(name)
    if program.held.exists() and not program.process.exists():
        return False
    program.held.touch()
    _wait_for(lambda: not program.process.exists(), f"{name} does not stop", STOPPED_WITHIN)
    return True


def start(name: str) -> list[str]:
    """Let one service run again and return when it is ready; its parts that are not well."""
    program, addresses = _program(name), Addresses.chosen()
    program.exits.unlink(missing_ok=True)
    program.held.unlink(missing_ok=True)
    _wait_until_up(addresses, [name])
    return ailing({name: addresses.service(name)})


def _program(name: str) -> Program:
    if name not in SERVICES:
        raise Unable(f"there is no service '{name}', only {', '.join(SERVICES)}")
    if not is_running():
        raise Unable("the suite is not running here; a service that runs elsewhere is stopped where it runs")
    return next(p for p in read_procfile(suite_environment(Addresses.chosen())) if p.name == name)


def _wait_for(what: Callable[[], bool], otherwise: str, seconds: float) -> None:
    until = time.monotonic() + seconds
    while not what():
        if time.monotonic() > until:
            raise Unable(otherwise)
        time.sleep(0.05)


def _free_within(seconds: float) -> bool:
    until = time.monotonic() + seconds
    while is_running():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def _require_free_ports(addresses: Addresses) -> None:
    for name, port in addresses.ports.items():
        with socket.socket() as attempt:
            attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                attempt.bind(("127.0.0.1", port))
            except OSError as reason:
                raise Unable(
                    f"port {port} ({name}) cannot be used: {reason.strerror}; "
                    f"stop what uses it, or choose another: {port_setting(name)}={port + 1000} make up"
                ) from reason


def _prepare(addresses: Addresses) -> None:
    for folder in (DATA, LOGS, RUNNING):
        folder.mkdir(parents=True, exist_ok=True)
    for log in LOGS.glob("*.log"):
        log.replace(log.with_suffix(".log.1"))
    for left in (*RUNNING.glob("*.exits"), *RUNNING.glob("*.held"), *RUNNING.glob("*.pid")):
        left.unlink()
    if not CLOCK.exists():
        CLOCK.write_text("0\n")
    write_nats_config(addresses)
    Issuer(IDENTITY).ensure()


def _start_supervisor(lock: int) -> None:
    with (LOGS / "supervisor.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "deploy.supervisor", str(lock)],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            pass_fds=[lock],
        )
    os.truncate(lock, 0)
    os.write(lock, str(process.pid).encode())


def _wait_until_up(addresses: Addresses, names: Iterable[str]) -> None:
    """Until all are ready and well, or are ready and have had time enough to become well."""
    until = time.monotonic() + READY_WITHIN
    programs = {program.name: program for program in read_procfile(suite_environment(addresses))}
    awaited = [name for name in names if not programs[name].held.exists()]
    while reports := {n: r for n in awaited if not is_up(r := health(addresses.service(n)))}:
        _give_up_on_the_fallen(programs.values())
        if not is_running():
            raise Unable(_with_last_lines("the suite ended while starting", LOGS / "supervisor.log"))
        if time.monotonic() > until:
            late = next((name for name, report in reports.items() if not (report and report["ready"])), None)
            if late is None:
                return
            what = f"{late} is not ready after {READY_WITHIN:.0f} s"
            raise Unable(_with_last_lines(what, LOGS / f"{late}.log"))
        time.sleep(0.1)


def _give_up_on_the_fallen(programs: Iterable[Program]) -> None:
    for program in programs:
        if program.exits.exists() and int(program.exits.read_text() or 0) >= FALLS_TOLERATED:
            raise Unable(_with_last_lines(f"{program.name} does not stay up", program.log))


def _with_last_lines(what: str, log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines()[-15:] if log.exists() else []
    return "\n".join([f"{what}; the last lines of {shown(log)}:", *lines])
