"""Which request all this belongs to: one W3C trace runs from the browser through commands, events and reactions."""

from __future__ import annotations

import re
from contextvars import ContextVar
from random import Random

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_TRACEPARENT = re.compile(r"^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$")
_random = Random()  # noqa: S311  it must differ, nobody need be unable to guess it
_trace: ContextVar[str] = ContextVar("trace", default="")


def new_trace() -> str:
    """A traceparent for something nobody else started."""
    drawn = f"{_random.getrandbits(192):048x}"
    return f"00-{drawn[:32]}-{drawn[32:]}-01"


def trace() -> str:
    """The traceparent of the request being served; empty outside of one."""
    return _trace.get()


def correlation_id() -> str:
    """What a user can quote when something went wrong: the trace id."""
    parts = trace().split("-")
    return parts[1] if len(parts) == 4 else ""


class TraceMiddleware:
    """Takes the caller's traceparent, or starts one, and tells the correlation id in every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get("traceparent", "")
        token = _trace.set(given if _TRACEPARENT.match(given) else new_trace())
        correlation = correlation_id()

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), (b"correlation-id", correlation.encode())]
            await send(message)

        try:
            await self.app(scope, receive, send_with_id)
        finally:
            _trace.reset(token)
