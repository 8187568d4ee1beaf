"""How much quicker the relay fills a stream in atomic batches than message by message.

Run it from the checkout: `.venv/bin/python -m bench.relay [path/to/nats-server]`.  Unsaid, it takes the newest
server the tests have fetched.  The server writes every acknowledged message to disk, as in production; both ways
are measured in turn, several times, and the ratio of the medians is what counts: the figures are the machine's.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from deploy.nats_servers import newest
from shared.bus import Bus, Pipeline
from tests.servers import NatsServer

MESSAGES, ROUNDS = 5000, 5
BODY = b"x" * 1024


async def fill(bus: Bus, stream: str, batches: bool) -> float:
    """Messages a second, into a new stream."""
    config = await bus.ensure_stream(stream, [f"ev.{stream.lower()}.>"], max_bytes=32 << 20, batches=True)
    if config.get("allow_atomic") is not True:
        sys.exit("this nats-server takes no batches")
    begun = time.perf_counter()
    async with Pipeline(bus, 0, batches=batches) as pipeline:
        for number in range(MESSAGES):
            headers = {"Nats-Msg-Id": f"{stream}:{number}", "Nats-Expected-Last-Sequence": str(number)}
            if number:
                headers["Nats-Expected-Last-Msg-Id"] = f"{stream}:{number - 1}"
            await pipeline.publish(number, f"ev.{stream.lower()}.said.v1", BODY, headers)
        await pipeline.settled()
    assert (await bus.state(stream)).messages == MESSAGES
    return MESSAGES / (time.perf_counter() - begun)


async def measure(url: str) -> dict[bool, list[float]]:
    bus, speeds = Bus(), {False: list[float](), True: list[float]()}
    await bus.connect(url, "bench")
    await bus.up()
    for number in range(ROUNDS):
        for batches in speeds:
            speeds[batches].append(await fill(bus, f"BENCH{number}{batches:d}", batches))
    await bus.close()
    return speeds


def main() -> None:
    program = Path(sys.argv[1]).resolve() if sys.argv[1:] else newest()
    with tempfile.TemporaryDirectory() as folder, NatsServer(Path(folder), program=program, always=True) as server:
        speeds = asyncio.run(measure(server.url))
    single, batched = median(speeds[False]), median(speeds[True])
    print(f"one by one {single:,.0f}/s, in batches {batched:,.0f}/s: {batched / single:.1f} times as quick")


if __name__ == "__main__":
    main()
