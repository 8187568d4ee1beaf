"""A stream of numbered messages, published as the relay publishes, for tests of the bus alone."""

from __future__ import annotations

from collections.abc import Mapping

from nats.aio.msg import Msg

from shared.bus import Bus, Pipeline, Pull

FROM_THE_START = {"deliver_policy": "all"}


async def taken(pull: Pull, number: int) -> list[Msg]:
    """So many messages, in however many batches a busy machine brings them; fewer when nothing comes for long."""
    came: list[Msg] = []
    while len(came) < number and (batch := await pull.batch(number - len(came), wait=20)):
        came += batch
    return came


async def headers_in(bus: Bus, stream: str) -> list[Mapping[str, str]]:
    """The headers of everything a reader from the start is given."""
    async with Pull(bus, stream, "witness", FROM_THE_START) as pull:
        came: list[Mapping[str, str]] = []
        while len(came) < pull.waiting and (batch := await pull.batch(500, wait=5)):
            came += [message.headers or {} for message in batch]
    return came


async def positions_in(bus: Bus, stream: str) -> list[int]:
    """The positions the stream holds, in its order."""
    return [int(headers["Position"]) for headers in await headers_in(bus, stream)]


async def published(bus: Bus, numbers: range, *, batches: bool, expected: int | None = None) -> None:
    """Each number in a message of the stream ROW, fenced."""
    config = await bus.ensure_stream("ROW", ["ev.row.>"], batches=True)
    sequence = (await bus.state("ROW")).last_seq if expected is None else expected
    async with Pipeline(bus, 0, batches=batches and config.get("allow_atomic") is True) as pipeline:
        for number in numbers:
            headers = fenced(number, sequence + number - numbers[0])
            if number > numbers[0]:
                headers["Nats-Expected-Last-Msg-Id"] = f"row:{number - 1}"
            await pipeline.publish(number, "ev.row.said.v1", b"x" * 1024, headers)
        await pipeline.settled()


def fenced(number: int, sequence: int) -> dict[str, str]:
    return {"Nats-Msg-Id": f"row:{number}", "Nats-Expected-Last-Sequence": str(sequence), "Position": str(number)}


async def row(bus: Bus) -> list[int]:
    """The numbers that stand there."""
    return await positions_in(bus, "ROW")
