"""One line for each answer: which route, how it went, how long it took; never who asked, nor for which thing."""

from __future__ import annotations

import time

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.get_logger()
UNTOLD = ("/static/", "/health", "/metrics")


class AccessLog:
    """Tells what was answered by the route's pattern: an address may name a person's report, the pattern does not."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(UNTOLD):
            await self.app(scope, receive, send)
            return
        began, status = time.perf_counter(), 0

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, watched)
        finally:
            route = getattr(scope.get("route"), "path", "unmatched")
            took = round(1000 * (time.perf_counter() - began))
            log.info("answered", method=scope["method"], route=route, status=status, milliseconds=took)
