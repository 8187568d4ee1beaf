"""A mail server for development: it keeps the newest messages in memory, shows them, and delivers nothing."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import cached_property
from typing import cast

from aiosmtpd.smtp import SMTP, Envelope, Session

from shared.clock import Clock

KEPT = 5_000


@dataclass(frozen=True)
class Received:
    """A message as it came."""

    at: datetime
    to: str
    content: bytes

    @cached_property
    def mail(self) -> EmailMessage:
        """It, read; only now, since most of what comes is never looked at."""
        return message_from_bytes(self.content, policy=default)

    @property
    def text(self) -> str:
        """Its text form."""
        return self._form("plain")

    @property
    def html(self) -> str:
        """Its HTML form."""
        return self._form("html")

    def _form(self, form: str) -> str:
        part = self.mail.get_body((form,))
        return str(part.get_content()) if part else ""


class Sink:
    """Takes every message."""

    def __init__(self, host: str, port: int, clock: Clock) -> None:
        self._host, self._port, self._clock = host, port, clock
        self._received: deque[Received] = deque(maxlen=KEPT)

    def received(self) -> list[Received]:
        """What came, newest first."""
        return list(reversed(self._received))

    async def run(self) -> None:
        """Be there until cancelled."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: SMTP(self, loop=loop), self._host, self._port)
        async with server:
            await server.serve_forever()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  aiosmtpd's
        """A message came."""
        content, at = cast(bytes, envelope.content), self._clock.now()
        self._received.extend(Received(at, to, content) for to in envelope.rcpt_tos)
        return "250 kept"
