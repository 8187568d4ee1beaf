"""The composition root of review: everything it is made of is put together here and nowhere else."""

from __future__ import annotations

from fastapi import FastAPI

from services.review.api import ROUTERS, Reviewing
from services.review.application import hearing
from services.review.application.dossier_reading import DossierReading
from services.review.application.dossier_sending import Sending
from services.review.application.dossiers import Dossiers
from services.review.application.following_up import FollowingUp
from services.review.application.judging import Judging
from services.review.application.reading import Reading
from services.review.application.states import States
from services.review.application.summing_up import SummingUp
from services.review.application.telling import Telling
from services.review.bundle import BundleFolder, BundleKey
from services.review.clients import Submissions
from services.review.publish import PUBLISHED_EVENTS
from services.review.settings import Settings
from services.review.views.heard import heard
from services.review.views.rows import own
from services.review.views.tables import HEARD, OWN
from shared.clock import Clock
from shared.logs import configure
from shared.process import settled
from shared.rebuild import ReadModels
from shared.registry_facts import REGISTER
from shared.service import Listening, Parts, parts_of

SERVICE = "review"
READ_MODELS = ReadModels([OWN, REGISTER, HEARD], own, heard, of_others=[REGISTER, HEARD])


def create() -> FastAPI:
    """The service as the environment says, for ``uvicorn --factory``."""
    configure(SERVICE)
    return settled(build(Settings()))


def build(settings: Settings, *, clock: Clock | None = None) -> FastAPI:
    """Everything review is made of, put together."""
    urls = {"registry": settings.registry_url, "reporting": settings.reporting_url}
    hears = {
        speaker: Listening(str(url), hearing.react, hearing.keep, hearing.forget) for speaker, url in urls.items()
    }
    parts = parts_of(SERVICE, settings, READ_MODELS, PUBLISHED_EVENTS, hears, clock=clock)
    app = parts.application(*ROUTERS)
    app.state.reviewing = _routed(parts, settings)
    return app


def _routed(parts: Parts, settings: Settings) -> Reviewing:
    """What the routes use."""
    desk, store, vault = parts.desk, parts.store, parts.vault
    submissions = Submissions(str(settings.reporting_url), parts.tokens.for_service("reporting"))
    parts.at_close.append(submissions.close)
    folder, key = BundleFolder(settings.bundles), BundleKey.from_file(settings.bundle_key)
    return Reviewing(
        store=store,
        clock=parts.clock,
        judging=Judging(desk, store, vault),
        telling=Telling(desk, store, vault),
        reading=Reading(store, vault),
        following_up=FollowingUp(desk, store, vault),
        summing_up=SummingUp(desk, store, vault),
        states=States(store),
        submissions=submissions,
        dossiers=Dossiers(desk, store, vault),
        sending=Sending(desk, store, vault, submissions, folder, key),
        dossier_reading=DossierReading(store, vault, folder, parts.clock),
    )
