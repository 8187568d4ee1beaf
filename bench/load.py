"""Many people save at once: keep-alive connections, each sending its next save when the last was answered.

A process of its own, so that what it costs is not taken for what the server costs.  It is told what to send as JSON
on its standard input and says on its standard output what it saw.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from dataclasses import dataclass, field
from itertools import count
from typing import Any, cast

import uvloop

END_OF_HEAD = b"\r\n\r\n"
TEXT = "Pasienter fra alle regioner vurderes etter de samme kriteriene, og ventetiden er den samme for alle. " * 2
SAVES_IN_A_ROW = 10
"""Somebody writes for a while in one report before the next one is opened."""
PATIENCE = 30.0


@dataclass
class Place:
    """What one person writes: an answer with its version, or a part that is finished and taken back in turn."""

    path: str
    token: str
    version: int
    kind: str = "answer"

    def body(self) -> bytes:
        if self.kind == "finish":
            return json.dumps({"part": "unit", "finished": self.version % 2 == 0}).encode()
        return json.dumps({"text": TEXT, "base_version": self.version}).encode()

    def request(self, key: str) -> bytes:
        body, method = self.body(), "POST" if self.kind == "finish" else "PUT"
        head = (
            f"{method} {self.path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {self.token}\r\n"
            f"Idempotency-Key: {key}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


@dataclass
class Run:
    """What all connections of one measurement share."""

    begins: float
    ends: float
    every: float
    prefix: str
    latencies: list[float] = field(default_factory=list)
    failed: int = 0
    first_failure: str = ""
    numbers: count[int] = field(default_factory=count)

    def note(self, sent: float, now: float) -> None:
        # Counted by when it was answered: by when it was sent, whoever is slow would lose what was under way.
        if self.begins <= now <= self.ends:
            self.latencies.append(now - sent)

    def fail(self, why: str) -> None:
        self.failed += 1
        self.first_failure = self.first_failure or why[:500]


class Person(asyncio.Protocol):
    """One connection: it saves, waits for the answer, and saves again."""

    def __init__(self, run: Run, places: list[Place], slot: float) -> None:
        self.run, self.places, self._next_at = run, places, slot
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._saves, self._received, self._sent = 0, b"", 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._go_on()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.run.fail("the server closed the connection")
            self.done.set_result(None)

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, found, body = self._received.partition(END_OF_HEAD)
        if not found:
            return
        if len(body) < _length(head):
            return
        now = time.perf_counter()
        if head[9:10] == b"2":
            self._place.version += 1
            self.run.note(self._sent, now)
        else:
            self.run.fail(self._received.decode(errors="replace"))
        self._received = b""
        self._go_on()

    @property
    def _place(self) -> Place:
        return self.places[self._saves // SAVES_IN_A_ROW % len(self.places)]

    def _go_on(self) -> None:
        """The next save, at once or when its moment comes."""
        if not self.run.every:
            self._send()
        else:
            wait = self._next_at - time.perf_counter()
            self._next_at += self.run.every
            asyncio.get_running_loop().call_later(max(0.0, wait), self._send)

    def _send(self) -> None:
        self._sent = time.perf_counter()
        if self._sent >= self.run.ends:
            self.done.set_result(None)
            self._transport.close()
            return
        self._saves += 1
        self._transport.write(self._place.request(f"{self.run.prefix}-{next(self.run.numbers)}"))


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


async def run(told: dict[str, Any]) -> dict[str, Any]:
    """Save until the time is over; answers are awaited, so that the versions told are those the server has."""
    begun, people = time.perf_counter(), told["people"]
    every = len(people) / told["rate"] if told.get("rate") else 0.0
    begins = begun + told["warm"]
    shared = Run(begins, begins + told["seconds"], every, told["prefix"])
    persons = []
    for number, one in enumerate(people):
        places = [Place(**place) for place in one["places"]]
        person = Person(shared, places, begun + every * number / len(people))
        persons.append(person)
        await asyncio.get_running_loop().create_connection(lambda p=person: p, "127.0.0.1", one["port"])  # type: ignore[misc]
    async with asyncio.timeout(told["warm"] + told["seconds"] + PATIENCE):
        await asyncio.gather(*(person.done for person in persons))
    latencies = sorted(shared.latencies)
    return {
        "per_second": len(latencies) / told["seconds"],
        "p50_ms": _percentile(latencies, 0.50),
        "p99_ms": _percentile(latencies, 0.99),
        "failed": shared.failed,
        "first_failure": shared.first_failure,
        "versions": [[place.version for place in person.places] for person in persons],
    }


def _percentile(ordered: list[float], part: float) -> float:
    return 1000 * ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else 0.0


if __name__ == "__main__":
    print(json.dumps(uvloop.run(run(json.load(sys.stdin)))))
