"""The composition root of notify: everything it is made of is put together here and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import FastAPI

from services.notify.api import ROUTERS, Notify, sink_router
from services.notify.application import hearing
from services.notify.application.addressing import Addressing
from services.notify.application.choosing import Choosing
from services.notify.application.concerning import FOLLOWER, CaughtUp, Concerning
from services.notify.application.log import Log
from services.notify.application.reminding import Digests, Reminders
from services.notify.application.sending import Sender
from services.notify.application.timing import Timing
from services.notify.channels import Mail
from services.notify.publish import PUBLISHED_EVENTS
from services.notify.settings import Settings
from services.notify.sink import Sink
from services.notify.views import rows
from services.notify.views.cards import writable
from services.notify.views.tables import CARDS, HEARD, MIRROR, OWN
from shared.cards import CardMirror
from shared.clock import Clock
from shared.feed import FeedClient
from shared.logs import configure
from shared.process import settled
from shared.rebuild import ReadModels
from shared.registry_facts import REGISTER, erased_keys
from shared.schedule import Schedule
from shared.service import Listening, Parts, parts_of

SERVICE = "notify"
READ_MODELS = ReadModels([OWN, REGISTER, HEARD], rows.own, rows.heard, [MIRROR], [REGISTER, HEARD])


def create() -> FastAPI:
    """The service as the environment says, for ``uvicorn --factory``."""
    configure(SERVICE)
    return settled(build(Settings()))


def build(
    settings: Settings, *, clock: Clock | None = None, feeds: Mapping[str, FeedClient] | None = None
) -> FastAPI:
    """Everything notify is made of, put together."""
    urls = {"registry": settings.registry_url, "reporting": settings.reporting_url, "review": settings.review_url}
    hears = {speaker: Listening(str(url), hearing.keep) for speaker, url in urls.items()}
    parts = parts_of(SERVICE, settings, READ_MODELS, PUBLISHED_EVENTS, hears, clock=clock, feeds=feeds)
    mirror = CardMirror(parts.desk, CARDS, writable)
    parts.loops["cards"] = lambda: mirror.follow(parts.bus)
    parts.destroy_keys(lambda: erased_keys(parts.store.rows))
    _write_to_people(parts, settings)
    routers = [*ROUTERS]
    if settings.smtp_sink:
        sink = Sink(settings.smtp_host, settings.smtp_port, parts.clock)
        parts.loops["sink"] = sink.run
        routers.append(sink_router(sink))
    app = parts.application(*routers)
    app.state.notify = Notify(
        store=parts.store,
        clock=parts.clock,
        log=Log(parts.desk, parts.store, parts.vault),
        choosing=Choosing(parts.desk, parts.store),
        portal=str(settings.portal_url),
    )
    return app


def _write_to_people(parts: Parts, settings: Settings) -> None:
    """Whom a fact concerns, what is due by the clock, and the sending of both."""
    desk, store, clock = parts.desk, parts.store, parts.clock
    caught_up = {speaker: CaughtUp(speaker, feed, store) for speaker, feed in parts.feeds.items()}
    concerning = Concerning(desk, clock, caught_up)
    schedule = Schedule(desk, clock, [Reminders(store).due, Digests(store).due])
    addressing = Addressing(store, str(settings.portal_url), settings.trial)
    sender = Sender(desk, clock, parts.vault, addressing, _mail(settings), settings.sender)
    timing = Timing(schedule, caught_up.values())
    parts.loops.update({"rules": concerning.run, "sender": sender.run, "schedule": timing.run})
    parts.followers.append(FOLLOWER)
    parts.checks.update({"rules": concerning.status, "sender": sender.status, "schedule": schedule.status})


def _mail(settings: Settings) -> Mail:
    return Mail(
        host=settings.smtp_host,
        port=settings.smtp_port,
        sender=settings.sender,
        username=settings.smtp_username,
        password=settings.smtp_password.get_secret_value(),
        starttls=settings.smtp_starttls,
        timeout=settings.smtp_timeout,
    )
