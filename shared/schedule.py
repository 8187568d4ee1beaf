"""What is due by the clock becomes an ordinary command; a missed tick catches up, a second one does nothing."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import structlog
from eventsourcing.persistence import PersistenceError

from shared.clock import Clock
from shared.context import new_trace
from shared.desk import Command, Desk, Unavailable, UnitOfWork
from shared.domain import Refused, identity

T = TypeVar("T")
log = structlog.get_logger()


@dataclass(frozen=True)
class Due:
    """Something a rule wants done about a subject, meant for an instant that has come."""

    rule: str
    subject: str
    instant: datetime
    decide: Callable[[UnitOfWork], Mapping[str, Any]]

    def command(self) -> Command:
        """Always the same command for the same rule, subject and instant."""
        command_id = identity("due", self.rule, self.subject, self.instant.isoformat())
        return Command(command_id, hashlib.sha256(command_id.bytes).digest(), self.decide, new_trace())


class Schedule:
    """Asks each rule what is due and has it done.  Rules derive it from the service's own views."""

    def __init__(
        self,
        desk: Desk,
        clock: Clock,
        rules: Iterable[Callable[[datetime], Iterable[Due]]],
        every: float = 1.0,
    ) -> None:
        self._desk, self._clock, self._rules, self._every = desk, clock, tuple(rules), every
        self._done, self._ticked, self._fault = 0, time.monotonic(), ""

    def status(self) -> Mapping[str, Any]:
        """When all rules were last gone through, and what kept one of them from it since."""
        age = time.monotonic() - self._ticked
        return {"ok": not self._fault, "age_seconds": age, "done": self._done, "fault": self._fault}

    async def run(self) -> None:
        """Tick until cancelled."""
        while True:
            await self.tick()
            await asyncio.sleep(self._every)

    async def tick(self) -> int:
        """Do what is due now; how many things that were."""
        done, self._fault = 0, ""
        for rule in self._rules:
            for due in await asyncio.to_thread(self._due, rule):
                done += await self._carry_out(due)
        self._done += done
        if not self._fault:
            self._ticked = time.monotonic()
        return done

    def _due(self, rule: Callable[[datetime], Iterable[Due]]) -> list[Due]:
        try:
            return list(rule(self._clock.now()))
        except PersistenceError as fault:
            return self._wait([], type(fault).__name__)

    async def _carry_out(self, due: Due) -> int:
        try:
            await self._desk.do(due.command())
        except Refused as refusal:
            log.info("due_no_longer_applies", rule=due.rule, subject=due.subject, code=refusal.code)
        except Unavailable as fault:
            return self._wait(0, type(fault).__name__, rule=due.rule)
        return 1

    def _wait(self, nothing: T, fault: str, **of: str) -> T:
        self._fault = fault
        log.warning("schedule_waits", fault=fault, **of)
        return nothing
