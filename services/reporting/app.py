"""The composition root of reporting: everything it is made of is put together here and nowhere else."""

from __future__ import annotations

from fastapi import FastAPI

from services.reporting.api import ROUTERS, Reporting
from services.reporting.application import hearing
from services.reporting.application.cycles import Cycles
from services.reporting.application.descriptions import Descriptions
from services.reporting.application.following import Following
from services.reporting.application.form import Forms
from services.reporting.application.handing_in import HandingIn
from services.reporting.application.lists import Lists
from services.reporting.application.published import Published
from services.reporting.application.reading import Reading
from services.reporting.application.redaction import Redacting
from services.reporting.application.tasks import Tasks
from services.reporting.application.templates import publish_shipped
from services.reporting.application.writing import Writing
from services.reporting.publish import PUBLISHED_EVENTS
from services.reporting.settings import Settings
from services.reporting.views import queries, rows
from services.reporting.views.tables import CARDS, HEARD, MIRROR, OWN
from shared.cards import CardMirror
from shared.clock import Clock
from shared.logs import configure
from shared.process import settled
from shared.rebuild import ReadModels
from shared.registry_facts import REGISTER
from shared.schedule import Schedule
from shared.service import Listening, Parts, parts_of

SERVICE = "reporting"
READ_MODELS = ReadModels([OWN, REGISTER, HEARD], rows.own, rows.heard, [MIRROR], [REGISTER, HEARD])


def create() -> FastAPI:
    """The service as the environment says, for ``uvicorn --factory``."""
    configure(SERVICE)
    return settled(build(Settings()))


def build(settings: Settings, *, clock: Clock | None = None) -> FastAPI:
    """Everything reporting is made of, put together."""
    urls = {"registry": settings.registry_url, "review": settings.review_url}
    hears = {
        speaker: Listening(str(url), hearing.react, hearing.keep, hearing.forget) for speaker, url in urls.items()
    }
    parts = parts_of(SERVICE, settings, READ_MODELS, PUBLISHED_EVENTS, hears, clock=clock)
    mirror = CardMirror(parts.desk, CARDS)
    cycles = Cycles(parts.desk, parts.store)
    schedule = Schedule(parts.desk, parts.clock, [cycles.due, Descriptions(parts.store).due])
    parts.loops["cards"] = lambda: mirror.follow(parts.bus)
    parts.loops["schedule"] = schedule.run
    parts.checks["schedule"] = schedule.status
    parts.destroy_keys(lambda: queries.keys_to_destroy(parts.store.rows))
    parts.at_start.append(lambda: publish_shipped(parts.desk, parts.clock.now()))
    app = parts.application(*ROUTERS)
    app.state.schedule = schedule
    app.state.reporting = routed = _routed(parts, cycles)
    parts.epochs.redo = routed.redacting.redo
    parts.at_end.append(routed.following.tail.end)
    return app


def _routed(parts: Parts, cycles: Cycles) -> Reporting:
    """What the routes use."""
    desk, store, vault = parts.desk, parts.store, parts.vault
    published = Published(store)
    return Reporting(
        store=store,
        clock=parts.clock,
        cycles=cycles,
        writing=Writing(desk, store, vault),
        lists=Lists(desk, store, vault),
        handing_in=HandingIn(desk, store, vault),
        redacting=Redacting(desk, store, vault),
        reading=Reading(store, vault, published),
        forms=Forms(store, vault, published),
        tasks=Tasks(store, vault),
        following=Following(store, vault, desk, parts.clock),
    )
