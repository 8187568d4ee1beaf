"""The composition root of the registry: everything it is made of is put together here and nowhere else."""

from __future__ import annotations

from fastapi import FastAPI

from services.registry.api import ROUTERS, Registry
from services.registry.application import erasing_again
from services.registry.application.groups import Groups
from services.registry.application.imports import Imports
from services.registry.application.people import People
from services.registry.application.roles import Roles
from services.registry.application.units import Units
from services.registry.cards import Cards
from services.registry.publish import PUBLISHED
from services.registry.settings import Settings
from services.registry.views import METADATA, rows
from shared.clock import Clock
from shared.logs import configure
from shared.process import settled
from shared.rebuild import ReadModels
from shared.service import Parts, parts_of

SERVICE = "registry"
READ_MODELS = ReadModels([METADATA], rows)


def create() -> FastAPI:
    """The service as the environment says, for ``uvicorn --factory``."""
    configure(SERVICE)
    return settled(build(Settings()))


def build(settings: Settings, *, clock: Clock | None = None) -> FastAPI:
    """Everything the registry is made of, put together."""
    parts = parts_of(SERVICE, settings, READ_MODELS, PUBLISHED, clock=clock)
    cards = Cards(parts.bus, parts.store, parts.vault, parts.outbox.until_agreed)
    parts.loops["cards"] = cards.run
    parts.checks["cards"] = cards.status
    parts.epochs.redo = erasing_again.redo
    parts.destroy_keys(lambda: erasing_again.keys_to_destroy(parts.store, parts.epochs.log))
    app = parts.application(*ROUTERS)
    app.state.registry = _routed(parts, settings)
    return app


def _routed(parts: Parts, settings: Settings) -> Registry:
    """What the routes use."""
    people = People(parts.desk, parts.store, parts.vault, settings.login_key.get_secret_value())
    return Registry(
        store=parts.store,
        vault=parts.vault,
        clock=parts.clock,
        units=Units(parts.desk),
        people=people,
        roles=Roles(parts.desk, parts.store, people),
        groups=Groups(parts.desk, parts.store, people),
        imports=Imports(parts.desk),
    )
