"""Reads a stream from one place on, in order, no faster than it is handled."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from nats.aio.msg import Msg
from nats.aio.subscription import Subscription

from shared.bus.faults import BusFault, NoSuchThing, Unsuitable, left_out, translated

if TYPE_CHECKING:
    from shared.bus.connection import Bus

ASKED_FOR = 500
"""Messages one request to the server may bring."""
EXPIRES = 5.0
HEARTBEAT = 1.0
SILENCE = 3 * HEARTBEAT
"""Seconds without message or heartbeat after which the session counts as lost."""
_NANO = 1_000_000_000


class Pull:
    """One session of one reader: a consumer made anew for it, without acknowledgements.

    The reader itself knows how far it is, so the server need not; the session ends with a :class:`BusFault` as
    soon as anything about it is doubtful, and the reader opens another from where it is.  ``waiting`` is how many
    messages there were when it began.
    """

    def __init__(self, bus: Bus, stream: str, name: str, start: Mapping[str, Any]) -> None:
        self._bus, self._stream, self._name = bus, stream, name
        self._client, self._connection = bus.client, bus.connections
        self._config = {
            "name": name,
            "ack_policy": "none",
            "mem_storage": True,
            "num_replicas": 1,
            "inactive_threshold": 60 * _NANO,
            **start,
        }
        self._inbox = self._client.new_inbox()
        self._request = 0
        self._due = 0
        self._came: deque[Msg] = deque()
        self._news = asyncio.Event()
        self._alive = 0.0
        self._lost = ""
        self.waiting = 0
        self._subscription: Subscription | None = None

    async def __aenter__(self) -> Self:
        await self._forget()
        wanted = {"stream_name": self._stream, "config": self._config}
        made = await self._bus.ask(f"CONSUMER.CREATE.{self._stream}.{self._name}", wanted)
        self.waiting = made["num_pending"]
        missing = left_out(self._config, made["config"])
        if missing:
            raise Unsuitable(f"the server left out {', '.join(missing)} of consumer {self._name}")
        with translated("subscribe"):
            self._subscription = await self._client.subscribe(f"{self._inbox}.*", cb=self._on_message)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, _: object, __: TracebackType | None) -> None:
        # A request left open at the server would swallow messages sent to the next session.
        if self._subscription and not self._client.is_closed:
            with translated("unsubscribe"):
                await self._subscription.unsubscribe()

    async def _forget(self) -> None:
        try:
            await self._bus.ask(f"CONSUMER.DELETE.{self._stream}.{self._name}")
        except NoSuchThing:
            return

    async def batch(self, limit: int = 200, within: float = 0.02, wait: float = 0.5) -> list[Msg]:
        """Up to ``limit`` messages; none when nothing came in ``wait`` seconds.

        After the first it waits at most ``within`` seconds for more, and not at all when the stream has no more.
        """
        await self._until(lambda: bool(self._came), wait)
        if self._came:
            await self._until(lambda: len(self._came) >= limit or self._is_last(self._came[-1]), within)
        return [self._came.popleft() for _ in range(min(limit, len(self._came)))]

    async def pending(self) -> int:
        """How many messages the server has not sent yet, as it says when it is asked."""
        told: int = (await self._bus.ask(f"CONSUMER.INFO.{self._stream}.{self._name}"))["num_pending"]
        return told

    @staticmethod
    def _is_last(message: Msg) -> bool:
        return message.metadata.num_pending == 0

    async def _until(self, enough: Callable[[], bool], seconds: float) -> None:
        now = asyncio.get_running_loop().time
        end = now() + seconds
        while not enough():
            self._check(now())
            if self._due <= 0:
                await self._ask_for_more(now())
            self._news.clear()
            try:
                async with asyncio.timeout_at(end):
                    await self._news.wait()
            except TimeoutError:
                return

    def _check(self, now: float) -> None:
        if self._lost:
            raise BusFault(f"session {self._name} lost: {self._lost}")
        if self._bus.connections != self._connection or not self._bus.is_up:
            raise BusFault(f"session {self._name} lost: the connection broke")
        if self._due > 0 and now - self._alive > SILENCE:
            raise BusFault(f"session {self._name} lost: silence")

    async def _ask_for_more(self, now: float) -> None:
        self._request += 1
        self._due, self._alive = ASKED_FOR, now
        wanted = {
            "batch": ASKED_FOR,
            "expires": int(EXPIRES * _NANO),
            "idle_heartbeat": int(HEARTBEAT * _NANO),
        }
        with translated("pull"):
            await self._client.publish(
                f"$JS.API.CONSUMER.MSG.NEXT.{self._stream}.{self._name}",
                json.dumps(wanted).encode(),
                reply=f"{self._inbox}.{self._request}",
            )

    async def _on_message(self, message: Msg) -> None:
        self._alive = asyncio.get_running_loop().time()
        status = (message.headers or {}).get("Status") if not message.data else None
        if status is None:
            self._due -= 1
            self._came.append(message)
        elif status in ("404", "408"):
            if message.subject == f"{self._inbox}.{self._request}":
                self._due = 0
        elif status != "100":
            self._lost = (message.headers or {}).get("Description") or status
        self._news.set()
