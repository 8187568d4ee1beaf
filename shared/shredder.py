"""Destroys the keys that redactions and erasures named: soon after, and again at every start or restored backup."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

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

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await asyncio.to_thread(self.shred)
            await asyncio.sleep(_EVERY)

    def shred(self) -> int:
        """Destroy what is decided and was not yet destroyed since the start; how many subjects that were."""
        try:
            new = [order for order in self._decided() if order not in self._destroyed]
            for subject, generation in new:
                self._vault.destroy(subject, generation)
                self._destroyed.add((subject, generation))
        except PersistenceError as fault:
            log.warning("shredder_waits", fault=type(fault).__name__)
            return 0
        if new:
            log.info("keys_destroyed", subjects=len(new))
        return len(new)
