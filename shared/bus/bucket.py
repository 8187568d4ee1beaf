"""A bucket of current values that services share: the newest value of each key, and nothing of what it was."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING
from uuid import uuid4

import structlog
from nats.aio.msg import Msg

from shared.bus.faults import BackOff, BusFault, translated
from shared.bus.pull import Pull

if TYPE_CHECKING:
    from shared.bus.connection import Bus

log = structlog.get_logger()

Changed = Callable[[str, bytes | None], Awaitable[None]]
"""Told of each key and its value; None when the key was deleted."""
Complete = Callable[[frozenset[str]], Awaitable[None]]
"""Told of all keys that have a value, each time the whole bucket has been read."""
PATIENCE = 2.0


class Bucket:
    """A NATS key-value bucket, laid out as other clients expect it."""

    def __init__(self, bus: Bus, name: str) -> None:
        self._bus, self.name = bus, name
        self._stream, self._prefix = f"KV_{name}", f"$KV.{name}."

    async def ensure(self) -> None:
        """Make the bucket unless it is there."""
        await self._bus.ensure_stream(
            self._stream,
            [f"{self._prefix}>"],
            max_age=0,
            max_bytes=64 << 20,
            discard="new",
            max_msgs_per_subject=1,
            allow_rollup_hdrs=True,
        )

    async def put(self, key: str, value: bytes) -> None:
        """Set the value of ``key``; it is kept when this returns."""
        await self._write(key, value, {})

    async def delete(self, key: str) -> None:
        """Take ``key`` away; as only the newest of each key is kept, nothing but a mark that it is gone stays."""
        # No roll-up: for one, servers before 2.10 let every watcher skip what it has not yet got of other keys.
        await self._write(key, b"", {"KV-Operation": "DEL"})

    async def _write(self, key: str, value: bytes, headers: dict[str, str]) -> None:
        with translated(f"write to bucket {self.name}"):
            jetstream = self._bus.client.jetstream(timeout=PATIENCE)
            await jetstream.publish(self._prefix + key, value, headers=headers or None)

    async def get(self, key: str) -> bytes | None:
        """The value of ``key``, or None."""
        kept = await self._bus.last(self._stream, self._prefix + key)
        return kept.data if kept and "KV-Operation" not in kept.headers else None

    async def keys(self) -> list[str]:
        """The keys that have a value."""
        async with self._session() as session:
            return sorted(await self._read_all(session, None))

    async def watch(self, changed: Changed, complete: Complete | None = None) -> None:
        """Tell every current value, then ``complete``, then every change; runs until cancelled.

        After a lost connection all of it is told again, so both must take a repetition in their stride.
        """
        back_off = BackOff()
        while True:
            await self._bus.up()
            try:
                await self.ensure()
                await self._watch(changed, complete, back_off)
            except BusFault as fault:
                log.warning("bucket_watch_lost", bucket=self.name, fault=str(fault))
                await back_off.wait()

    async def _watch(self, changed: Changed, complete: Complete | None, back_off: BackOff) -> None:
        async with self._session() as session:
            known = await self._read_all(session, changed)
            if complete:
                await complete(known)
            back_off.reset()
            while True:
                for message in await session.batch():
                    await changed(*self._entry(message))

    async def _read_all(self, session: Pull, changed: Changed | None) -> frozenset[str]:
        # Not by what a message says is still to come: where a key changed after the session began, servers before
        # 2.10 announce one too many.
        known: set[str] = set()
        last = (await self._bus.state(self._stream)).last_seq
        more = session.waiting > 0
        while more:
            messages = await session.batch()
            more = bool(messages) or await session.pending() > 0
            for message in messages:
                key, value = self._entry(message)
                (known.discard if value is None else known.add)(key)
                more = more and message.metadata.sequence.stream < last
                if changed:
                    await changed(key, value)
        return frozenset(known)

    def _session(self) -> Pull:
        newest = {"deliver_policy": "last_per_subject", "filter_subject": f"{self._prefix}>"}
        return Pull(self._bus, self._stream, f"watch-{uuid4().hex}", newest)

    def _entry(self, message: Msg) -> tuple[str, bytes | None]:
        gone = "KV-Operation" in (message.headers or {})
        return message.subject.removeprefix(self._prefix), None if gone else message.data
