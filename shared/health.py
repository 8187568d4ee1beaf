"""Is the service alive, is it ready, how far behind is it: for people, for the runner and for Prometheus."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

Check = Callable[[], Mapping[str, Any]]
"""What one part says of itself: ``ok`` (bool) and figures.  Raises when it cannot even say that."""


class Health:
    """The parts of a service that can be ill, each under a name."""

    def __init__(self, service: str, checks: Mapping[str, Check], version: str) -> None:
        self.service, self.checks, self.version = service, checks, version
        self.metrics = CollectorRegistry()
        self.metrics.register(_Figures(self))
        self.requests = Histogram(
            "http_request_seconds",
            "Time to answer a request",
            ["method", "route", "status"],
            registry=self.metrics,
        )

    def report(self) -> dict[str, Any]:
        """What each part says; ``ready`` when all are well."""
        parts = {name: self._ask(check) for name, check in self.checks.items()}
        return {
            "service": self.service,
            "version": self.version,
            "ready": all(part["ok"] for part in parts.values()),
            "checks": parts,
        }

    @staticmethod
    def _ask(check: Check) -> dict[str, Any]:
        try:
            return {"ok": True, **check()}
        except Exception as fault:  # noqa: BLE001  a part that breaks when asked is ill, whatever it raised
            return {"ok": False, "fault": type(fault).__name__}


class _Figures(Collector):
    """Every number the parts report, as a gauge ``aarring_<part>_<figure>``."""

    def __init__(self, health: Health) -> None:
        self._health = health

    def describe(self) -> Iterable[Metric]:
        return ()

    def collect(self) -> Iterable[Metric]:
        for part, figures in self._health.report()["checks"].items():
            for name, value in figures.items():
                if isinstance(value, int | float):
                    # A part that hears somebody is named after whom: "inbox:registry".
                    kind, _, speaker = part.partition(":")
                    labels = {"speaker": speaker} if speaker else {}
                    words = name.replace("_", " ")
                    gauge = GaugeMetricFamily(f"aarring_{kind}_{name}", f"{kind}: {words}", labels=list(labels))
                    gauge.add_metric(list(labels.values()), float(value))
                    yield gauge


def health_router(health: Health) -> APIRouter:
    """``/health/live``, ``/health/ready`` and ``/metrics``; open to all, they tell no contents."""
    router = APIRouter(tags=["health"])

    @router.get("/health/live", summary="The process answers")
    async def live() -> dict[str, str]:
        return {"service": health.service, "version": health.version}

    @router.get("/health/ready", responses={503: {"description": "A part is not well"}})
    def ready() -> JSONResponse:
        """Whether every part is well: database, bus, what is heard and said, the desk."""
        report = health.report()
        return JSONResponse(report, status_code=200 if report["ready"] else 503)

    @router.get("/metrics", response_class=Response)
    def metrics() -> Response:
        """Figures in Prometheus' text format."""
        return Response(generate_latest(health.metrics), media_type="text/plain; version=0.0.4")

    return router


class RequestTimes:
    """Measures how long each route takes to answer."""

    def __init__(self, app: ASGIApp, health: Health) -> None:
        self.app, self.health = app, health

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started, status = time.perf_counter(), "500"

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = str(message["status"])
            await send(message)

        try:
            await self.app(scope, receive, watched)
        finally:
            route = getattr(scope.get("route"), "path", "unmatched")
            took = time.perf_counter() - started
            self.health.requests.labels(scope["method"], route, status).observe(took)
