"""A mail server for development: it keeps the newest messages in memory, shows them, and delivers nothing."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import cast

from aiosmtpd.smtp import SMTP, Envelope, Session

from shared.clock import Clock

KEPT = 1_000


@dataclass(frozen=True)
class Received:
    """A message as it came."""

    at: datetime
    to: str
    mail: EmailMessage

    @property
    def text(self) -> str:
        """Its text form."""
        part = self.mail.get_body(("plain",))
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
        mail = message_from_bytes(cast(bytes, envelope.content), policy=default)
        self._received.extend(Received(self._clock.now(), to, mail) for to in envelope.rcpt_tos)
        return "250 kept"
