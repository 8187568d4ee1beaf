"""The store alone: commands through the desk beside single rows committed one by one."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from itertools import count
from uuid import UUID, uuid4

import psycopg

from bench.findings import Findings
from bench.ground import Ground
from bench.load import TEXT
from bench.plan import PEOPLE, Plan
from bench.telling import say
from shared.desk import Desk
from shared.eventstore import EventStore
from tests.tally import METADATA, adding, row_of

TABLE = """
CREATE TABLE IF NOT EXISTS rows (
    thing uuid, version bigint, topic text, state bytea, position bigserial, PRIMARY KEY (thing, version)
)
"""
INSERT = "INSERT INTO rows (thing, version, topic, state) VALUES (%s, %s, 'test.Tally.Added', %s)"
RAW = (16, PEOPLE)


def measure(plan: Plan, ground: Ground, findings: Findings) -> None:
    """Each command is decided, idempotent, has its row in a read model, and is committed before it is answered."""
    url, raw_url = ground.databases("desk"), ground.databases("raw")
    with psycopg.connect(raw_url, autocommit=True) as connection:
        connection.execute(TABLE)
    for number in range(plan.rounds):
        speed = asyncio.run(_through_the_desk(url, plan, number))
        findings.add("desk_per_second", speed, f"our desk and store, {PEOPLE} writers", "commands/s")
        say(f"desk: {speed:,.0f} commands/s")
        for connections in RAW:
            raw = _single_rows(raw_url, plan, connections)
            title = f"raw psycopg, one row a commit, {connections} connections"
            findings.add(f"raw{connections}_per_second", raw, title, "rows/s")
            say(f"{title}: {raw:,.0f}/s")
    findings.ratio("store_vs_raw16", "desk_per_second", "raw16_per_second", "desk over raw rows at 16 connections")
    findings.ratio("store_vs_raw64", "desk_per_second", "raw64_per_second", "desk over raw rows at 64 connections")


async def _through_the_desk(url: str, plan: Plan, number: int) -> float:
    store = EventStore(url, [METADATA])
    desk = Desk(store, row_of)
    begins = time.perf_counter() + plan.warm
    ends = begins + plan.seconds
    done = 0

    async def write(name: str) -> None:
        nonlocal done
        for n in count():
            sent = time.perf_counter()
            if sent > ends:
                return
            # A fresh tally now and then: its state remembers every addition, which no thing of ours would.
            await desk.do(adding(1, "", f"{name}-{n // 50}"))
            done += begins <= time.perf_counter() <= ends

    await asyncio.gather(*(write(f"{number}-{n}") for n in range(PEOPLE)))
    await asyncio.to_thread(desk.close)
    store.close()
    return done / plan.seconds


def _single_rows(url: str, plan: Plan, connections: int) -> float:
    """Threads with a connection each, prepared statements, one commit for each row."""
    begins = time.perf_counter() + plan.warm
    done: list[int] = []
    threads = [
        threading.Thread(target=lambda: done.append(_insert(url, begins, begins + plan.seconds)))
        for _ in range(connections)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(done) < connections:
        raise RuntimeError("a connection of the raw writers broke")
    return sum(done) / plan.seconds


def _insert(url: str, begins: float, ends: float) -> int:
    done = 0
    with psycopg.connect(url, autocommit=True, prepare_threshold=0) as connection:
        for thing, version in _places():
            sent = time.perf_counter()
            if sent > ends:
                return done
            connection.execute(INSERT, (thing, version, TEXT.encode()))
            done += begins <= time.perf_counter() <= ends
    return done


def _places() -> Iterator[tuple[UUID, int]]:
    thing = uuid4()
    return ((thing, version) for version in count(1))
