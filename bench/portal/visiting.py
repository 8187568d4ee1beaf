"""People at the portal: a process of its own that opens pages and saves answers as their browsers do.

It is told who they are as JSON on its standard input and says on its standard output what they saw.  With each page
a stream is open, its tab says every 17 seconds that it is there, and a save makes the own page ask how far the
report has come, and the page of whoever writes the same report ask for the text and for the same.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import sys
import time
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import uvloop

from bench.cost import processor_seconds
from bench.portal.prose import prose
from bench.portal.wire import Wire

PRESENT_EVERY = 17.0
WRITTEN = 1500
"""Characters that a save sends: the whole of what stands in the field."""
ASKS_AFTER = 2.5
"""Seconds until a page asks how far the report has come; what else happens until then is told with it."""
QUESTION = re.compile(rb'data-question="([^"]+)" data-item-version="(\d+)"')
TABS = count(1)


@dataclass
class Run:
    """What all people of one measurement share; ``pause`` is how long they think, on average."""

    begins: float
    ends: float
    pause: float
    seed: random.Random
    seen: dict[str, list[float]] = field(default_factory=dict)
    failed: int = 0
    first_failure: str = ""

    def note(self, what: str, sent: float, status: int, told: bytes) -> None:
        now = time.perf_counter()
        if status not in (200, 204):
            self.failed += 1
            self.first_failure = self.first_failure or f"{what}: {status} {told[:300]!r}"
        elif self.begins <= now <= self.ends:
            self.seen.setdefault(what, []).append(now - sent)

    def thinks(self) -> float:
        """Half as long as usual, or half as long again."""
        return self.pause * self.seed.uniform(0.5, 1.5)


class Person:
    """One browser with one page open."""

    def __init__(self, run: Run, told: dict[str, Any], main: Wire, beside: Wire, stream: Wire) -> None:
        self.run, self.texts, self.at = run, told["texts"], f"/reports/{told['report']}"
        self.written = prose(WRITTEN, self.at)
        self.main, self.beside, self.stream = main, beside, stream
        self.colleague: Person | None = None
        self.tab, self.asking = UUID(int=next(TABS)), False
        self.tasks: list[asyncio.Task[None]] = []

    @classmethod
    async def at_work(cls, run: Run, told: dict[str, Any], port: int) -> Person:
        """Somebody who has opened the form; three connections, as a browser would have."""
        wires = [await Wire.to(port, told["cookie"], told["csrf"]) for _ in range(3)]
        person = cls(run, told, *wires)
        page = (await person.main.ask(f"{person.at}/evaluering", plain=True)).body
        person.versions = {name.decode(): int(version) for name, version in QUESTION.findall(page)}
        person.begin(person.stream.listen(f"{person.at}/endringer?here=evaluering"))
        person.begin(person.is_here())
        return person

    versions: dict[str, int]

    def begin(self, work: Any) -> None:
        self.tasks.append(asyncio.ensure_future(work))

    async def is_here(self) -> None:
        await asyncio.sleep(PRESENT_EVERY * self.run.seed.random())
        while True:
            form = urlencode({"tab": str(self.tab), "here": "evaluering", "question": ""}).encode()
            await self.beside.ask(f"{self.at}/tilstede", form=form, script=True)
            await asyncio.sleep(PRESENT_EVERY)

    async def reads(self, pages: list[str]) -> None:
        """One part after another, with a look at each."""
        await asyncio.sleep(self.run.thinks() * self.run.seed.random())
        for number in count(self.run.seed.randrange(len(pages))):
            page, sent = pages[number % len(pages)], time.perf_counter()
            if sent > self.run.ends:
                return
            answer = await self.main.ask(f"{self.at}/{page}")
            self.run.note(page, sent, answer.status, answer.body)
            await asyncio.sleep(self.run.thinks())

    async def writes(self) -> None:
        """One answer after another; the next is written when the last was acknowledged."""
        await asyncio.sleep(self.run.thinks() * self.run.seed.random())
        for number in count():
            question, sent = self.texts[number % len(self.texts)], time.perf_counter()
            if sent > self.run.ends:
                return
            key = UUID(int=self.run.seed.getrandbits(128))
            written = {"text": f"{self.written} {number}", "key": key, "version": self.versions[question]}
            answer = await self.main.ask(f"{self.at}/svar/{question}", form=urlencode(written).encode(), script=True)
            self.run.note("save", sent, answer.status, answer.body)
            if answer.status == 200:
                self.versions[question] += 1
                self.saved(question)
            await asyncio.sleep(self.run.thinks())

    def saved(self, question: str) -> None:
        """What the pages then do by themselves."""
        self.ask_progress()
        if self.colleague:
            self.colleague.begin(self.colleague.renew(question))

    async def renew(self, question: str) -> None:
        sent = time.perf_counter()
        answer = await self.beside.ask(f"{self.at}/svar/{question}", script=True)
        self.run.note("renewed", sent, answer.status, answer.body)
        self.ask_progress()

    def ask_progress(self) -> None:
        if not self.asking:
            self.asking = True
            self.begin(self._progress())

    async def _progress(self) -> None:
        await asyncio.sleep(ASKS_AFTER * self.run.seed.uniform(0.6, 1.6))
        self.asking, sent = False, time.perf_counter()
        answer = await self.beside.ask(f"{self.at}/framdrift", script=True)
        self.run.note("progress", sent, answer.status, answer.body)

    async def leaves(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        for wire in (self.main, self.beside, self.stream):
            wire.close()


async def run(told: dict[str, Any]) -> dict[str, Any]:
    """Let them read or write until the time is over."""
    shared = Run(0.0, 0.0, told["pause"], random.Random(told["seed"]))  # noqa: S311  # pauses, not secrets
    people = [await Person.at_work(shared, one, told["port"]) for one in told["people"]]
    for one, other in zip(people[::2], people[1::2], strict=False):
        one.colleague, other.colleague = other, one
    shared.begins = time.perf_counter() + told["warm"]
    shared.ends = shared.begins + told["seconds"]
    pages, cost = told["pages"], asyncio.ensure_future(_cost(shared, told["processes"]))
    await asyncio.gather(*(person.reads(pages) if pages else person.writes() for person in people))
    await asyncio.gather(*(person.leaves() for person in people))
    milliseconds = {what: [1000 * one for one in found] for what, found in shared.seen.items()}
    failures = {"failed": shared.failed, "first_failure": shared.first_failure}
    return {"seen": milliseconds, "processor": await cost, **failures}


async def _cost(run: Run, processes: dict[str, int]) -> dict[str, float]:
    """What the programs cost the processor while it counts, in milliseconds."""
    await asyncio.sleep(run.begins - time.perf_counter())
    before = processor_seconds(processes)
    await asyncio.sleep(run.ends - time.perf_counter())
    after = processor_seconds(processes)
    return {name: 1000 * (after[name] - before[name]) for name in processes}


if __name__ == "__main__":
    print(json.dumps(uvloop.run(run(json.load(sys.stdin)))))
