"""A mail server that does what a test tells it to, right or wrong, and remembers what came."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

HANG = "hang"
"""Says nothing more."""
DIE = "die"
"""Closes the connection without a word."""
GOOD = {"EHLO": "250 hello", "MAIL": "250 ok", "RCPT": "250 ok", "DATA": "354 go on", "TEXT": "250 taken"}
"""What a server says to each command; TEXT is what it says to the message itself."""


class MailServer:
    """On a port of its own; ``says`` may be changed while it runs."""

    def __init__(self, **says: str) -> None:
        self.says = says
        self.mails: list[EmailMessage] = []
        self.said: list[str] = []
        """What was said to each of ``mails``."""
        self.talks = 0
        self.port = 0

    async def __aenter__(self) -> MailServer:
        self._server = await asyncio.start_server(self._talk, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.talks += 1
        says: Mapping[str, str] = {**GOOD, **self.says}
        try:
            if not await self._say(writer, says.get("CONNECT", "220 here")):
                return
            while line := await reader.readline():
                verb = line.decode().split(" ")[0].strip().upper()
                if not await self._say(writer, says.get(verb, "250 ok")):
                    return
                if verb == "DATA" and says["DATA"].startswith("354"):
                    self._keep(await reader.readuntil(b"\r\n.\r\n"))
                    self.said.append(says["TEXT"])
                    if not await self._say(writer, says["TEXT"]):
                        return
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()

    async def _say(self, writer: asyncio.StreamWriter, what: str) -> bool:
        if what == DIE:
            return False
        if what == HANG:
            await asyncio.Event().wait()
        writer.write(f"{what}\r\n".encode())
        await writer.drain()
        return True

    def _keep(self, text: bytes) -> None:
        mail = message_from_bytes(text.removesuffix(b".\r\n"), policy=default)
        self.mails.append(mail)
