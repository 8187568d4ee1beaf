"""The clock's own rules wait until all that was said has been heard: nobody is reminded of what is done."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import structlog
from eventsourcing.persistence import PersistenceError

from services.notify.application.concerning import CaughtUp
from shared.desk import Unavailable
from shared.schedule import Schedule

log = structlog.get_logger()
EVERY = 5.0


class Timing:
    """Lets the schedule tick on what is known completely."""

    def __init__(self, schedule: Schedule, caught_up: Iterable[CaughtUp], every: float = EVERY) -> None:
        self._schedule, self._caught_up, self._every = schedule, tuple(caught_up), every

    async def run(self) -> None:
        """Tick until cancelled."""
        while True:
            try:
                await self.tick()
            except (PersistenceError, Unavailable) as fault:
                log.warning("timing_waits", fault=type(fault).__name__)
            await asyncio.sleep(self._every)

    async def tick(self) -> int:
        """Do what is due, unless something was said and not heard yet; how many things were done."""
        for one in self._caught_up:
            if not await one.now():
                return 0
        return await self._schedule.tick()
