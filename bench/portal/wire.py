"""HTTP as a browser's connection speaks it, with so little work that the client takes no time from the server."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Self

END_OF_HEAD = b"\r\n\r\n"
LARGEST = 2**20


@dataclass(frozen=True)
class Answer:
    """What came: the status, the head as it was sent, the body as it was packed."""

    status: int
    head: bytes
    body: bytes

    def header(self, name: str) -> str:
        """One header's value, empty if it was not sent."""
        return _header(self.head, name.encode()).decode()


@dataclass
class Wire:
    """One keep-alive connection of one person; what is asked at the same time waits in line.

    The server hangs up after a while of silence: then another connection is made, and its cost is part of the answer.
    """

    port: int
    says: str
    """The headers of every request."""
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    @classmethod
    async def to(cls, port: int, cookie: str, csrf: str = "") -> Self:
        """A connection to the portal, of the browser that has the cookie."""
        says = (
            f"Host: 127.0.0.1:{port}\r\nCookie: {cookie}\r\nAccept-Encoding: gzip\r\nAccept-Language: nb\r\n"
            "Sec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: cors\r\n"
        )
        return cls(port, says + (f"X-CSRF-Token: {csrf}\r\n" if csrf else ""), *await _connected(port))

    async def ask(self, path: str, *, form: bytes | None = None, script: bool = False, plain: bool = False) -> Answer:
        """A page, or the answer to a ``form``; ``script`` says that htmx asks, ``plain`` takes nothing packed."""
        async with self._turn:
            try:
                return await self._asked(path, form, script, plain)
            except (asyncio.IncompleteReadError, ConnectionError):
                self.reader, self.writer = await _connected(self.port)
                return await self._asked(path, form, script, plain)

    async def listen(self, path: str) -> None:
        """Take in a stream until it is cut off."""
        self._send(path, None, script=True, plain=False, accept="text/event-stream")
        while await self.reader.read(LARGEST):
            pass

    def close(self) -> None:
        self.writer.close()

    async def _asked(self, path: str, form: bytes | None, script: bool, plain: bool) -> Answer:
        self._send(path, form, script, plain)
        head = await self.reader.readuntil(END_OF_HEAD)
        return Answer(int(head[9:12]), head, await self._body(head))

    def _send(self, path: str, form: bytes | None, script: bool, plain: bool, accept: str = "text/html") -> None:
        method = "GET" if form is None else "POST"
        says = self.says.replace("Accept-Encoding: gzip\r\n", "") if plain else self.says
        head = f"{method} {path} HTTP/1.1\r\n{says}Accept: {accept}\r\n" + ("HX-Request: true\r\n" if script else "")
        if form is not None:
            head += f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(form)}\r\n"
        self.writer.write(f"{head}\r\n".encode() + (form or b""))

    async def _body(self, head: bytes) -> bytes:
        if length := _header(head, b"content-length"):
            return await self.reader.readexactly(int(length))
        if _header(head, b"transfer-encoding") != b"chunked":
            return b""
        pieces = []
        while size := int(await self.reader.readuntil(b"\r\n"), 16):
            pieces.append((await self.reader.readexactly(size + 2))[:-2])
        await self.reader.readexactly(2)
        return b"".join(pieces)


async def _connected(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", port, limit=LARGEST)


def _header(head: bytes, name: bytes) -> bytes:
    for line in head.split(b"\r\n"):
        found, _, value = line.partition(b":")
        if found.lower() == name:
            return value.strip()
    return b""
