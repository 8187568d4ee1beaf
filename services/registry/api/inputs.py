"""The shapes and limits of what may be sent to the registry."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from pydantic import EmailStr, Field, StringConstraints

from services.registry.decision import Decision
from services.registry.views.queries import Paging
from shared.inputs import SOMETHING, Day, Name, Sent

Text = Annotated[str, StringConstraints(min_length=1, max_length=20_000, pattern=SOMETHING)]
Code = Annotated[
    str, StringConstraints(min_length=1, max_length=40, pattern=r"^[0-9A-Za-zÆØÅæøå][0-9A-Za-zÆØÅæøå._-]*$")
]
"""A unit's or a trust's code; opaque, never taken apart."""
Classification = Annotated[str, StringConstraints(min_length=1, max_length=20, pattern=SOMETHING)]
Phone = Annotated[str, StringConstraints(min_length=3, max_length=25, pattern=r"^\+?[0-9][0-9 ]*$")]
SeatId = Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=r"^[a-z][a-z0-9_]*$")]
LoginHash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


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


async def paging(
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[
        str | None, Query(max_length=400, pattern=r"^[A-Za-z0-9_-]*$", description="`next` of the page before")
    ] = None,
) -> Paging:
    """The page wanted."""
    return Paging(limit, cursor)
