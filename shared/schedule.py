"""What is due by the clock becomes an ordinary command; a missed tick catches up, a second one does nothing."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from eventsourcing.persistence import PersistenceError

from shared.clock import Clock
from shared.context import new_trace
from shared.desk import Command, Desk, Unavailable, UnitOfWork
from shared.domain import Refused, identity

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

    async def run(self) -> None:
        """Tick until cancelled."""
        while True:
            await self.tick()
            await asyncio.sleep(self._every)

    async def tick(self) -> int:
        """Do what is due now; how many things that were."""
        done = 0
        for rule in self._rules:
            for due in await asyncio.to_thread(self._due, rule):
                done += await self._carry_out(due)
        return done

    def _due(self, rule: Callable[[datetime], Iterable[Due]]) -> list[Due]:
        try:
            return list(rule(self._clock.now()))
        except PersistenceError as fault:
            log.warning("schedule_waits", fault=type(fault).__name__)
            return []

    async def _carry_out(self, due: Due) -> int:
        try:
            await self._desk.do(due.command())
        except Refused as refusal:
            log.info("due_no_longer_applies", rule=due.rule, subject=due.subject, code=refusal.code)
        except Unavailable:
            log.warning("schedule_waits", rule=due.rule)
            return 0
        return 1
