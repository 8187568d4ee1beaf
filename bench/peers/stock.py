"""The library `eventsourcing` as it comes: an aggregate is read, changed and saved by its application."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import unquote, urlsplit
from uuid import UUID

from eventsourcing.application import AggregateNotFoundError, Application
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import IntegrityError
from fastapi import FastAPI, HTTPException

from bench.filling import Filled
from bench.peers.asking import Calling, QuestionId, ReportId, Saved, SentAnswer, application, database_url


class Report(Aggregate):
    """A report with its answers and their versions."""

    @event("Opened")
    def __init__(self, report_id: UUID) -> None:
        self.report_id = report_id
        self.answers: dict[str, tuple[int, str]] = {}

    @staticmethod
    def create_id(report_id: UUID) -> UUID:
        return report_id

    @event("Answered")
    def answer(self, question_id: str, version: int, text: str, written_by: str) -> None:
        self.answers[question_id] = (version, text)


class Reports(Application[UUID]):
    """All reports."""


def _reports() -> Reports:
    return Reports(_settings(database_url()))


def _settings(url: str) -> dict[str, str]:
    """What the library is told; sixteen connections, and more when more threads ask at once."""
    if url.startswith("sqlite:///"):
        return {"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": url.removeprefix("sqlite:///")}
    parts = urlsplit(url)
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": parts.path[1:],
        "POSTGRES_HOST": parts.hostname or "",
        "POSTGRES_PORT": str(parts.port),
        "POSTGRES_USER": parts.username or "",
        "POSTGRES_PASSWORD": unquote(parts.password or ""),
        "POSTGRES_POOL_SIZE": "16",
        "POSTGRES_MAX_OVERFLOW": "32",
    }


async def fill(filled: Filled) -> None:
    """The reports with what was written before."""
    reports, found = _reports(), {report: Report(report) for report in filled.reports}
    for report, question, version, who in filled.versions():
        found[report].answer(question, version, filled.text, who)
    for one in found.values():
        reports.save(one)
    reports.close()


def create() -> FastAPI:
    """The endpoint; the library blocks, so it is called from FastAPI's threads."""
    reports = _reports()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        reports.close()

    app = application(lifespan)

    @app.put("/reports/{report_id}/answers/{question_id}")
    def answer(report_id: ReportId, question_id: QuestionId, body: SentAnswer, caller: Calling) -> Saved:
        try:
            report: Report = reports.repository.get(report_id)
            if report.answers.get(question_id, (0, ""))[0] != body.base_version:
                raise HTTPException(409)
            report.answer(question_id, body.base_version + 1, body.text, caller.subject)
            reports.save(report)
        except AggregateNotFoundError:
            raise HTTPException(404) from None
        except IntegrityError:
            raise HTTPException(409) from None
        return Saved(report_id=str(report_id), question_id=question_id, version=body.base_version + 1)

    return app
