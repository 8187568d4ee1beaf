"""The HTTP side every service has in common: problems, traces, limits, health and its OpenAPI document."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI
from fastapi.telemetry import TelemetryConfig

from shared.context import TraceMiddleware
from shared.ending import told_to_end
from shared.health import Check, Health, RequestTimes, health_router
from shared.loops import running
from shared.problems import BodyLimit, handle_problems
from shared.version import project_version

UNTOLD: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False}
"""FastAPI's own telemetry is off: ours says how a service is; that one would tell others what people wrote."""


def application(
    service: str,
    *,
    routers: Iterable[APIRouter],
    checks: Mapping[str, Check],
    loops: Mapping[str, Callable[[], Awaitable[None]]],
    close: Callable[[], Awaitable[None]],
    start: Callable[[], Awaitable[None]],
    end: Callable[[], None] = lambda: None,
) -> FastAPI:
    """A service's FastAPI application; ``loops`` run while it serves, ``close`` ends what it opened.

    ``end`` is told as soon as the process is asked to end, for answers that go on until then.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await start()
        try:
            with told_to_end(end):
                async with running(loops):
                    yield
        finally:
            end()
            await close()

    health = Health(service, checks, project_version())
    app = FastAPI(
        title=f"Aarring {service}",
        version=project_version(),
        lifespan=lifespan,
        separate_input_output_schemas=False,
        # As they are: FastAPI looks for a request's route twice where a router was included.
        routes=[route for router in (*routers, health_router(health)) for route in router.routes],
        telemetry=UNTOLD,
    )
    handle_problems(app)
    app.add_middleware(BodyLimit)
    app.add_middleware(RequestTimes, health=health)
    app.add_middleware(TraceMiddleware)
    return app
