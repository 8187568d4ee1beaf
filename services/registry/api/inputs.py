"""The shapes and limits of what may be sent; what does not fit is refused before anything is decided."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, EmailStr, Field, StringConstraints

from services.registry.decision import Decision
from services.registry.views.queries import Paging

SOMETHING = r"^[^\x00]*[^\s\x00][^\x00]*$"
"""Some text that is not blank and holds no NUL, which PostgreSQL cannot keep."""
Name = Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=SOMETHING)]
Reason = Annotated[str, StringConstraints(min_length=1, max_length=2_000, pattern=SOMETHING)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=20_000, pattern=SOMETHING)]
Code = Annotated[
    str, StringConstraints(min_length=1, max_length=40, pattern=r"^[0-9A-Za-zÆØÅæøå][0-9A-Za-zÆØÅæøå._-]*$")
]
"""A unit's or a trust's code; opaque, never taken apart."""
Classification = Annotated[str, StringConstraints(min_length=1, max_length=20, pattern=SOMETHING)]
Phone = Annotated[str, StringConstraints(min_length=3, max_length=25, pattern=r"^\+?[0-9][0-9 ]*$")]
Day = Annotated[date, Field(ge=date(1900, 1, 1), le=date(2200, 12, 31))]
Year = Annotated[int, Field(ge=1900, le=2200)]
SeatId = Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=r"^[a-z][a-z0-9_]*$")]
LoginHash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Moment = Annotated[
    AwareDatetime,
    Field(ge=datetime(1900, 1, 1, tzinfo=UTC), le=datetime(2200, 12, 31, tzinfo=UTC)),
]
Version = Annotated[int, Field(ge=1, le=2**31 - 1)]

AsOf = Annotated[Moment | None, Query(description="as it was known at this moment")]
AtVersion = Annotated[Version | None, Query(description="as it was at this version")]


class Sent(BaseModel):
    """A request's body; a field nobody knows is a mistake, not to be passed over in silence."""

    model_config = ConfigDict(extra="forbid")


class SentDecision(Sent):
    """A decision as taken by its authority."""

    authority: Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=SOMETHING)]
    on: Day
    reference: Name
    valid_from: Day
    document_sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None = None

    def decision(self) -> Decision:
        return Decision(**self.model_dump())


class SentCard(Sent):
    """How to name and reach a person."""

    name: Name
    email: Annotated[EmailStr, Field(max_length=254)] | None = None
    phone: Phone | None = None
    trust: Code | None = None


def paging(
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=400, description="`next` of the page before")] = None,
) -> Paging:
    """The page wanted."""
    return Paging(limit, cursor)
