"""Nothing at all behind the route: what the token's check, the validation and the web framework cost everybody."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from bench.filling import Filled
from bench.peers.asking import Calling, QuestionId, ReportId, Saved, SentAnswer, application


async def fill(filled: Filled) -> None:
    """There is nowhere to put anything."""


def create() -> FastAPI:
    """The endpoint."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield

    app = application(lifespan)

    @app.put("/reports/{report_id}/answers/{question_id}")
    async def answer(report_id: ReportId, question_id: QuestionId, body: SentAnswer, caller: Calling) -> Saved:
        return Saved(report_id=str(report_id), question_id=question_id, version=body.base_version + 1)

    return app
