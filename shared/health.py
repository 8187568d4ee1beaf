"""Is the service alive, can it take commands, is everything well: for people, load balancers and Prometheus."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import Metric
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.figures import metrics

Check = Callable[[], Mapping[str, Any]]
"""What one part says of itself: ``ok`` (bool) and figures.  Raises when it cannot even say that."""

VITAL = frozenset({"database", "vault", "desk", "lease"})
"""The parts without which no command can be taken; whatever else is ill, people can go on with their work."""


class Health:
    """The parts of a service that can be ill, each under a name."""

    def __init__(self, service: str, checks: Mapping[str, Check], version: str) -> None:
        self.service, self.checks, self.version = service, checks, version
        self.metrics = CollectorRegistry()
        self.metrics.register(_Figures(self))
        self.requests = Histogram(
            "http_request_seconds",
            "Time to answer a request",
            ["service", "method", "route", "status"],
            registry=self.metrics,
        )

    def report(self) -> dict[str, Any]:
        """What each part says: ``ready`` when all vital ones are well, ``degraded`` names the others that are not."""
        parts = self._asked(self.checks)
        ill = [name for name, part in parts.items() if not part["ok"]]
        return {
            "service": self.service,
            "version": self.version,
            "ready": not VITAL.intersection(ill),
            "degraded": [name for name in ill if name not in VITAL],
            "checks": parts,
        }

    def readiness(self) -> dict[str, Any]:
        """What the vital parts say; nothing else is asked, so that it is told quickly."""
        parts = self._asked(VITAL)
        ready = all(part["ok"] for part in parts.values())
        return {"service": self.service, "version": self.version, "ready": ready, "checks": parts}

    def _asked(self, names: Collection[str]) -> dict[str, dict[str, Any]]:
        return {name: self._ask(check) for name, check in self.checks.items() if name in names}

    @staticmethod
    def _ask(check: Check) -> dict[str, Any]:
        try:
            return {"ok": True, **check()}
        except Exception as fault:  # noqa: BLE001  a part that breaks when asked is ill, whatever it raised
            return {"ok": False, "fault": type(fault).__name__}


class _Figures(Collector):
    """Every number the parts report, asked anew each time."""

    def __init__(self, health: Health) -> None:
        self._health = health

    def describe(self) -> Iterable[Metric]:
        return ()

    def collect(self) -> Iterable[Metric]:
        return metrics(self._health.report())


def health_router(health: Health) -> APIRouter:
    """``/health`` and those below it, and ``/metrics``; open to all, they tell no contents."""
    router = APIRouter(tags=["health"])

    @router.get("/health/live", summary="The process answers")
    async def live() -> dict[str, str]:
        return {"service": health.service, "version": health.version}

    @router.get("/health/ready", responses={503: {"description": "It cannot"}})
    def ready() -> JSONResponse:
        """Whether the service can take commands and answer: for what sends people to it."""
        found = health.readiness()
        return JSONResponse(found, status_code=200 if found["ready"] else 503)

    @router.get("/health")
    def everything() -> dict[str, Any]:
        """What every part says of itself, the ones it can do without for a while too: for whoever looks after it."""
        return health.report()

    @router.get("/metrics", response_class=Response)
    def metrics() -> Response:
        """Figures in Prometheus' text format."""
        return Response(generate_latest(health.metrics), media_type="text/plain; version=0.0.4")

    return router


class RequestTimes:
    """Measures how long each route takes to answer."""

    def __init__(self, app: ASGIApp, health: Health) -> None:
        self.app, self.health = app, health
        self._times: dict[tuple[str, str, int], Histogram] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started, status = time.perf_counter(), 500

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, watched)
        finally:
            route = getattr(scope.get("route"), "path", "unmatched")
            self._of(scope["method"], route, status).observe(time.perf_counter() - started)

    def _of(self, method: str, route: str, status: int) -> Histogram:
        """The histogram with these labels; looking it up by them costs more than to keep it."""
        found = self._times.get((method, route, status))
        if found is None:
            found = self.health.requests.labels(self.health.service, method, route, str(status))
            self._times[method, route, status] = found
        return found
