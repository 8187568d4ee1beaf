"""One connection to NATS that is kept for as long as the service lives, and what is asked of its streams."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import nats.errors
import structlog
from nats.aio.client import Client

from shared.bus.bucket import Bucket
from shared.bus.faults import BackOff, BusFault, NoSuchThing, Unsuitable, left_out, refusal, translated
from shared.bus.stream import Kept, StreamState, kept, stream_settings
from shared.loops import stopped

log = structlog.get_logger()

OLDEST_SERVER = (2, 9)
BATCHES_SINCE = (2, 12)
PATIENCE = 2.0
"""Seconds the server has for an answer."""


class Bus:
    """A connection that is tried for ever in the background; whoever needs it sees whether it stands.

    ``connections`` counts how often it was made: what depends on an unbroken connection compares the number.
    """

    def __init__(self) -> None:
        self.connections = 0
        self.unsuitable = ""
        self._client: Client | None = None
        self._dialling: asyncio.Task[None] | None = None
        self._stands = asyncio.Event()

    async def connect(self, url: str, name: str) -> None:
        """Start connecting as ``name``; returns at once, also while the server is away."""
        self._dialling = asyncio.create_task(self._dial(url, name), name="bus")

    @property
    def is_up(self) -> bool:
        """Whether the connection stands now."""
        return self._stands.is_set()

    async def up(self) -> None:
        """Wait until the connection stands."""
        await self._stands.wait()

    @property
    def client(self) -> Client:
        """The library's client; :class:`BusFault` while there is no connection."""
        if self._client is None or not self._stands.is_set():
            raise BusFault("not connected to the bus")
        return self._client

    async def close(self) -> None:
        """Leave the bus."""
        if self._dialling:
            await stopped([self._dialling])
        self._stands.clear()
        if self._client and not self._client.is_closed:
            # What is closed may have broken a moment ago, without anyone having noticed yet.
            with suppress(OSError, nats.errors.Error):
                await self._client.close()

    async def _dial(self, url: str, name: str) -> None:
        """Connect; and again should the client ever give up, as it does when it is no longer let in."""
        back_off = BackOff()
        while True:
            self._client, closed = Client(), asyncio.Event()
            try:
                with translated("connect"):
                    await self._open(self._client, url, name, closed)
            except (OSError, Unsuitable) as fault:
                self.unsuitable = str(fault) if isinstance(fault, Unsuitable) else ""
                log.warning("bus_not_connected", fault=str(fault))
                await back_off.wait()
                continue
            back_off.reset()
            self._came_up()
            await closed.wait()
            self._stands.clear()

    async def _open(self, client: Client, url: str, name: str, closed: asyncio.Event) -> None:
        async def went_away() -> None:
            self._stands.clear()
            log.warning("bus_lost")

        async def came_back() -> None:
            self._came_up()

        async def gave_up() -> None:
            closed.set()

        async def failed(fault: Exception) -> None:
            log.debug("bus_fault", fault=type(fault).__name__)

        await client.connect(
            url,
            name=name,
            inbox_prefix=f"_INBOX_{name}",
            connect_timeout=2,
            max_reconnect_attempts=-1,
            reconnect_time_wait=1,
            ping_interval=5,
            max_outstanding_pings=2,
            pending_size=16 << 20,
            disconnected_cb=went_away,
            reconnected_cb=came_back,
            closed_cb=gave_up,
            error_cb=failed,
        )
        await self._must_be_new_enough(client)

    @staticmethod
    async def _must_be_new_enough(client: Client) -> None:
        version = client.connected_server_version
        if (version.major, version.minor) < OLDEST_SERVER:
            await client.close()
            raise Unsuitable(f"nats-server {version} is older than {'.'.join(map(str, OLDEST_SERVER))}")

    def _came_up(self) -> None:
        self.connections += 1
        self._stands.set()
        log.info("bus_connected", times=self.connections)

    async def ask(self, api: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Ask JetStream's API; :class:`BusFault` when it refuses or does not answer."""
        with translated(api):
            payload = json.dumps(body).encode() if body is not None else b""
            answer = await self.client.request(f"$JS.API.{api}", payload, timeout=PATIENCE)
        said: dict[str, Any] = json.loads(answer.data)
        if error := said.get("error"):
            raise refusal(api, error)
        return said

    async def ensure_stream(
        self,
        name: str,
        subjects: Sequence[str],
        *,
        max_bytes: int = 256 << 20,
        replicas: int = 1,
        batches: bool = False,
        **settings: Any,
    ) -> Mapping[str, Any]:
        """Make the stream, or bring it up to these settings; :class:`Unsuitable` when the server left one out.

        Old servers accept settings they do not know without a word, so what they echo is compared, and returned.
        ``batches`` is a wish: whether the server takes them stands in ``allow_atomic``.
        """
        wanted = stream_settings(name, subjects, max_bytes=max_bytes, num_replicas=replicas, **settings)
        wished = wanted | ({"allow_atomic": True} if batches and self._knows_batches() else {})
        try:
            config = (await self.ask(f"STREAM.INFO.{name}"))["config"]
            if left_out(wished, config):
                config = (await self.ask(f"STREAM.UPDATE.{name}", {**config, **wished}))["config"]
        except NoSuchThing:
            config = (await self.ask(f"STREAM.CREATE.{name}", wished))["config"]
        if missing := left_out(wanted, config):
            raise Unsuitable(f"the server left out {', '.join(missing)} of stream {name}")
        return dict(config)

    def _knows_batches(self) -> bool:
        version = self.client.connected_server_version
        return (version.major, version.minor) >= BATCHES_SINCE

    async def state(self, stream: str) -> StreamState:
        """What the stream holds now."""
        return StreamState.told(await self.ask(f"STREAM.INFO.{stream}"))

    async def last(self, stream: str, subject: str) -> Kept | None:
        """The newest message on ``subject`` (wildcards allowed), or None."""
        return await self._message(stream, {"last_by_subj": subject})

    async def get(self, stream: str, seq: int, subject: str) -> Kept | None:
        """The message at ``seq`` or the next one after it on ``subject``: jumps over holes; None at the end."""
        return await self._message(stream, {"seq": seq, "next_by_subj": subject})

    async def _message(self, stream: str, which: dict[str, Any]) -> Kept | None:
        try:
            found = (await self.ask(f"STREAM.MSG.GET.{stream}", which))["message"]
        except NoSuchThing:
            return None
        return kept(found)

    def bucket(self, name: str) -> Bucket:
        """The bucket of current values called ``name``; made when it is first used."""
        return Bucket(self, name)
