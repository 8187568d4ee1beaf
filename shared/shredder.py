"""Destroys the keys that redactions and erasures named: soon after, and again at every start or restored backup."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import structlog
from eventsourcing.persistence import PersistenceError

from shared.vault import Vault

log = structlog.get_logger()
_EVERY = 1.0


class Shredder:
    """Looks at what is decided (a subject and its last generation, None for all) and has the vault destroy it.

    What is decided stands in the event store, what is destroyed in the vault: after either comes back from a
    backup, the two are brought together again.
    """

    def __init__(self, vault: Vault, decided: Callable[[], Iterable[tuple[str, int | None]]]) -> None:
        self._vault, self._decided = vault, decided
        self._destroyed: set[tuple[str, int | None]] = set()
        self._waiting, self._fault = 0, ""

    def status(self) -> Mapping[str, Any]:
        """How many subjects' keys are destroyed, how many are still to be, and what stands in the way."""
        return {
            "ok": not self._fault,
            "waiting": self._waiting,
            "destroyed": len(self._destroyed),
            "fault": self._fault,
        }

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await asyncio.to_thread(self.shred)
            await asyncio.sleep(_EVERY)

    def shred(self) -> int:
        """Destroy what is decided and was not yet destroyed since the start; how many subjects that were."""
        self._vault.let_go()  # of keys in memory too, though nobody comes any more
        try:
            new = [order for order in self._decided() if order not in self._destroyed]
            self._waiting = len(new)
            for subject, generation in new:
                self._vault.destroy(subject, generation)
                self._destroyed.add((subject, generation))
                self._waiting -= 1
        except PersistenceError as fault:
            self._fault = type(fault).__name__
            log.warning("shredder_waits", fault=self._fault, waiting=self._waiting)
            return 0
        self._fault = ""
        if new:
            log.info("keys_destroyed", subjects=len(new))
        return len(new)
