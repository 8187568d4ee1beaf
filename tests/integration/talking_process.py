"""One half of the talk in a process of its own, to be killed: ``hear-deciding``, ``hear-committed`` or ``relay``.

A hearer stops for good at the moment it is named after, and says so on its standard output; a relay goes on.
"""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Sequence

from shared.contracts import PUBLISHED, CloudEvent, Contract
from shared.desk import Desk, UnitOfWork
from shared.eventstore import EventStore, Receipt, Work
from shared.inbox import INBOX_TABLES
from tests.eventually import eventually_async
from tests.integration.talk import VIEWS, HearingService, LetterWrittenV1, Shelving, Speaking, on_bus

AT = "7"
"""The letter at which a hearer stops."""


def say_and_wait(what: str) -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()
    threading.Event().wait()


def deciding(unit: UnitOfWork, heard: CloudEvent, contract: Contract) -> None:
    """Shelves letters, until one comes at which it is to die before anything is committed."""
    Shelving()(unit, heard, contract)
    if isinstance(contract, LetterWrittenV1) and contract.text == AT:
        say_and_wait("deciding")


class Committing(EventStore):
    """A store that never comes back from committing what was heard."""

    def record(self, works: Sequence[Work]) -> list[Receipt]:
        receipts = super().record(works)
        if any(work.tracking for work in works):
            say_and_wait("committed")
        return receipts


async def hear(broker: str, speaking: Speaking, hearer: str, moment: str) -> None:
    hearing = HearingService(hearer)
    if moment == "committed":
        hearing.desk = Desk(Committing(hearer, [INBOX_TABLES, VIEWS]), lambda _: ())
    async with on_bus(broker, "hearing") as bus:
        await hearing.inbox(bus, speaking.feed, deciding if moment == "deciding" else Shelving()).run()


async def relay(broker: str, speaking: Speaking) -> None:
    async with on_bus(broker, "speaking") as bus:
        outbox = speaking.outbox(bus)
        running = asyncio.create_task(outbox.run())
        await eventually_async(lambda: outbox.status().position)
        sys.stdout.write("relaying\n")
        sys.stdout.flush()
        await running


def main(half: str, broker: str, speaker: str, hearer: str = "") -> None:
    PUBLISHED[LetterWrittenV1.NAME] = LetterWrittenV1
    speaking = Speaking(speaker)
    if half == "relay":
        asyncio.run(relay(broker, speaking))
    else:
        asyncio.run(hear(broker, speaking, hearer, half.removeprefix("hear-")))


if __name__ == "__main__":
    main(*sys.argv[1:])
