"""Writing load on desks, and the promise held against what is recorded: each acknowledged command once, no other.

As a program it is a process of its own that writes until it is killed, and says line by line what it was told.
"""

from __future__ import annotations

import asyncio
import resource
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from random import Random
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import select

from shared.desk import Desk, Done, HeardElsewhere, Unavailable, UnitOfWork
from shared.eventstore import EventStore, StoreUnavailable
from tests.eventually import eventually_async
from tests.tally import METADATA, TALLIES, Tally, TallyIsClosed, adding, command, on_tally, row_of, tally_id

NAMES = [f"tally-{n}" for n in range(5)]
SHUT = "shut"
SPEAKER = "registry"
PATIENCE = 120.0


@dataclass
class Load:
    """Many people write at once, each again with the same key until there is an answer; contracts are heard too."""

    desks: Sequence[Desk]
    seed: int
    say: Callable[[str], None] = lambda line: None
    asked: dict[UUID, str] = field(default_factory=dict)
    acknowledged: dict[UUID, int] = field(default_factory=dict)
    refused: set[UUID] = field(default_factory=set)
    turned_away: Counter[str] = field(default_factory=Counter)
    heard: int = 0
    enough: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, people: int = 8) -> None:
        """Until there is enough."""
        await eventually_async(self._shut, PATIENCE)
        await asyncio.gather(self._hear(), *(self._write(Random(f"{self.seed}:{n}")) for n in range(people)))

    async def until(self, many: int) -> None:
        """Until ``many`` commands more are acknowledged."""
        goal = len(self.acknowledged) + many
        await eventually_async(lambda: len(self.acknowledged) >= goal, PATIENCE)

    async def _shut(self) -> bool:
        try:
            await self.desks[0].do(command(_shut))
        except Unavailable as fault:
            self._note(fault)
            return False
        return True

    async def _write(self, random: Random) -> None:
        while not self.enough.is_set():
            key, name = UUID(int=random.getrandbits(128)), random.choice([*NAMES, SHUT])
            self.asked[key] = name
            self.say(f"asked {key} {name}")
            desk = random.choice(self.desks)
            done = await eventually_async(partial(self._answer, desk, key, name), PATIENCE)
            if isinstance(done, Done):
                self.acknowledged[key] = done.answer["total"]
                self.say(f"done {key} {done.answer['total']}")
            else:
                self.refused.add(key)
                self.say(f"refused {key}")

    async def _answer(self, desk: Desk, key: UUID, name: str) -> Done | TallyIsClosed | None:
        """What was answered in the end; None when it must be asked again."""
        try:
            return await desk.do(adding(1, str(key), name, key))
        except TallyIsClosed as refusal:
            return refusal
        except Unavailable as fault:
            self._note(fault)
            return None

    async def _hear(self) -> None:
        for size in count(1):
            if self.enough.is_set():
                return
            self.heard = await eventually_async(partial(self._take, self.desks[0], 1 + size % 7), PATIENCE)
            self.say(f"heard {self.heard}")

    async def _take(self, desk: Desk, size: int) -> int:
        """Where the hearing stands when the batch was taken in; 0 when it was not."""
        try:
            after = await asyncio.to_thread(desk.store.tracked, SPEAKER)
            upto = after + size
            taken = await desk.hear(SPEAKER, upto, partial(_react, after, upto), after=after)
        except (HeardElsewhere, Unavailable, StoreUnavailable) as fault:
            self._note(fault)
            return 0
        return upto if taken else 0

    def _note(self, fault: Exception) -> None:
        self.turned_away[type(fault).__name__] += 1
        self.say(f"away {type(fault).__name__}")


def _shut(unit: UnitOfWork) -> Mapping[str, Any]:
    tally = on_tally(unit, SHUT)
    if not tally.state.closed:
        tally.close()
    return {}


def _react(after: int, upto: int, unit: UnitOfWork) -> None:
    for n in range(after + 1, upto + 1):
        on_tally(unit, NAMES[n % len(NAMES)]).add(1, f"heard {n}")


def must_be_kept(
    store: EventStore, asked: Mapping[UUID, str], acknowledged: Mapping[UUID, int], refused: set[UUID], heard: int
) -> None:
    """What was acknowledged is recorded, everything once and whole; what was refused is not."""
    tallies = {name: store.load(Tally, tally_id(name)) for name in (*NAMES, SHUT)}
    labels = {name: tally.state.added for name, tally in tallies.items() if tally}
    every = Counter(label for added in labels.values() for label in added)
    assert [label for label, times in every.items() if times > 1] == []
    recorded = {UUID(label): name for name, added in labels.items() for label in added if "heard" not in label}

    assert {key: recorded.get(key) for key in acknowledged} == {key: asked[key] for key in acknowledged}
    assert set(recorded) <= set(asked), "something was recorded that nobody asked for"
    assert refused & set(recorded) == set()
    assert labels.get(SHUT, []) == []
    told = Counter((asked[key], total) for key, total in acknowledged.items())
    assert set(told.values()) <= {1}, "two were told the same sum"

    tracked = store.tracked(SPEAKER)
    assert tracked >= heard
    assert {label for label in every if "heard" in label} == {f"heard {n}" for n in range(1, tracked + 1)}
    outcomes = {key: store.outcome(key) for key in asked}
    assert {key for key, outcome in outcomes.items() if outcome} == set(recorded)
    rows = {row["id"]: row["total"] for row in store.rows(select(TALLIES))}
    assert rows == {str(tally.id): tally.state.total for tally in tallies.values() if tally}


async def _until_killed(url: str, seed: int, limit: int) -> None:
    """Write; with a ``limit`` no file of this process grows beyond it until a line comes in."""
    # What is logged from other threads must not get between the lines.
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    store = EventStore(url, [METADATA])
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    if limit:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    load = Load([Desk(store, row_of)], seed, partial(print, flush=True))

    async def make_room() -> None:
        await asyncio.to_thread(sys.stdin.readline)
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))

    await asyncio.gather(load.run(), make_room())


if __name__ == "__main__":
    asyncio.run(_until_killed(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
