"""Keeps the programs of the Procfile running: started in order, restarted on a fall, held back when asked."""

from __future__ import annotations

import asyncio
import os
import shlex
import signal
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template

from deploy.environment import Addresses, only_its_own, suite_environment
from deploy.locks import take
from deploy.places import LOGS, ROOT, RUNNING, SUPERVISOR

LONGEST_PAUSE = float(os.environ.get("AARRING_LONGEST_PAUSE", "30"))
"""Seconds a program that keeps falling waits before it is started again."""
STEADY_AFTER = 60.0
GRACE = 10.0
LOOKS_EVERY = 0.1


@dataclass(frozen=True)
class Program:
    """One line of the Procfile."""

    name: str
    command: tuple[str, ...]

    @property
    def log(self) -> Path:
        return LOGS / f"{self.name}.log"

    @property
    def exits(self) -> Path:
        """How often it fell since the suite was started, or since it was last stopped."""
        return RUNNING / f"{self.name}.exits"

    def falls(self) -> int:
        """The number that stands there."""
        try:
            return int(self.exits.read_text() or 0)
        except FileNotFoundError:
            return 0

    @property
    def held(self) -> Path:
        """While this file is there the program is stopped and not started again."""
        return RUNNING / f"{self.name}.held"

    @property
    def process(self) -> Path:
        """Holds the number of its process, for as long as there is one."""
        return RUNNING / f"{self.name}.pid"


def read_procfile(environment: Mapping[str, str], path: Path = ROOT / "Procfile") -> list[Program]:
    lines = (line for line in path.read_text().splitlines() if line and not line.startswith("#"))
    named = (line.partition(":") for line in lines)
    return [Program(name, tuple(shlex.split(Template(rest).substitute(environment)))) for name, _, rest in named]


class Supervisor:
    """Runs programs until told to stop."""

    def __init__(self, programs: list[Program], environment: Mapping[str, str], lock: int) -> None:
        self._programs = programs
        self._environment = environment
        self._lock = lock
        self._processes: dict[str, asyncio.subprocess.Process] = {}
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stopping.set)
        keepers = [asyncio.create_task(self._keep(program)) for program in self._programs]
        keepers += [asyncio.create_task(self._hold_back(program)) for program in self._programs]
        await self._stopping.wait()
        for program in reversed(self._programs):
            await self._stop(program)
        await asyncio.gather(*keepers)

    async def _keep(self, program: Program) -> None:
        pause, falls = 0.5, 0
        while not self._stopping.is_set():
            if not _may_run(program):
                pause, falls = 0.5, 0
                program.exits.unlink(missing_ok=True)
                await self._pause(LOOKS_EVERY)
                continue
            started = time.monotonic()
            code = await self._run_once(program)
            if self._stopping.is_set() or program.held.exists():
                continue
            falls += 1
            program.exits.write_text(str(falls))
            pause = 0.5 if time.monotonic() - started > STEADY_AFTER else min(pause * 2, LONGEST_PAUSE)
            _note(f"{program.name} ended with {code}; again in {pause:.0f} s")
            await self._pause(pause)

    async def _run_once(self, program: Program) -> int:
        with program.log.open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                *program.command,
                cwd=ROOT,
                env=only_its_own(program.name, self._environment),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Held by every program, so that the lock is free only when all of them are gone.
                pass_fds=[self._lock],
            )
        self._processes[program.name] = process
        program.process.write_text(str(process.pid))
        _note(f"{program.name} started as {process.pid}")
        code = await process.wait()
        program.process.unlink(missing_ok=True)
        return code

    async def _hold_back(self, program: Program) -> None:
        while not self._stopping.is_set():
            if program.held.exists() and program.process.exists():
                await self._stop(program)
            await self._pause(LOOKS_EVERY)

    async def _stop(self, program: Program) -> None:
        process = self._processes.get(program.name)
        if process is None or process.returncode is not None:
            return
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), GRACE)
        except TimeoutError:
            _note(f"{program.name} did not stop within {GRACE:.0f} s and was killed")
            process.kill()

    async def _pause(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return


def _may_run(program: Program) -> bool:
    """Announce the program unless it is held back; whoever holds it back sees the announcement, or we the hold."""
    if program.held.exists():
        return False
    program.process.touch()
    if program.held.exists():
        program.process.unlink()
        return False
    return True


def _note(what: str) -> None:
    print(f"{time.strftime('%Y-%m-%dT%H:%M:%S%z')} {what}", flush=True)


def main() -> None:
    environment = suite_environment(Addresses.chosen())
    lock = int(sys.argv[1])
    os.set_inheritable(lock, False)
    if take(SUPERVISOR) is None:
        sys.exit("another supervisor is running")
    asyncio.run(Supervisor(read_procfile(environment), environment, lock).run())


if __name__ == "__main__":
    main()
