"""The composition root of the identity provider for development and tests."""

from __future__ import annotations

import sys
import time

from fastapi import FastAPI

from deploy.identity_provider.pages import Pages
from deploy.identity_provider.provider import Provider
from deploy.identity_provider.refusals import Refusal, answer
from deploy.identity_provider.routes import router
from deploy.identity_provider.settings import Settings
from deploy.identity_provider.tickets import Now
from deploy.issuer import require_trial_environment
from deploy.places import Unable
from shared.web import UNTOLD


def create() -> FastAPI:
    """The provider as the environment says, for ``uvicorn --factory``."""
    try:
        return build(Settings())
    except (Unable, ValueError) as reason:
        sys.exit(f"aarring: the identity provider does not start: {reason}")


def build(settings: Settings, *, now: Now = time.time) -> FastAPI:
    """Everything it is made of, put together; refused wherever real people are served."""
    require_trial_environment()
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, telemetry=UNTOLD)
    app.include_router(router)
    app.add_exception_handler(Refusal, answer)
    app.state.provider = provider = Provider(settings, now)
    app.state.pages = Pages(provider.people, provider.client)
    return app
