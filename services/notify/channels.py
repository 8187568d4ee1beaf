"""E-mail: a message is handed to a mail server, and what is known of it afterwards is said exactly."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from aiosmtplib import (
    SMTP,
    SMTPConnectError,
    SMTPException,
    SMTPNotSupported,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPServerDisconnected,
    SMTPTimeoutError,
)

CANNOT_BE_WRITTEN = 553


class Result(StrEnum):
    """What is known after a try."""

    SENT = "sent"
    BOUNCED = "bounced"
    """The address was refused for good."""
    REJECTED = "rejected"
    """The text was refused for good."""
    LATER = "later"
    """The server asked to be tried later; nothing was sent."""
    AWAY = "away"
    """The server could not be talked to, or not as it should be; nothing was sent."""
    UNKNOWN = "unknown"
    """The text was on its way when the connection was lost: it may have arrived or not."""


@dataclass(frozen=True)
class Told:
    """The result, with what the server said, if it did."""

    result: Result
    code: int | None = None
    reply: str = ""


@dataclass(frozen=True)
class Mail:
    """The mail server, and how to come to it.  Each message has a connection of its own."""

    host: str
    port: int
    sender: str
    username: str = ""
    password: str = ""
    starttls: bool = True
    timeout: float = 30.0

    async def send(self, to: str, mail: bytes) -> Told:
        """Try once; never raises for what a server or the way to it does."""
        client = SMTP(
            hostname=self.host,
            port=self.port,
            # Else the machine's own name is looked up and told.
            local_hostname=self.sender.rpartition("@")[2],
            timeout=self.timeout,
            start_tls=self.starttls,
            username=self.username or None,
            password=self.password or None,
        )
        try:
            return await self._talk(client, to, mail)
        except (SMTPException, OSError) as fault:
            return Told(Result.AWAY, _code(fault), _reply(fault))
        finally:
            client.close()

    async def _talk(self, client: SMTP, to: str, mail: bytes) -> Told:
        await client.connect()
        await client.mail(self.sender)
        try:
            await client.rcpt(to)
        except SMTPRecipientRefused as no:
            return _refused(no, Result.BOUNCED)
        except (SMTPNotSupported, UnicodeError):
            return Told(Result.BOUNCED, CANNOT_BE_WRITTEN, "the address cannot be written to this server")
        try:
            answer = await client.data(mail)
        except (SMTPServerDisconnected, SMTPTimeoutError, SMTPConnectError, OSError) as fault:
            return Told(Result.UNKNOWN, None, _reply(fault))
        except SMTPResponseException as no:
            return _refused(no, Result.REJECTED)
        return Told(Result.SENT, answer.code, answer.message)


def _refused(no: SMTPResponseException, for_good: Result) -> Told:
    return Told(for_good if no.code >= 500 else Result.LATER, no.code, no.message)


def _code(fault: Exception) -> int | None:
    return fault.code if isinstance(fault, SMTPResponseException) else None


def _reply(fault: Exception) -> str:
    return fault.message if isinstance(fault, SMTPException) else type(fault).__name__
