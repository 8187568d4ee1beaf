"""What every peer does before it saves: the same token is checked, the same body validated, as reporting does."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from fastapi import FastAPI
from pydantic import BaseModel

from services.reporting.api.answers import QuestionId, ReportId, SentAnswer
from shared.asked import Calling
from shared.settings import Environment
from shared.tokens import TokenChecker
from shared.web import UNTOLD

__all__ = ["Calling", "QuestionId", "ReportId", "Saved", "SentAnswer", "application", "checker", "database_url"]


class Saved(BaseModel):
    """What a save came to."""

    report_id: str
    question_id: str
    version: int


def database_url() -> str:
    """Where the peer keeps what it is sent."""
    return os.environ["BENCH_DATABASE_URL"]


def checker() -> TokenChecker:
    """The checker of tokens that reporting has."""
    return TokenChecker.from_file(Path(os.environ["BENCH_TOKEN_ISSUERS"]), "reporting", Environment.TEST)


def application(lifespan: Callable[[FastAPI], AbstractAsyncContextManager[None]]) -> FastAPI:
    """A FastAPI application that checks tokens; its telemetry is off, as it is in ours."""
    app = FastAPI(lifespan=lifespan, telemetry=UNTOLD)
    app.state.tokens = checker()
    return app
