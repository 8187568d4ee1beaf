"""The library `eventsource-py`: an asynchronous repository on SQLAlchemy and asyncpg, as its documents show it.

Its feed for followers passes over events when several are appended at once; what is measured here is only saving.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from eventsource import (
    AggregateNotFoundError,
    AggregateRepository,
    DeclarativeAggregate,
    DomainEvent,
    OptimisticLockError,
    PostgreSQLEventStore,
    handles,
    register_event,
)
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bench.filling import Filled
from bench.peers.asking import Calling, QuestionId, ReportId, Saved, SentAnswer, application, database_url


@register_event
class Answered(DomainEvent):
    """Somebody answered a question."""

    aggregate_type: str = "Report"
    question_id: str
    answer_version: int
    text: str
    written_by: str


class Answers(BaseModel):
    """What is answered, by question: the version and the text."""

    given: dict[str, tuple[int, str]] = {}


class Report(DeclarativeAggregate[Answers]):
    """A report with its answers."""

    aggregate_type = "Report"

    def _get_initial_state(self) -> Answers:
        return Answers()

    def answer(self, question_id: str, answer_version: int, text: str, written_by: str) -> None:
        self.create_event(
            Answered, question_id=question_id, answer_version=answer_version, text=text, written_by=written_by
        )

    @handles(Answered)
    def _on_answered(self, event: Answered) -> None:
        state: Answers = self.state or self._get_initial_state()
        state.given[event.question_id] = (event.answer_version, event.text)
        self._state = state


def _engine() -> AsyncEngine:
    url = database_url().replace("postgresql://", "postgresql+asyncpg://", 1)
    return create_async_engine(url, pool_size=16, max_overflow=32)


def _reports(engine: AsyncEngine, *, create_schema: bool = False) -> AggregateRepository[Report]:
    store = PostgreSQLEventStore(engine, create_schema=create_schema)
    return AggregateRepository(store, Report, "Report", enable_tracing=False)


async def fill(filled: Filled) -> None:
    """The reports with what was written before."""
    engine = _engine()
    reports = _reports(engine, create_schema=True)
    found: dict[UUID, Report] = {report: Report(report) for report in filled.reports}
    for report, question, version, who in filled.versions():
        found[report].answer(question, version, filled.text, who)
    for one in found.values():
        await reports.save(one)
    await engine.dispose()


def create() -> FastAPI:
    """The endpoint."""
    engine = _engine()
    reports = _reports(engine)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await engine.dispose()

    app = application(lifespan)

    @app.put("/reports/{report_id}/answers/{question_id}")
    async def answer(report_id: ReportId, question_id: QuestionId, body: SentAnswer, caller: Calling) -> Saved:
        try:
            report = await reports.load(report_id)
            given = report.state.given if report.state else {}
            if given.get(question_id, (0, ""))[0] != body.base_version:
                raise HTTPException(409)
            report.answer(question_id, body.base_version + 1, body.text, caller.subject)
            await reports.save(report)
        except AggregateNotFoundError:
            raise HTTPException(404) from None
        except OptimisticLockError:
            raise HTTPException(409) from None
        return Saved(report_id=str(report_id), question_id=question_id, version=body.base_version + 1)

    return app
