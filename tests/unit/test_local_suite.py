"""A suite on this machine: who is signalled, whose falls count, and what is not well."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from deploy import health, local, readiness, supervisor
from deploy.environment import Addresses
from deploy.locks import take
from deploy.places import SERVICES, SITES, Unable
from deploy.supervisor import Program, Supervisor
from tests.eventually import eventually_async

pytestmark = pytest.mark.unit

READY = {"ready": True, "degraded": [], "checks": {}}
FELL_LONG_AGO = 7
SLEEPING = [sys.executable, "-c", "import time; time.sleep(600)"]


@pytest.fixture(autouse=True)
def running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of the test's own where the suite keeps who is alive."""
    monkeypatch.setenv("AARRING_ENVIRONMENT", "test")
    for module in (local, readiness):
        monkeypatch.setattr(module, "SUITE", tmp_path / "suite")
    monkeypatch.setattr(local, "SUPERVISOR", tmp_path / "supervisor")
    for name in ("RUNNING", "LOGS"):
        monkeypatch.setattr(supervisor, name, tmp_path)
    return tmp_path


@pytest.fixture
def programs(monkeypatch: pytest.MonkeyPatch) -> list[Program]:
    found = [Program(name, ("true",)) for name in (*SERVICES, *SITES)]
    monkeypatch.setattr(local, "_programs", lambda: found)
    return found


def held(stack: ExitStack, running: Path) -> int:
    """The suite's lock, as whoever starts it holds it."""
    lock = take(running / "suite")
    assert lock is not None
    stack.callback(os.close, lock)
    return lock


def test_a_suite_that_is_only_being_started_names_no_process_of_an_earlier_one(
    running: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (running / "suite").write_text("12345")

    def look(_: Addresses) -> None:
        raise Unable(f"found '{(running / 'suite').read_text()}'")

    monkeypatch.setattr(local, "_require_free_ports", look)
    with pytest.raises(Unable, match="found ''"):
        local.up()


def test_who_stops_a_suite_that_is_being_started_waits_for_its_number(running: Path) -> None:
    with ExitStack() as stack, ThreadPoolExecutor(1) as somebody:
        lock = held(stack, running)
        stopping = somebody.submit(local.down)
        with subprocess.Popen(SLEEPING, start_new_session=True, pass_fds=[lock]) as started:
            os.write(lock, str(started.pid).encode())
            stack.close()
            assert stopping.result(60)
            assert started.wait(60) == -signal.SIGTERM
    assert local.down() is False


def test_who_stops_what_ended_meanwhile_is_told_nothing(running: Path) -> None:
    ended = subprocess.Popen([sys.executable, "--version"], start_new_session=True)
    ended.wait()
    with ExitStack() as stack, ThreadPoolExecutor(1) as somebody:
        os.write(held(stack, running), str(ended.pid).encode())
        stopping = somebody.submit(local.down)
        stack.close()
        assert stopping.result(60) in (True, False)


def test_only_new_falls_of_what_is_awaited_are_a_reason_to_give_up(
    running: Path, programs: list[Program], monkeypatch: pytest.MonkeyPatch
) -> None:
    registry, *others = programs
    for program in programs:
        program.exits.write_text(str(FELL_LONG_AGO))

    def waited_while(falls: Callable[[], Any]) -> None:
        reports = iter([None, None, READY])
        monkeypatch.setattr(readiness, "health", lambda _: (falls(), next(reports))[1])
        readiness.wait_until_up(Addresses.chosen(), ["registry"], [registry])

    with ExitStack() as stack:
        held(stack, running)
        waited_while(lambda: None)
        waited_while(lambda: others[0].exits.write_text("20"))
        with pytest.raises(Unable, match="registry does not stay up"):
            waited_while(lambda: registry.exits.write_text(str(FELL_LONG_AGO + 3)))


@pytest.mark.anyio
async def test_what_was_stopped_by_hand_begins_anew(running: Path) -> None:
    falling = Program("falling", ("false",))
    lock = os.open(running / "lock", os.O_CREAT | os.O_RDWR)
    keeper = Supervisor([falling], {}, lock)
    keeping = asyncio.create_task(keeper.run())
    try:
        await eventually_async(lambda: falling.falls() == 2)
        falling.held.touch()
        await eventually_async(lambda: not falling.exits.exists())
        falling.held.unlink()
        await eventually_async(lambda: falling.falls() == 1)
    finally:
        os.kill(os.getpid(), signal.SIGTERM)
        await keeping
        os.close(lock)


def test_up_lets_run_what_was_stopped(
    running: Path, programs: list[Program], monkeypatch: pytest.MonkeyPatch
) -> None:
    awaited: list[str] = []
    monkeypatch.setattr(local, "wait_until_up", lambda _, names, __: awaited.extend(names))
    programs[0].held.touch()
    with ExitStack() as stack:
        held(stack, running)
        assert local.up() is False
    assert not programs[0].held.exists()
    assert awaited == [program.name for program in programs]


def test_what_is_away_or_not_ready_is_not_well(monkeypatch: pytest.MonkeyPatch) -> None:
    reports: dict[str, Any] = {
        "away": None,
        "stands-by": {"ready": False, "degraded": [], "checks": {"lease": {"ok": False}}},
        "degraded": {"ready": True, "degraded": ["bus"], "checks": {"bus": {"ok": False}, "desk": {"ok": True}}},
        "well": READY,
    }
    monkeypatch.setattr(health, "health", reports.get)
    assert health.ailing({name: name for name in reports}) == [
        "away does not answer",
        "stands-by: lease",
        "degraded: bus",
    ]
