"""A suite on this machine, in the background: one lock, one log per program, answers when it is ready."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress

from deploy.environment import Addresses, port_setting, suite_environment, write_nats_config
from deploy.health import ailing
from deploy.issuer import Issuer, require_trial_environment
from deploy.locks import is_held, take
from deploy.places import (
    CLOCK,
    DATA,
    DEMO,
    EXAMPLES,
    IDENTITY,
    LOGS,
    NATS,
    ROOT,
    RUNNING,
    SECRETS,
    SERVICES,
    SITES,
    SUITE,
    SUPERVISOR,
    Unable,
)
from deploy.readiness import wait_until_up
from deploy.supervisor import Program, read_procfile

STOPPED_WITHIN = 30.0


def up() -> bool:
    """Start the suite and return when every service is ready; False if it was running already."""
    require_trial_environment()
    lock, addresses = take(SUITE), Addresses.chosen()
    if lock is None:
        programs = _programs()
        for program in programs:
            program.held.unlink(missing_ok=True)
        wait_until_up(addresses, (*SERVICES, *SITES), programs)
        return False
    try:
        # The number in it is of a suite that is gone, and may be anybody's by now.
        os.truncate(lock, 0)
        _require_free_ports(addresses)
        _prepare(addresses)
        _start_supervisor(lock)
    finally:
        os.close(lock)
    try:
        wait_until_up(addresses, (*SERVICES, *SITES), _programs())
    except Unable:
        down()
        raise
    return True


def down() -> bool:
    """Stop the suite; False if nothing was running."""
    group = _process_group()
    if group is None:
        return False
    if is_held(SUPERVISOR):
        _signal(os.kill, group, signal.SIGTERM)
    else:
        _signal(os.killpg, group, signal.SIGTERM)
    if not _free_within(STOPPED_WITHIN):
        _signal(os.killpg, group, signal.SIGKILL)
        if not _free_within(STOPPED_WITHIN):
            raise Unable(f"the programs of process group {group} do not stop")
    return True


def _process_group() -> int | None:
    """The supervisor leads the group of all it started: while one of them lives, its number is theirs.

    None when none does.  Somebody who is starting the suite holds the lock before there is a number.
    """
    until = time.monotonic() + STOPPED_WITHIN
    while is_running():
        if number := SUITE.read_text():
            return int(number)
        if time.monotonic() > until:
            raise Unable("the suite is being started, and nothing says by whom")
        time.sleep(0.05)
    return None


def _signal(send: Callable[[int, int], None], group: int, number: int) -> None:
    """What ended by itself meanwhile need not be told to."""
    with suppress(ProcessLookupError):
        send(group, number)


def reset() -> None:
    """Stop the suite and delete what it knows; tools, and the logs of what was, stay."""
    down()
    for folder in (DATA, DEMO, EXAMPLES, NATS, IDENTITY, SECRETS, RUNNING):
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
    program.held.unlink(missing_ok=True)
    wait_until_up(addresses, [name], [program])
    return ailing({name: addresses.service(name)})


def _program(name: str) -> Program:
    if name not in (*SERVICES, *SITES):
        raise Unable(f"there is no service '{name}', only {', '.join((*SERVICES, *SITES))}")
    if not is_running():
        raise Unable("the suite is not running here; a service that runs elsewhere is stopped where it runs")
    return next(program for program in _programs() if program.name == name)


def _programs() -> list[Program]:
    return read_procfile(suite_environment(Addresses.chosen()))


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
    os.write(lock, str(process.pid).encode())
