"""The least one can do: a row for each saved answer, by one INSERT of asyncpg."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from fastapi import FastAPI

from bench.filling import Filled
from bench.peers.asking import Calling, QuestionId, ReportId, Saved, SentAnswer, application, database_url

TABLE = """
CREATE TABLE answers (
    report_id uuid NOT NULL, question_id text NOT NULL, version integer NOT NULL,
    text text NOT NULL, written_by text NOT NULL, written_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (report_id, question_id, version)
)
"""
INSERT = "INSERT INTO answers (report_id, question_id, version, text, written_by) VALUES ($1, $2, $3, $4, $5)"


async def fill(filled: Filled) -> None:
    """The table, and what was written before."""
    connection = await asyncpg.connect(database_url())
    await connection.execute(TABLE)
    rows = [(report, question, v, filled.text, who) for report, question, v, who in filled.versions()]
    await connection.executemany(INSERT, rows)
    await connection.close()


def create() -> FastAPI:
    """The endpoint."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with asyncpg.create_pool(database_url(), min_size=16, max_size=16) as app.state.pool:
            yield

    app = application(lifespan)

    @app.put("/reports/{report_id}/answers/{question_id}")
    async def answer(report_id: ReportId, question_id: QuestionId, body: SentAnswer, caller: Calling) -> Saved:
        version = body.base_version + 1
        await app.state.pool.execute(INSERT, report_id, question_id, version, body.text, caller.subject)
        return Saved(report_id=str(report_id), question_id=question_id, version=version)

    return app
