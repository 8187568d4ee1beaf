"""What routes are made of: the service's use cases, and how an answer to a write looks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request
from pydantic import BaseModel, ConfigDict

from services.reporting.application.cycles import Cycles
from services.reporting.application.following import Following
from services.reporting.application.form import Forms
from services.reporting.application.handing_in import HandingIn
from services.reporting.application.lists import Lists
from services.reporting.application.reading import Reading
from services.reporting.application.redaction import Redacting
from services.reporting.application.tasks import Tasks
from services.reporting.application.writing import Writing
from shared.clock import Clock
from shared.desk import Done
from shared.eventstore import EventStore


@dataclass(frozen=True)
class Reporting:
    """The parts of the service that routes use."""

    store: EventStore
    clock: Clock
    cycles: Cycles
    writing: Writing
    lists: Lists
    handing_in: HandingIn
    redacting: Redacting
    reading: Reading
    forms: Forms
    tasks: Tasks
    following: Following

    def today(self) -> date:
        """Today in Oslo, when rights are asked for."""
        return self.clock.today()


async def reporting_of(request: Request) -> Reporting:
    """The service's parts, put together in its composition root."""
    reporting: Reporting = request.app.state.reporting
    return reporting


Parts = Annotated[Reporting, Depends(reporting_of)]


class Changed(BaseModel):
    """What a change came to: the report's state and versions, and the version of what was changed.

    ``content_version`` is what a submission must name as seen; ``position`` is where the change stands in the
    service's log.
    """

    model_config = ConfigDict(extra="forbid")

    report_id: UUID
    status: str
    report_version: int
    content_version: int
    position: int | None = None
    question_id: str | None = None
    entry_id: UUID | None = None
    version: int | None = None
    removed: bool | None = None
    part: str | None = None
    finished: bool | None = None
    assignment_id: UUID | None = None
    extended_until: datetime | None = None
    redaction_id: UUID | None = None
    place: str | None = None


class Receipt(Changed):
    """A submission was received; ``sha256`` covers everything that was handed in."""

    submission_id: UUID
    number: int
    sha256: str
    timing: str
    submitted_at: datetime
    excused: list[str]


class Planned(BaseModel):
    """A cycle was planned or changed."""

    cycle_id: UUID
    year: int
    version: int
    opened: int | None = None
    left_out: list[dict[str, Any]] | None = None
    position: int | None = None


def changed(done: Done) -> Changed:
    """The answer to a change of a report."""
    return Changed(**done.answer, position=done.position)
