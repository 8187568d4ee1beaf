"""What routes are made of: the service's use cases, and how an answer to a write looks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Query, Request
from pydantic import BaseModel, ConfigDict, StringConstraints

from services.review.application.dossier_reading import DossierReading
from services.review.application.dossier_sending import Sending
from services.review.application.dossiers import Dossiers
from services.review.application.following_up import FollowingUp
from services.review.application.judging import Judging
from services.review.application.reading import Reading
from services.review.application.states import States
from services.review.application.summing_up import SummingUp
from services.review.application.telling import Telling
from services.review.clients import Submissions
from services.review.review import Step
from shared.clock import Clock
from shared.desk import Done
from shared.eventstore import EventStore
from shared.inputs import ANYTHING, SOMETHING


@dataclass(frozen=True)
class Reviewing:
    """The parts of the service that routes use."""

    store: EventStore
    clock: Clock
    judging: Judging
    telling: Telling
    reading: Reading
    following_up: FollowingUp
    summing_up: SummingUp
    states: States
    submissions: Submissions
    dossiers: Dossiers
    sending: Sending
    dossier_reading: DossierReading

    def today(self) -> date:
        """Today in Oslo, when rights are asked for."""
        return self.clock.today()


async def reviewing_of(request: Request) -> Reviewing:
    """The service's parts, put together in its composition root."""
    reviewing: Reviewing = request.app.state.reviewing
    return reviewing


Parts = Annotated[Reviewing, Depends(reviewing_of)]

ReviewId = Annotated[UUID, Path()]
_REGION = StringConstraints(max_length=20, pattern="^[a-z_]+$")
RegionPath = Annotated[str, Path(), _REGION]
RegionName = Annotated[str, _REGION]
RegionFilter = Annotated[str | None, Query(max_length=20, pattern="^[a-z_]+$")]
Cursor = Annotated[str | None, Query(max_length=200, pattern=ANYTHING)]
Limit = Annotated[int, Query(ge=1, le=200)]
AnyText = Annotated[str, StringConstraints(max_length=20_000, pattern=ANYTHING)]
SomeText = Annotated[str, StringConstraints(min_length=1, max_length=20_000, pattern=SOMETHING)]


class Changed(BaseModel):
    """What a change of a review came to; ``part_version`` is what the region's signature must name as seen."""

    model_config = ConfigDict(extra="forbid")

    review_id: UUID
    step: Step
    version: int
    number: int
    region: str
    part_version: int
    query_id: UUID | None = None
    position: int | None = None


def changed(done: Done) -> Changed:
    """The answer to a change of a review."""
    return Changed(**done.answer, position=done.position)
