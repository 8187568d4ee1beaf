"""The composition root of the portal: everything it is made of is put together here and nowhere else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import httpx
import structlog
from fastapi import Depends, FastAPI
from starlette.middleware.gzip import GZipMiddleware

from services.portal.access_log import AccessLog
from services.portal.assets import Assets
from services.portal.clients import SERVICES, Connections, PersonTokens
from services.portal.database import Database, DatabaseAway
from services.portal.faults import FormLimit, OurFaults, handle_faults
from services.portal.labels import Labels
from services.portal.last_visits import LastVisits
from services.portal.login.parts import LoginParts
from services.portal.login.routes import router as login
from services.portal.pages import LABELS, ROUTERS
from services.portal.security import LARGEST, SecurityHeaders
from services.portal.sessions import Sessions
from services.portal.settings import Settings
from services.portal.templating import Templates
from services.portal.visit import Portal, anyone
from shared.clock import Clock
from shared.context import TraceMiddleware
from shared.ending import told_to_end
from shared.health import Health, RequestTimes, health_router
from shared.logs import configure
from shared.loops import running
from shared.process import settled
from shared.settings import Environment
from shared.version import project_version
from shared.web import UNTOLD

log = structlog.get_logger()
SERVICE = "portal"
SWEEP_SECONDS = 600
Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def create() -> FastAPI:
    """The portal as the environment says, for ``uvicorn --factory``."""
    configure(SERVICE)
    return settled(build(Settings()))


def build(
    settings: Settings,
    *,
    clock: Clock | None = None,
    transports: Mapping[str, httpx.AsyncBaseTransport] | None = None,
) -> FastAPI:
    """Everything the portal is made of, put together; ``transports`` reach services that run in this process."""
    clock, assets = clock or Clock(settings.clock_file), Assets()
    database = Database(settings.database_url)
    urls = {name: str(getattr(settings, f"{name}_url")) for name in SERVICES}
    portal = Portal(
        settings=settings,
        clock=clock,
        database=database,
        sessions=Sessions(database, clock),
        last_visits=LastVisits(database, clock),
        connections=Connections.to(urls, PersonTokens(settings.signing_key), transports),
        templates=Templates(assets, reload=settings.environment is Environment.DEVELOPMENT),
        assets=assets,
        labels=Labels(LABELS),
    )
    app = FastAPI(
        title="Aarring",
        version=project_version(),
        lifespan=_lifespan(portal),
        openapi_url=None,
        telemetry=UNTOLD,
        form_limits={"max_part_size": LARGEST},
    )
    app.state.portal = portal
    app.state.login = LoginParts.of(settings, (transports or {}).get("identity"))
    for router in (login, *ROUTERS):
        app.include_router(router, dependencies=[Depends(anyone)])
    handle_faults(app)
    _surround(app, portal)
    return app


def _surround(app: FastAPI, portal: Portal) -> None:
    """What every request passes through, the innermost first."""
    asked = {f"service:{name}": connection.status for name, connection in portal.connections.open.items()}
    asked |= {"identity_provider": app.state.login.provider.status}
    health = Health(SERVICE, {"database": portal.sessions.status, **asked}, project_version())
    app.include_router(health_router(health))
    app.add_middleware(OurFaults)
    app.add_middleware(FormLimit, limit=LARGEST)
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)
    app.add_middleware(SecurityHeaders, over_tls=portal.settings.url.scheme == "https")
    app.add_middleware(AccessLog)
    app.add_middleware(RequestTimes, health=health)
    app.add_middleware(TraceMiddleware)


def _lifespan(portal: Portal) -> Lifespan:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await asyncio.to_thread(portal.sessions.prepare)
        await asyncio.to_thread(portal.last_visits.prepare)
        try:
            with told_to_end(portal.ending.set):
                async with running({"sessions": lambda: _sweep(portal)}):
                    yield
        finally:
            await app.state.login.close()
            await portal.connections.close()
            portal.database.close()

    return lifespan


async def _sweep(portal: Portal) -> None:
    """Sessions that are over leave the table, with the names in them."""
    while True:
        try:
            await asyncio.to_thread(portal.sessions.sweep)
            await asyncio.to_thread(portal.last_visits.sweep)
        except DatabaseAway as fault:
            log.warning("sweep_put_off", fault=str(fault))
        await asyncio.sleep(SWEEP_SECONDS)
