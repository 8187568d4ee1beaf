"""What others hear: how quickly a log goes onto the bus, how soon after its commit a fact is with a subscriber."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import nats
import psycopg
from nats.aio.msg import Msg

from bench.country import raise_country, units_of
from bench.filling import QUESTIONS
from bench.findings import Findings
from bench.ground import Ground
from bench.plan import Plan
from bench.saving import Person, Report, save
from bench.served import Server, reporting, uvicorn
from bench.telling import say
from deploy.nats_servers import LATER
from shared.bus import Bus, Pull
from shared.contracts import PUBLISHED, CloudEvent
from shared.loops import running
from shared.outbox import Outbox
from tests.integration.talk import LetterWrittenV1, Speaking
from tests.servers import NatsServer

WINDOW = 256
LISTENERS = {"commit_to_subscriber": "subscriber", "commit_to_hearer": "hearer's session"}
PEOPLE, RATE = 10, 100.0
"""Persons who together save a hundred times a second."""


def measure(plan: Plan, ground: Ground, findings: Findings) -> None:
    """Each way of publishing has a server of its own in each round; then the subscriber listens to reporting."""
    PUBLISHED.setdefault(LetterWrittenV1.NAME, LetterWrittenV1)
    speaking = Speaking(ground.databases("speaking"))
    for number in range(0, plan.relayed, 500):
        speaking.write(f"bench {number}", *(["x" * 300] * 500))
    told = speaking.publications.read(0, plan.relayed)
    for number in range(plan.rounds):
        _round(number, speaking, told, ground, findings)
    speaking.close()
    findings.ratio("relay_vs_raw", "relay_per_second", "raw_publish_per_second", "relay over raw publishing")
    title = "relay over raw publishing, on nats-server 2.10 without batches"
    findings.ratio("relay_vs_raw_2_10", "relay_2_10_per_second", "raw_publish_2_10_per_second", title)
    _latency(plan, ground, findings)


def _round(number: int, speaking: Speaking, told: list[CloudEvent], ground: Ground, findings: Findings) -> None:
    """Both on the newest server, which takes batches, and on one that does not, where it is here."""
    servers = {"": ("newest nats-server", ground.nats)}
    if old := LATER[0].found():
        servers["_2_10"] = "nats-server 2.10, without batches", partial(_older, ground, old)
    for key, (server, start) in servers.items():
        ours = asyncio.run(_relay(speaking, start().url))
        raw = asyncio.run(_publish(told, start().url))
        say(f"relay, round {number + 1}: {ours:,.0f} messages/s, raw nats-py {raw:,.0f} ({server})")
        findings.add(
            f"relay{key}_per_second", ours, f"our relay, from the log onto the stream, {server}", "messages/s"
        )
        what = f"raw nats-py, the same messages, window of {WINDOW}, {server}"
        findings.add(f"raw_publish{key}_per_second", raw, what, "messages/s")


def _older(ground: Ground, program: Path) -> NatsServer:
    place = ground.folder / f"nats-{next(ground.numbers)}"
    return ground.stack.enter_context(NatsServer(place, program=program, always=True))


async def _relay(speaking: Speaking, url: str) -> float:
    """Read, translated, published in order and acknowledged."""
    bus = Bus()
    await bus.connect(url, "bench")
    await bus.up()
    outbox, last = Outbox(bus, speaking.publications), speaking.publications.head()
    begun = time.perf_counter()
    async with running({"outbox": outbox.run}):
        while outbox.status().position < last:  # noqa: ASYNC110  # how far it is, the relay only answers
            await asyncio.sleep(0.002)
        took = time.perf_counter() - begun
    assert (await bus.state(outbox.stream)).messages == len(speaking.said())
    await bus.close()
    return len(speaking.said()) / took


async def _publish(told: list[CloudEvent], url: str) -> float:
    """As nats-py has it for many messages: a window of them under way, each acknowledged."""
    messages = [(event.nats_subject, event.model_dump_json().encode(), str(event.position)) for event in told]
    client = await nats.connect(url)
    jetstream: Any = client.jetstream(publish_async_max_pending=WINDOW)
    begun = time.perf_counter()
    await jetstream.add_stream(name="RAW", subjects=["ev.speaking.>"], max_bytes=256 << 20)
    for subject, data, name in messages:
        await jetstream.publish_async(subject, data, wait_stall=30, headers={"Nats-Msg-Id": name})
    await jetstream.publish_async_completed()
    took = time.perf_counter() - begun
    assert (await jetstream.stream_info("RAW")).state.messages == len(messages)
    await client.close()
    return len(messages) / took


def _latency(plan: Plan, ground: Ground, findings: Findings) -> None:
    """From the moment the database gave the event, in the transaction, to the subscriber's hands."""
    broker = ground.nats()
    settings = ground.settings(ground.databases, broker.url)
    asyncio.run(raise_country(settings, ground.tokens, PEOPLE))
    log = ground.folder / "relaying.log"
    with Server(uvicorn("services.reporting.app:create"), reporting(settings), log, ready="/health/ready") as server:
        people = [
            Person(server.port, [Report(unit.report, unit.lead, dict.fromkeys(QUESTIONS, 0))], finishing=True)
            for unit in units_of(PEOPLE)
        ]
        for _ in range(plan.rounds):
            came = asyncio.run(_listen(broker.url, lambda: save(plan, people, ground.token, RATE)))
            for (key, who), heard in zip(LISTENERS.items(), came, strict=True):
                late = sorted(1000 * (at - committed) for at, committed in _matched(settings.database_url, heard))
                p50, p99 = median(late), late[int(0.99 * len(late))]
                say(f"commit to {who} at {RATE:.0f} edits/s: {len(late)} facts, p50 {p50:.1f} ms, p99 {p99:.1f} ms")
                findings.add(f"{key}_p50_ms", p50, f"commit to {who}, 100 edits/s", "ms")
                findings.add(f"{key}_p99_ms", p99, "the same, p99", "ms")


async def _listen(url: str, meanwhile: Callable[[], object]) -> tuple[dict[int, float], dict[int, float]]:
    """When each position came to a subscriber of the stream and to a session as hearers have it, meanwhile."""
    pushed, pulled = dict[int, float](), dict[int, float]()

    def note(heard: dict[int, float], message: Msg) -> None:
        now = time.time()
        heard[int((message.headers or {})["Position"])] = now

    async def take(message: Msg) -> None:
        note(pushed, message)

    async def pull() -> None:
        async with Pull(bus, "REPORTING", "bench", {"deliver_policy": "new"}) as session:
            while True:
                for message in await session.batch():
                    note(pulled, message)

    bus = Bus()
    await bus.connect(url, "bench")
    await bus.up()
    client = await nats.connect(url)
    await client.jetstream().subscribe("ev.reporting.>", cb=take, ordered_consumer=True)
    async with running({"pull": pull}):
        await asyncio.sleep(0.5)
        pushed.clear()
        pulled.clear()
        await asyncio.to_thread(meanwhile)
        await asyncio.sleep(0.5)
    await client.close()
    await bus.close()
    return pushed, pulled


def _matched(url: str, heard: dict[int, float]) -> list[tuple[float, float]]:
    """Heard and committed; what was there before the listening is not counted."""
    query = "SELECT notification_id, created_at FROM stored_events WHERE notification_id = ANY(%s)"
    with psycopg.connect(url) as connection:
        found = connection.execute(query, (list(heard),)).fetchall()
    return [(heard[position], at.timestamp()) for position, at in found if heard[position] - at.timestamp() < 30]
