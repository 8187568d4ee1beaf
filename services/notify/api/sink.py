"""What the development mail server took, as a local page and as data; not there where there is no such server."""

from __future__ import annotations

from datetime import datetime
from html import escape

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from pydantic import BaseModel

from services.notify.sink import Received, Sink
from shared.clock import OSLO

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Mail that came</title></head>
<body style="font-family: sans-serif; max-width: 60em; margin: 1em auto;">
<h1>Mail that came</h1>
<p>{count} messages came, here are the newest {shown}. They were delivered to nobody.</p>
{messages}
</body></html>
"""
MESSAGE = """<article style="border-top: 1px solid #d0d7de;">
<h2 style="font-size: 1.1em;">{subject}</h2>
<p>{at} to {to} ({language}) <code>{message_id}</code></p>
<pre style="white-space: pre-wrap;">{text}</pre>
</article>
"""


SHOWN = 200


class MailShown(BaseModel):
    """One message as it came, on every header and in both its forms."""

    at: datetime
    to: str
    headers: list[tuple[str, str]]
    text: str
    html: str


def sink_router(sink: Sink) -> APIRouter:
    """``GET /dev/mail`` and ``/dev/mail/messages``: open to all, on a developer's machine only."""
    router = APIRouter(include_in_schema=False)

    @router.get("/dev/mail", response_class=HTMLResponse)
    async def mail() -> HTMLResponse:
        received = sink.received()
        newest = received[:SHOWN]
        messages = "".join(_shown(each) for each in newest)
        return HTMLResponse(PAGE.format(count=len(received), shown=len(newest), messages=messages))

    @router.get("/dev/mail/messages")
    def mail_messages() -> list[MailShown]:
        return [_as_data(each) for each in sink.received()]

    return router


def _as_data(received: Received) -> MailShown:
    headers = [(name, str(value)) for name, value in received.mail.items()]
    return MailShown(at=received.at, to=received.to, headers=headers, text=received.text, html=received.html)


def _shown(received: Received) -> str:
    mail = received.mail
    return MESSAGE.format(
        subject=escape(str(mail["Subject"])),
        at=received.at.astimezone(OSLO).strftime("%Y-%m-%d %H:%M:%S"),
        to=escape(received.to),
        language=escape(str(mail["Content-Language"])),
        message_id=escape(str(mail["Message-ID"])),
        text=escape(received.text),
    )
